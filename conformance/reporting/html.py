"""The HTML report: one file that needs no network and no JavaScript; whatever a server sent is escaped."""

import difflib
import json
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from conformance.contracts.collections.requirements import SOURCES
from conformance.contracts.collections.requirements import requirements as registry
from conformance.evidence.redaction import is_said
from conformance.reporting import curl
from conformance.reporting.messages import (
    causes_told,
    counts,
    flakiness,
    left_behind,
    look_alike,
    not_judged,
    notes,
    selection,
    sender,
    shared_causes,
    spent,
    told,
    verdict_told,
    visible,
    weighs,
)

_LONGEST = 4_000
_MOST_LINES = 400


def render(results: dict[str, Any], *, results_file: str = "results.json") -> str:
    """Return the report of a run's results; `results_file` is how the replay command names them."""
    environment = Environment(loader=PackageLoader("conformance.reporting"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
                              lstrip_blocks=True)  # fmt: skip
    environment.filters["visible"] = _visible
    environment.filters["sentence"] = _sentence
    manifest = results["manifest"]
    chapters: dict[str, list[dict[str, Any]]] = {}
    for row in results["requirements"]:
        chapters.setdefault(row["id"].rpartition(".")[0], []).append(_shown(row, manifest, results_file))
    failures = [row for rows in chapters.values() for row in rows if row["status"] in ("failed", "error", "deviation")]
    failures.sort(key=lambda row: (not row["weighs"], row["status"] == "deviation"))
    return environment.get_template("report.html").render(
        results=results,
        manifest=manifest,
        counts={name: count for name, count in counts(results["requirements"]).items() if count},
        chapters=chapters,
        failures=failures,
        sources=SOURCES,
        left_behind=left_behind(results),
        without=not_judged(results),
        verdict=verdict_told(results),
        causes=shared_causes(results),
        causes_told=causes_told(results),
        notes=notes(results),
        spent=spent(results),
        selection=selection(manifest),
        judged=[name for name, found in manifest["capabilities"].items() if found["served"]],
    )


def _shown(row: dict[str, Any], manifest: dict[str, Any], results_file: str) -> dict[str, Any]:
    """Return a row as the page shows it; one whose proof cannot be shown is shown without it, and costs no other row."""
    try:
        return _row(row, manifest, results_file)
    except Exception as error:  # noqa: BLE001 - a report without this row's proof is worth more than no report
        told = f"the toolkit failed to show the counterexample: {type(error).__name__}: {error}"
        reason = f"{row['reason']}; {told}" if row["reason"] else told
        return _row({**row, "counterexample": None, "reason": reason}, manifest, results_file)


def _row(row: dict[str, Any], manifest: dict[str, Any], results_file: str) -> dict[str, Any]:
    requirement = registry()[row["id"]]
    shown: dict[str, Any] = {**row, "text": requirement.text, "source": requirement.source, "subject": requirement.subject}
    shown["weighs"] = weighs(row, strict=manifest["strict"])
    if row["counterexample"] is not None:
        found = row["counterexample"]
        shown["proof"] = {
            **found,
            "difference": _difference(found["expected"], found["actual"]),
            "exchanges": [_exchange(one, found["exchanges"]) for one in found["exchanges"]],
            "flaky": flakiness(found),
            "curl": curl.commands(found, manifest),
            "replay": f"conformance replay {results_file} {row['id']}",
        }
        shown["also"] = [told(other) for other in row.get("others", ())]
    return shown


def _exchange(exchange: dict[str, Any], all_of_them: list[dict[str, Any]]) -> dict[str, Any]:
    shown = {
        **exchange,
        "sent": _body(exchange["request"]),
        "sender": sender(exchange["request"]),
        "when": _when(exchange, all_of_them),
    }
    if exchange["response"] is not None:
        shown["received"] = _body(exchange["response"])
    return shown


def _when(exchange: dict[str, Any], all_of_them: list[dict[str, Any]]) -> str:
    """Return when one of several requests that were sent at once was under way, in milliseconds after the first of them."""
    together = exchange.get("together")
    if together is None:
        return ""
    starts = [one["sent_at"] for one in all_of_them if one.get("together") == together]
    sent = (exchange["sent_at"] - min(starts)) * 1000
    answered = f"answered at {sent + exchange['response']['seconds'] * 1000:.1f} ms" if exchange["response"] else "never answered"
    return f"one of {len(starts)} at once: sent at {sent:.1f} ms, {answered}"


def _body(message: dict[str, Any]) -> str:
    """Return a body as people read it: JSON indented, other text as it is, both cut where they are too long."""
    if message.get("body") is None:
        return "(no body)" if "body_base64" not in message else f"(not UTF-8, in base64) {message['body_base64'][:_LONGEST]}"
    body: str = message["body"]
    try:
        text = _indented(json.loads(body), ascii_only=False) if len(body) < 8 * _LONGEST else body
    except (ValueError, RecursionError):
        text = body
    if len(text) > _LONGEST:
        return f"{text[:_LONGEST]}\n… ({len(text):,} characters in all)"
    return text


def _visible(text: str) -> Markup:
    """Escape for HTML, and show what a reader could not see; line breaks stay."""
    lines = [visible(line) for line in str(text).split("\n")]
    return escape("\n".join(lines))


def _sentence(text: str) -> str:
    """Begin a sentence; what is a name or an abbreviation in it stays one."""
    return text[:1].upper() + text[1:]


def _difference(expected: Any, actual: Any) -> list[tuple[str, str]]:
    """Return (sign, line) pairs: `-` was expected, `+` came instead, a blank stands in both."""
    alike = look_alike(expected, actual)
    before, after = (_lines(value, ascii_only=alike) for value in (expected, actual))
    lines = [line for line in difflib.ndiff(before, after) if not line.startswith("?")][:_MOST_LINES]
    return [(line[0], line[2:]) for line in lines]


def _indented(value: Any, *, ascii_only: bool) -> str:
    """Return indented JSON as far as a reader goes: a few bytes of `[` would else become megabytes of blanks."""
    text = ""
    for part in json.JSONEncoder(indent=2, ensure_ascii=ascii_only).iterencode(value):
        text += part
        if len(text) > 4 * _LONGEST:
            break
    return text


def _lines(value: Any, *, ascii_only: bool) -> list[str]:
    text: str = value if is_said(value) else _indented(value, ascii_only=ascii_only)
    return text[: 4 * _LONGEST].split("\n")
