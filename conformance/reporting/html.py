"""The HTML report: one file without JavaScript and network access, in which text from a server is escaped."""

import difflib
import json
from dataclasses import dataclass, replace
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from conformance.core.display import visible
from conformance.evidence.redaction import is_said
from conformance.evidence.results import Example, ExchangeRecord, Manifest, RequestRecord, ResponseRecord, Results, Row, Status
from conformance.reporting import curl
from conformance.reporting.messages import (
    count_of_causes,
    counts,
    effort,
    flakiness,
    left_behind,
    look_alike,
    not_judged,
    notes,
    one_line,
    selection,
    sender,
    shared_causes,
    verdict_text,
)

_MAX_CHARACTERS = 4_000
_MAX_LINES = 400


@dataclass(frozen=True, slots=True)
class _ShownExchange:
    """An exchange on the page: both bodies as text, the credentials it was sent with, and its time among concurrent requests."""

    record: ExchangeRecord
    sent: str
    received: str
    sender: str
    when: str


@dataclass(frozen=True, slots=True)
class _Proof:
    """A counterexample on the page, with the commands that repeat it; `difference` has (sign, line) pairs."""

    example: Example
    difference: list[tuple[str, str]]
    exchanges: list[_ShownExchange]
    flaky: str
    curl: list[str]
    replay: str


@dataclass(frozen=True, slots=True)
class _ShownRow:
    """A requirement on the page; `also` has one line for each other kind of violation."""

    row: Row
    weighs: bool
    proof: _Proof | None
    also: list[str]


def render(results: Results, *, results_file: str = "results.json") -> str:
    """Return the report of a run as HTML; `results_file` is the path of the results for the replay command."""
    template = _environment().get_template("report.html")
    return template.render(_template_values(results, results_file))


def _template_values(results: Results, results_file: str) -> dict[str, Any]:
    manifest = results.manifest
    chapters: dict[str, list[_ShownRow]] = {}
    for row in results.requirements:
        chapters.setdefault(row.chapter, []).append(_shown_row(row, manifest, results_file))
    return {
        "results": results,
        "manifest": manifest,
        "counts": {status: count for status, count in counts(results).items() if count},
        "chapters": chapters,
        "failures": _failures(chapters),
        "sources": manifest.contract.sources,
        "left_behind": left_behind(results),
        "without": not_judged(results),
        "verdict": verdict_text(results),
        "causes": shared_causes(results),
        "count_of_causes": count_of_causes(results),
        "notes": notes(results),
        "effort": effort(results),
        "selection": selection(manifest),
        "judged": [name for name, capability in manifest.capabilities.items() if capability.served],
    }


def _environment() -> Environment:
    environment = Environment(loader=PackageLoader("conformance.reporting"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
                              lstrip_blocks=True)  # fmt: skip
    environment.filters["visible"] = _visible
    environment.filters["sentence"] = _sentence
    return environment


def _failures(chapters: dict[str, list[_ShownRow]]) -> list[_ShownRow]:
    """Return the rows of requirements that do not hold, those that fail the run first."""
    statuses = (Status.FAILED, Status.ERROR, Status.DEVIATION)
    failures = [entry for rows in chapters.values() for entry in rows if entry.row.status in statuses]
    return sorted(failures, key=lambda entry: (not entry.weighs, entry.row.status == Status.DEVIATION))


def _shown_row(row: Row, manifest: Manifest, results_file: str) -> _ShownRow:
    """Return a row for the page; if its counterexample cannot be shown, it is shown with a note instead."""
    also: list[str] = []
    proof: _Proof | None = None
    try:
        if row.counterexample is not None:
            proof = _proof(row, row.counterexample, manifest, results_file)
            also = [one_line(example) for example in row.others]
    except Exception as error:  # noqa: BLE001 - a report without this counterexample is better than no report
        failure = f"the toolkit failed to show the counterexample: {type(error).__name__}: {error}"
        row, proof = replace(row, reason=f"{row.reason}; {failure}" if row.reason else failure), None
    return _ShownRow(row, row.weighs(strict=manifest.strict), proof, also)


def _proof(row: Row, example: Example, manifest: Manifest, results_file: str) -> _Proof:
    return _Proof(
        example=example,
        difference=_difference(example.expected, example.actual),
        exchanges=[_exchange(exchange, example.exchanges) for exchange in example.exchanges],
        flaky=flakiness(example),
        curl=curl.commands(example, manifest),
        replay=f"conformance replay {results_file} {row.id}",
    )


def _exchange(exchange: ExchangeRecord, exchanges: tuple[ExchangeRecord, ...]) -> _ShownExchange:
    return _ShownExchange(
        record=exchange,
        sent=_body(exchange.request),
        received="" if exchange.response is None else _body(exchange.response),
        sender=sender(exchange.request),
        when=_when(exchange, exchanges),
    )


def _when(exchange: ExchangeRecord, exchanges: tuple[ExchangeRecord, ...]) -> str:
    """Return when a concurrent request was sent and answered, in milliseconds after the first of them, or an empty string."""
    if exchange.together is None:
        return ""
    starts = [sent.sent_at for sent in exchanges if sent.together == exchange.together]
    sent = (exchange.sent_at - min(starts)) * 1000
    answered = f"answered at {sent + exchange.response.seconds * 1000:.1f} ms" if exchange.response else "never answered"
    return f"one of {len(starts)} at once: sent at {sent:.1f} ms, {answered}"


def _body(message: RequestRecord | ResponseRecord) -> str:
    """Return a body as text: JSON indented, other text unchanged, both cut after 4,000 characters."""
    if message.body_base64 is not None:
        return f"(not UTF-8, in base64) {message.body_base64[:_MAX_CHARACTERS]}"
    if message.body is None:
        return "(no body)"
    text = _as_json(message.body) if len(message.body) < 8 * _MAX_CHARACTERS else message.body
    return text if len(text) <= _MAX_CHARACTERS else f"{text[:_MAX_CHARACTERS]}\n… ({len(text):,} characters in all)"


def _as_json(body: str) -> str:
    try:
        return _indented(json.loads(body), ascii_only=False)
    except (ValueError, RecursionError):
        return body


def _visible(text: str) -> Markup:
    """Escape a text for HTML, with invisible characters as escapes; line breaks stay."""
    lines = [visible(line) for line in str(text).split("\n")]
    return escape("\n".join(lines))


def _sentence(text: str) -> str:
    """Return the text with a capital first letter; all other letters stay as they are."""
    return text[:1].upper() + text[1:]


def _difference(expected: Any, actual: Any) -> list[tuple[str, str]]:
    """Return (sign, line) pairs: `-` for an expected line, `+` for an actual line, a space for a line in both."""
    alike = look_alike(expected, actual)
    before, after = (_lines(value, ascii_only=alike) for value in (expected, actual))
    lines = [line for line in difflib.ndiff(before, after) if not line.startswith("?")][:_MAX_LINES]
    return [(line[0], line[2:]) for line in lines]


def _indented(value: Any, *, ascii_only: bool) -> str:
    """Return indented JSON, cut when it is long, because deep nesting would turn a few bytes into megabytes of spaces."""
    text = ""
    for part in json.JSONEncoder(indent=2, ensure_ascii=ascii_only).iterencode(value):
        text += part
        if len(text) > 4 * _MAX_CHARACTERS:
            break
    return text


def _lines(value: Any, *, ascii_only: bool) -> list[str]:
    text: str = value if is_said(value) else _indented(value, ascii_only=ascii_only)
    return text[: 4 * _MAX_CHARACTERS].split("\n")
