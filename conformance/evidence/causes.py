"""Causes: violations that one misbehaviour explains, tied together across requirements by the evidence alone.

Two counterexamples are tied where both end with the same request and the same answer, and either nobody could read that answer, or
both are about the same place or the same difference in it; where the same difference stands in the same place of the same operation;
and where one requirement is broken with the same words, for a validation that is lax is so in many fields. What holds for every
exchange, such as that no answer is a 5xx, is general: it ties nothing by its words. Made small, different defects end with different
requests or in different places, so what is tied is seldom tied wrongly.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from conformance.core.tags import TAG
from conformance.evidence.redaction import is_said
from conformance.evidence.requirements import Level
from conformance.evidence.results import Cause, Example, ExchangeRecord, ResponseRecord, Row, ShownBy, Status

_SHOWN = (Status.FAILED, Status.DEVIATION)
_WEIGHT = {level: index for index, level in enumerate(Level)}


@dataclass(frozen=True, slots=True)
class _Violation:
    """One violation that a row shows, and what its last exchange was."""

    row: Row
    index: int
    example: Example
    is_general: bool
    request: str
    status: int | None
    is_readable: bool


def grouped(rows: Iterable[Row], general: tuple[str, ...]) -> tuple[Cause, ...]:
    """Return the causes of what failed or was declared, the weightiest first.

    `general` are the ids, or what they begin with, of the requirements that are about every exchange.
    """
    shown = [row for row in rows if row.status in _SHOWN]
    violations = [_violation(row, index, general) for row in shown for index in range(len(row.examples))]
    causes = [_cause(group) for group in _tied(violations)]
    return tuple(sorted(causes, key=lambda cause: (_WEIGHT[cause.level], -len(cause.requirements))))


def _violation(row: Row, index: int, general: tuple[str, ...]) -> _Violation:
    example = row.examples[index]
    response = example.offender.response
    return _Violation(
        row=row,
        index=index,
        example=example,
        is_general=row.id.startswith(general),
        request=_without_names(example),
        status=None if response is None else response.status,
        is_readable=response is not None and response.status < 500 and _is_object(response),  # noqa: PLR2004
    )


def _is_object(response: ResponseRecord) -> bool:
    try:
        return isinstance(json.loads(response.body or ""), dict)
    except (ValueError, RecursionError):
        return False


def _without_names(example: Example) -> str:
    """Return the last request without the ids and names of this time."""
    request = example.offender.request
    sent = request.body or request.body_base64 or ""
    text = f"{request.method} {request.path} {request.credentials} {request.namespace} {sent}"
    return TAG.sub("", _without_ids(text, example.exchanges))


def _without_ids(text: str, exchanges: Iterable[ExchangeRecord]) -> str:
    identifiers = sorted({exchange.made.id for exchange in exchanges if exchange.made}, key=len, reverse=True)
    return re.sub("|".join(map(re.escape, identifiers)), "id", text) if identifiers else text


def _tied(violations: Sequence[_Violation]) -> list[list[_Violation]]:
    """Return the violations in groups: all that are tied, also by way of a third one."""
    group = list(range(len(violations)))
    for first, second in combinations(range(len(violations)), 2):
        if group[first] != group[second] and _are_tied(violations[first], violations[second]):
            old, new = group[second], group[first]
            group = [new if number == old else number for number in group]
    return [[violations[at] for at, number in enumerate(group) if number == name] for name in dict.fromkeys(group)]


def _are_tied(first: _Violation, second: _Violation) -> bool:
    mine, theirs = first.example, second.example
    if first.row.id == second.row.id and mine.message == theirs.message and not first.is_general:
        return True
    is_same_difference = (mine.expected, mine.actual) == (theirs.expected, theirs.actual)
    if first.request == second.request and first.status == second.status:
        return not first.is_readable or is_same_difference or _overlap(mine.at, theirs.at)
    if not first.is_readable and not second.is_readable and mine.origin == theirs.origin != 0:
        return True
    is_same_place = mine.offender.operation == theirs.offender.operation and bool(mine.at) and mine.at == theirs.at
    return is_same_place and is_same_difference and not is_said(mine.actual)


def _overlap(first: str | None, second: str | None) -> bool:
    """Whether one place is in the other, or the other in it."""
    if not first or not second:
        return False
    return f"{first}/".startswith(f"{second}/") or f"{second}/".startswith(f"{first}/")


def _cause(group: Sequence[_Violation]) -> Cause:
    ranked = sorted(group, key=_rank)
    first = ranked[0]
    names = tuple(dict.fromkeys(violation.row.id for violation in ranked))
    shown_by = tuple(ShownBy(violation.row.id, violation.index) for violation in ranked)
    return Cause(_title(first.example), first.row.level, names, shown_by)


def _rank(violation: _Violation) -> tuple[int, bool, int, int]:
    # What the requests were about says more than what holds for every exchange.
    return _WEIGHT[violation.row.level], violation.is_general, violation.index, len(violation.example.exchanges)


def _title(example: Example) -> str:
    """Return what went wrong in one line: the message, the operation, and what came where it is short."""
    answer = f": {example.actual}" if is_said(example.actual) else ""
    where = f" at {example.at}" if example.at else ""
    return f"{example.message}{where}{answer} ({example.offender.operation.replace('_', ' ')})"
