"""The HTML report: one file that needs no network and no JavaScript; whatever a server sent is escaped."""

import difflib
import json
from dataclasses import dataclass, replace
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from conformance.evidence.redaction import is_said
from conformance.evidence.results import Example, ExchangeRecord, Manifest, RequestRecord, ResponseRecord, Results, Row, Status
from conformance.reporting import curl
from conformance.reporting.messages import (
    causes_told,
    counts,
    flakiness,
    left_behind,
    look_alike,
    not_judged,
    notes,
    one_line,
    selection,
    sender,
    shared_causes,
    spent,
    verdict_told,
    visible,
)

_LONGEST = 4_000
_MOST_LINES = 400


@dataclass(frozen=True, slots=True)
class _ShownExchange:
    """An exchange as the page shows it: both bodies in words, as whom it was sent, and when it was under way among others."""

    record: ExchangeRecord
    sent: str
    received: str
    sender: str
    when: str


@dataclass(frozen=True, slots=True)
class _Proof:
    """A counterexample as the page shows it, with the lines that repeat it."""

    example: Example
    difference: list[tuple[str, str]]
    exchanges: list[_ShownExchange]
    flaky: str
    curl: list[str]
    replay: str


@dataclass(frozen=True, slots=True)
class _ShownRow:
    """A requirement as the page shows it."""

    row: Row
    weighs: bool
    proof: _Proof | None
    also: list[str]


def render(results: Results, *, results_file: str = "results.json") -> str:
    """Return the report of a run's results; `results_file` is how the replay command names them."""
    manifest = results.manifest
    chapters: dict[str, list[_ShownRow]] = {}
    for row in results.requirements:
        chapters.setdefault(row.chapter, []).append(_shown(row, manifest, results_file))
    return (
        _environment()
        .get_template("report.html")
        .render(
            results=results,
            manifest=manifest,
            counts={status: count for status, count in counts(results).items() if count},
            chapters=chapters,
            failures=_failures(chapters),
            sources=manifest.contract.sources,
            left_behind=left_behind(results),
            without=not_judged(results),
            verdict=verdict_told(results),
            causes=shared_causes(results),
            causes_told=causes_told(results),
            notes=notes(results),
            spent=spent(results),
            selection=selection(manifest),
            judged=[name for name, capability in manifest.capabilities.items() if capability.served],
        )
    )


def _environment() -> Environment:
    environment = Environment(loader=PackageLoader("conformance.reporting"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
                              lstrip_blocks=True)  # fmt: skip
    environment.filters["visible"] = _visible
    environment.filters["sentence"] = _sentence
    return environment


def _failures(chapters: dict[str, list[_ShownRow]]) -> list[_ShownRow]:
    """Return what does not hold, what weighs first."""
    statuses = (Status.FAILED, Status.ERROR, Status.DEVIATION)
    failures = [shown for rows in chapters.values() for shown in rows if shown.row.status in statuses]
    return sorted(failures, key=lambda shown: (not shown.weighs, shown.row.status == Status.DEVIATION))


def _shown(row: Row, manifest: Manifest, results_file: str) -> _ShownRow:
    """Return a row as the page shows it; one whose proof cannot be shown is shown without it, and costs no other row."""
    also: list[str] = []
    proof: _Proof | None = None
    try:
        if row.counterexample is not None:
            proof = _proof(row, row.counterexample, manifest, results_file)
            also = [one_line(other) for other in row.others]
    except Exception as error:  # noqa: BLE001 - a report without this row's proof is worth more than no report
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


def _exchange(exchange: ExchangeRecord, all_of_them: tuple[ExchangeRecord, ...]) -> _ShownExchange:
    return _ShownExchange(
        record=exchange,
        sent=_body(exchange.request),
        received="" if exchange.response is None else _body(exchange.response),
        sender=sender(exchange.request),
        when=_when(exchange, all_of_them),
    )


def _when(exchange: ExchangeRecord, all_of_them: tuple[ExchangeRecord, ...]) -> str:
    """Return when one of several requests that were sent at once was under way, in milliseconds after the first of them."""
    if exchange.together is None:
        return ""
    starts = [sent.sent_at for sent in all_of_them if sent.together == exchange.together]
    sent = (exchange.sent_at - min(starts)) * 1000
    answered = f"answered at {sent + exchange.response.seconds * 1000:.1f} ms" if exchange.response else "never answered"
    return f"one of {len(starts)} at once: sent at {sent:.1f} ms, {answered}"


def _body(message: RequestRecord | ResponseRecord) -> str:
    """Return a body as people read it: JSON indented, other text as it is, both cut where they are too long."""
    if message.body_base64 is not None:
        return f"(not UTF-8, in base64) {message.body_base64[:_LONGEST]}"
    if message.body is None:
        return "(no body)"
    text = _as_json(message.body) if len(message.body) < 8 * _LONGEST else message.body
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}\n… ({len(text):,} characters in all)"


def _as_json(body: str) -> str:
    try:
        return _indented(json.loads(body), ascii_only=False)
    except (ValueError, RecursionError):
        return body


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
