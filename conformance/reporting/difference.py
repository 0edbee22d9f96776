"""The difference of two runs as text, JSON, Markdown for a pull request, and HTML."""

import json
from collections.abc import Callable, Mapping
from itertools import groupby

from conformance.core import typed_json
from conformance.core.display import visible
from conformance.reporting import pages
from conformance.reporting.comparison import Change, Changed, Comparison

_LONGEST = 300


def text(comparison: Comparison) -> str:
    """Return the difference as lines for a terminal."""
    lines = [headline(comparison), *map(visible, comparison.circumstances)]
    for change, changes in _groups(comparison):
        lines += ["", f"{change} ({len(changes)})"]
        lines += [f"  {_mark(changed)} {changed.level:6} {changed.requirement}{_details(changed)}" for changed in changes]
    return "\n".join(lines) + "\n"


def headline(comparison: Comparison) -> str:
    """Return in a sentence whether what binds got worse."""
    worse = sum(changed.is_worse for changed in comparison.changes)
    if worse:
        return (
            f"WORSE: {worse} requirement{'' if worse == 1 else 's'} that bind{'s' if worse == 1 else ''} held before, and no more"
        )
    return "NOT WORSE: whatever bound and held before still holds" if comparison.changes else "NO CHANGE"


def as_json(comparison: Comparison) -> str:
    """Return the difference as JSON: `is_worse`, `changes`, `circumstances`."""
    return json.dumps({"is_worse": comparison.is_worse, **typed_json.to_json(comparison)}, indent=1) + "\n"


def markdown(comparison: Comparison) -> str:
    """Return the difference as Markdown; whatever came from a server stands in code, where it is no markup."""
    lines = [f"### {headline(comparison)}", "", *(f"- {_code(line)}" for line in comparison.circumstances)]
    for change, changes in _groups(comparison):
        lines += [
            "",
            f"<details{' open' if any(changed.is_worse for changed in changes) else ''}><summary>{change} ({len(changes)})</summary>",
            "",
        ]
        lines += ["| | level | requirement | what was seen |", "|---|---|---|---|"]
        lines += [
            f"| {_mark(changed)} | {changed.level} | `{changed.requirement}` | {_code(changed.details)} |" for changed in changes
        ]
        lines += ["", "</details>"]
    return "\n".join(lines) + "\n"


def html(comparison: Comparison) -> str:
    """Return the difference as a page."""
    values = {"headline": headline(comparison), "comparison": comparison, "groups": _groups(comparison), "mark": _mark}
    return pages.render("difference.html", values, styles=("page.css", "matrix.css"), scripts=())


FORMATS: Mapping[str, Callable[[Comparison], str]] = {"text": text, "json": as_json, "markdown": markdown, "html": html}


def _groups(comparison: Comparison) -> list[tuple[Change, list[Changed]]]:
    return [(change, list(changes)) for change, changes in groupby(comparison.changes, lambda changed: changed.change)]


def _mark(changed: Changed) -> str:
    return "✗" if changed.is_worse else "✓" if changed.change is Change.NEWLY_PASSING else "·"


def _details(changed: Changed) -> str:
    return f"\n           {visible(changed.details)[:_LONGEST]}" if changed.details else ""


def _code(text: str) -> str:
    """Return a text as inline code, in which neither a bar nor a backtick ends anything."""
    plain = visible(text)[:_LONGEST].replace("`", "'").replace("|", "\\|")
    return f"`{plain}`" if plain else ""
