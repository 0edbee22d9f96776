"""Causes: violations that one misbehaviour explains, tied together across requirements by the evidence alone.

Two counterexamples are tied where both end with the same request and the same answer, and either nobody could read that answer, or
both are about the same place or the same difference in it; where the same difference stands in the same place of the same operation;
and where one requirement is broken with the same words, for a validation that is lax is so in many fields. What holds for every
exchange, such as that no answer is a 5xx, ties nothing by its words. Made small, different defects end with different requests or in
different places, so what is tied is seldom tied wrongly.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from conformance.core.tags import TAG
from conformance.evidence.findings import Example
from conformance.evidence.redaction import is_said
from conformance.evidence.requirements import Level
from conformance.evidence.verdicts import Row, Status

_IDS = re.compile(r"\b(?:col|doc|bkt)_[A-Za-z0-9_]+")
# About every exchange: their words are the same whatever is wrong.
_GENERAL = ("http.no-server-error", "http.json-content-type", "http.status-documented", "errors.")
_SHOWN = (Status.FAILED, Status.DEVIATION)


@dataclass(frozen=True, slots=True)
class Cause:
    """One misbehaviour: what it is, how much it weighs, and the requirements that show it, the one that shows it best first."""

    title: str
    level: Level
    requirements: tuple[str, ...]
    # Which violation of each requirement: 0 is the row's counterexample, the others follow.
    shown_by: tuple[tuple[str, int], ...]

    def to_json(self) -> dict[str, Any]:
        """Return the cause as `results.json` holds it."""
        return {
            "title": self.title,
            "level": self.level,
            "requirements": list(self.requirements),
            "shown_by": [{"requirement": name, "example": index} for name, index in self.shown_by],
        }


@dataclass(frozen=True, slots=True)
class _Shown:
    """One violation that a row shows, and what its last exchange was."""

    row: Row
    index: int
    example: Example
    request: str
    status: int | None
    is_readable: bool


def grouped(rows: Iterable[Row]) -> list[Cause]:
    """Return the causes of what failed or was declared, the weightiest first."""
    shown = [_shown(row, index, one) for row in rows if row.status in _SHOWN for index, one in enumerate(_examples(row))]
    causes = [_cause(group) for group in _tied(shown)]
    return sorted(causes, key=lambda one: (list(Level).index(one.level), -len(one.requirements)))


def _examples(row: Row) -> list[Example]:
    return [one for one in (row.counterexample, *row.others) if one is not None]


def _shown(row: Row, index: int, example: Example) -> _Shown:
    last = example["exchanges"][-1]
    response = last["response"]
    status = None if response is None else response["status"]
    return _Shown(row, index, example, _normal(last), status, status is not None and status < 500 and _is_object(response))  # noqa: PLR2004


def _is_object(response: dict[str, Any]) -> bool:
    try:
        return isinstance(json.loads(response.get("body") or ""), dict)
    except (ValueError, RecursionError):
        return False


def _normal(exchange: dict[str, Any]) -> str:
    """Return a request without the ids and names of this time."""
    request = exchange["request"]
    sent = request.get("body") or request.get("body_base64") or ""
    text = f"{request['method']} {request['path']} {request.get('credentials')} {request.get('namespace')} {sent}"
    return TAG.sub("", _IDS.sub("id", text))


def _tied(shown: Sequence[_Shown]) -> list[list[_Shown]]:
    group = list(range(len(shown)))
    for one, other in combinations(range(len(shown)), 2):
        if group[one] != group[other] and _are_tied(shown[one], shown[other]):
            old = group[other]
            group = [group[one] if number == old else number for number in group]
    return [[shown[at] for at, number in enumerate(group) if number == name] for name in dict.fromkeys(group)]


def _are_tied(one: _Shown, other: _Shown) -> bool:
    mine, theirs = one.example, other.example
    if one.row.id == other.row.id and mine["message"] == theirs["message"] and not one.row.id.startswith(_GENERAL):
        return True
    is_same_difference = (mine["expected"], mine["actual"]) == (theirs["expected"], theirs["actual"])
    if one.request == other.request and one.status == other.status:
        return not one.is_readable or is_same_difference or _overlap(mine["at"], theirs["at"])
    if not one.is_readable and not other.is_readable and mine.get("origin") == theirs.get("origin") != 0:
        return True
    is_one_operation = mine["exchanges"][-1]["operation"] == theirs["exchanges"][-1]["operation"]
    return (
        is_one_operation and bool(mine["at"]) and mine["at"] == theirs["at"] and is_same_difference and not is_said(mine["actual"])
    )


def _overlap(one: str | None, other: str | None) -> bool:
    """Whether one place is in the other, or the other in it."""
    if not one or not other:
        return False
    return f"{one}/".startswith(f"{other}/") or f"{other}/".startswith(f"{one}/")


def _cause(group: Sequence[_Shown]) -> Cause:
    # What the requests were about says more than what holds for every exchange.
    ranked = sorted(group, key=lambda one: (list(Level).index(one.row.level), one.row.id.startswith(_GENERAL), one.index,
                                            len(one.example["exchanges"])))  # fmt: skip
    first = ranked[0]
    names = tuple(dict.fromkeys(one.row.id for one in ranked))
    return Cause(_title(first.example), first.row.level, names, tuple((one.row.id, one.index) for one in ranked))


def _title(example: Example) -> str:
    """Return what went wrong in one line: the message, the operation, and what came where it is short."""
    last = example["exchanges"][-1]
    said = f": {example['actual']}" if is_said(example["actual"]) else ""
    where = f" at {example['at']}" if example["at"] else ""
    return f"{example['message']}{where}{said} ({last['operation'].replace('_', ' ')})"
