"""The report of a run: one page that a server's developer opens after CI failed, a card for each cause."""

import base64
import difflib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from conformance.core import pointers
from conformance.core.pointers import Pointer
from conformance.evidence.redaction import is_said
from conformance.evidence.results import (
    Cause,
    Example,
    ExchangeRecord,
    Level,
    Manifest,
    RequestRecord,
    ResponseRecord,
    Results,
    Row,
    Status,
    Usage,
    Verdict,
)
from conformance.reporting import curl, hints, json_view, messages, pages
from conformance.reporting.json_view import Line

_MAX_CHARACTERS = 4_000
_MAX_LINES = 200
_CONTEXT = 2
_VIOLATED = (Status.FAILED, Status.ERROR, Status.DEVIATION)


@dataclass(frozen=True, slots=True)
class _Body:
    """A body on the page: JSON as lines, with numbers in the place of those that are folded, or a text."""

    lines: Sequence[Line | int]
    text: str


@dataclass(frozen=True, slots=True)
class _ShownExchange:
    """An exchange on the page: both bodies, the credentials it was sent with, and its time among concurrent requests."""

    record: ExchangeRecord
    sent: _Body
    received: _Body
    sender: str
    when: str


@dataclass(frozen=True, slots=True)
class _Proof:
    """A counterexample on the page, with the commands that repeat it; `difference` has (sign, line) pairs."""

    row: Row
    example: Example
    difference: list[tuple[str, str]]
    exchanges: list[_ShownExchange]
    flaky: str
    hint: str | None
    curl: list[str]
    replay: str


@dataclass(frozen=True, slots=True)
class _Card:
    """What went wrong in one way: the requirements that show it, the proof that shows it best, and a line for each other one."""

    anchor: str
    title: str
    level: Level
    rows: tuple[Row, ...]
    proof: _Proof | None
    also: list[str]
    weighs: bool

    @property
    def is_declared(self) -> bool:
        """Whether a target file declares all of it."""
        return all(row.status is Status.DEVIATION for row in self.rows)

    @property
    def operations(self) -> str:
        """The operation that breaks it, to filter by."""
        return "" if self.proof is None else self.proof.example.offender.operation


def render(results: Results, *, results_file: str = "results.json") -> str:
    """Return the report of a run as HTML; `results_file` is the path of the results for the replay command."""
    values = _template_values(results, results_file)
    return pages.render("report.html", values, styles=("page.css", "report.css"), scripts=("filters.js", "report.js"))


def _template_values(results: Results, results_file: str) -> dict[str, Any]:
    manifest = results.manifest
    chapters: dict[str, list[Row]] = {}
    for row in results.requirements:
        chapters.setdefault(row.chapter, []).append(row)
    cards = _cards(results, results_file)
    return {
        "results": results,
        "manifest": manifest,
        "counts": {status: count for status, count in messages.counts(results).items() if count},
        "chapters": chapters,
        "cards": [card for card in cards if not card.is_declared],
        "declared": [card for card in cards if card.is_declared],
        "card_of": {row.id: card.anchor for card in reversed(cards) for row in card.rows},
        "first": _first(results, cards),
        "sources": manifest.contract.sources,
        "left_behind": messages.left_behind(results),
        "without": messages.not_judged(results),
        "verdict": messages.verdict_text(results),
        "count_of_causes": messages.count_of_causes(results),
        "notes": messages.notes(results),
        "effort": messages.effort(results),
        "exploration": messages.exploration(results),
        "selection": messages.selection(manifest),
        "judged": [name for name, capability in manifest.capabilities.items() if capability.served],
        "evidence": messages.evidence,
        "age": messages.age,
        "operations": {name: _picture(usage) for name, usage in results.operations.items()},
        "levels": list(Level),
        "statuses": list(Status),
    }


def _cards(results: Results, results_file: str) -> list[_Card]:
    """Return a card for each cause, the weightiest first, and one for each row that no cause explains."""
    rows = {row.id: row for row in results.requirements}
    cards = [_of_cause(cause, rows, results.manifest, results_file) for cause in results.causes]
    explained = {requirement for cause in results.causes for requirement in cause.requirements}
    left = [row for row in results.requirements if row.status in _VIOLATED and row.id not in explained]
    cards += [_of_row(row, results.manifest, results_file) for row in left]
    cards.sort(key=lambda card: (not card.weighs, card.is_declared))
    return [replace(card, anchor=f"cause-{index}") for index, card in enumerate(cards, 1)]


def _of_cause(cause: Cause, rows: dict[str, Row], manifest: Manifest, results_file: str) -> _Card:
    shown = [(rows[by.requirement], rows[by.requirement].examples[by.example]) for by in cause.shown_by]
    own = tuple(rows[requirement] for requirement in cause.requirements)
    (row, example), *others = shown
    also = [f"{other.id}: {messages.one_line(violation)}" for other, violation in others]
    return _card(cause.title, cause.level, own, row, example, also, manifest, results_file)


def _of_row(row: Row, manifest: Manifest, results_file: str) -> _Card:
    also = [messages.one_line(example) for example in row.others]
    title = "the toolkit failed" if row.counterexample is None else row.counterexample.message
    return _card(title, row.level, (row,), row, row.counterexample, also, manifest, results_file)


def _card(title: str, level: Level, rows: tuple[Row, ...], row: Row, example: Example | None, also: list[str], manifest: Manifest,
          results_file: str) -> _Card:  # fmt: skip
    """Return a card; if its counterexample cannot be shown, it is shown with a note instead."""
    proof = None
    try:
        proof = None if example is None else _proof(row, example, manifest, results_file)
    except Exception as error:  # noqa: BLE001 - a report without this counterexample is better than no report
        also = [f"the toolkit failed to show the counterexample: {type(error).__name__}: {error}", *also]
    return _Card("", title, level, rows, proof, also, any(each.weighs(strict=manifest.strict) for each in rows))


def _first(results: Results, cards: Sequence[_Card]) -> str:
    """Return what to do first, in a sentence."""
    failing = [card for card in cards if not card.is_declared]
    if results.verdict is Verdict.INCOMPLETE:
        because = results.manifest.incomplete_because or "it was cut short"
        if results.waits_for_others:
            return f"Join it with the others: {because}. Until then nobody knows whether the target conforms."
        return f"Find out why the run is incomplete: {because}. Until then nobody knows whether the target conforms."
    if failing and failing[0].weighs:
        names = len(failing[0].rows)
        return f"Begin with the first cause below: {failing[0].title}. {_requirements(names)} show{'s' if names == 1 else ''} it."
    if failing:
        return "All that binds holds. Below is what is recommended, and does not hold."
    return ""


def _requirements(count: int) -> str:
    return f"{count} requirement{'' if count == 1 else 's'}"


def _proof(row: Row, example: Example, manifest: Manifest, results_file: str) -> _Proof:
    at = None if example.at is None else pointers.parse(example.at)
    last = len(example.exchanges) - 1
    return _Proof(
        row=row,
        example=example,
        difference=_difference(example.expected, example.actual),
        exchanges=[
            _exchange(exchange, example.exchanges, at if index == last else None)
            for index, exchange in enumerate(example.exchanges)
        ],
        flaky=messages.flakiness(example),
        hint=hints.hint(example),
        curl=curl.commands(example, manifest),
        replay=f"conformance replay {results_file} {row.id}",
    )


def _exchange(exchange: ExchangeRecord, exchanges: tuple[ExchangeRecord, ...], marked: Pointer | None) -> _ShownExchange:
    return _ShownExchange(
        record=exchange,
        sent=_body(exchange.request, marked),
        received=_Body((), "") if exchange.response is None else _body(exchange.response, marked),
        sender=messages.sender(exchange.request),
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


def _body(message: RequestRecord | ResponseRecord, marked: Pointer | None) -> _Body:
    """Return a body for the page: JSON as lines, other text cut after 4,000 characters, bytes that are no text as escapes."""
    if message.body_base64 is not None:
        return _Body((), "(not UTF-8) " + _escaped(base64.b64decode(message.body_base64)))
    if message.body is None:
        return _Body((), "(no body)")
    try:
        value = json.loads(message.body)
    except (ValueError, RecursionError):
        return _Body((), _cut(message.body))
    if not isinstance(value, dict | list):
        return _Body((), _cut(message.body))
    return _Body(json_view.folded(json_view.lines(value, marked)), "")


def _escaped(data: bytes) -> str:
    shown = data[:_MAX_CHARACTERS].decode("ascii", "backslashreplace")
    return shown if len(data) <= _MAX_CHARACTERS else f"{shown}\n… ({len(data):,} bytes in all)"


def _cut(text: str) -> str:
    return text if len(text) <= _MAX_CHARACTERS else f"{text[:_MAX_CHARACTERS]}\n… ({len(text):,} characters in all)"


def _difference(expected: Any, actual: Any) -> list[tuple[str, str]]:
    """Return (sign, line) pairs: `-` for an expected line, `+` for an actual one, a space for a line of both, `…` for what is left out."""
    alike = messages.look_alike(expected, actual)
    before, after = (_lines(value, ascii_only=alike) for value in (expected, actual))
    lines = [(line[0], line[2:]) for line in difflib.ndiff(before, after) if not line.startswith("?")]
    near = [any(sign in "+-" for sign, _line in lines[max(0, at - _CONTEXT) : at + _CONTEXT + 1]) for at in range(len(lines))]
    shown: list[tuple[str, str]] = []
    for line, is_near in zip(lines, near, strict=True):
        if is_near:
            shown.append(line)
        elif not shown or shown[-1][0] != "…":
            shown.append(("…", ""))
    return shown[:_MAX_LINES]


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


@dataclass(frozen=True, slots=True)
class _Picture:
    """One operation on the page: its statuses in words, and a bar for each class of latency: (x, height, title)."""

    statuses: str
    requests: int
    median: str
    bars: list[tuple[int, float, str]]


_BAR, _HEIGHT = 8, 24


def _picture(usage: Usage) -> _Picture:
    bounds = sorted(map(float, usage.latencies))
    most = max(usage.latencies.values(), default=1)
    counts = {bound: usage.latencies[f"{bound:g}"] for bound in bounds}
    bars = [
        (index * _BAR, round(_HEIGHT * count / most, 1), f"{count:,} within {bound:g} ms")
        for index, (bound, count) in enumerate(counts.items())
    ]
    statuses = ", ".join(
        f"{count:,} × {status if status != 'none' else 'no answer'}" for status, count in sorted(usage.statuses.items())
    )
    return _Picture(statuses, sum(usage.statuses.values()), _median(counts), bars)


def _median(counts: dict[float, int]) -> str:
    half, seen = sum(counts.values()) / 2, 0
    for bound, count in counts.items():
        seen += count
        if seen >= half:
            return f"≤ {bound:g} ms"
    return "–"
