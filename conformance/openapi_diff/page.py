"""A difference as a page, in the style of all reports."""

from typing import Any

from conformance.core.display import short
from conformance.openapi_diff.report import Report, blocks, headline, summary
from conformance.reporting import pages

_LONGEST = 300


def html(report: Report) -> str:
    """Return the difference as one page, which needs no other file and asks nobody for anything."""
    kinds = sorted({row.kind.value for row in report.difference.rows})
    values: dict[str, Any] = {"headline": headline(report), "summary": summary(report), "report": report, "kinds": kinds}
    values |= {"shown": _shown, "blocks": blocks, "spoken": _spoken}
    return pages.render("openapi_difference.html", values, styles=("page.css", "openapi.css"), scripts=("filters.js",))


def _spoken(sentence: str) -> list[tuple[bool, str]]:
    """Return a sentence in parts, each with whether it is a name that the document gives."""
    return [(index % 2 == 1, part) for index, part in enumerate(sentence.split("`"))]


def _shown(value: object) -> str:
    """Return what was there before or is there now: a text as it is, any other value as JSON."""
    return "" if value is None else value[:_LONGEST] if isinstance(value, str) else short(value, _LONGEST)
