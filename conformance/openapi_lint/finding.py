"""Findings: what is wrong in a document, and where."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from conformance.core.json_text import dumps
from conformance.core.pointers import MISSING, Pointer, text


class Kind(StrEnum):
    """The kinds of findings, in the order in which they are reported."""

    KEY = "key"
    REFERENCE = "reference"
    SCHEMA = "schema"
    EXAMPLE = "example"
    DEFAULT = "default"
    UNION = "union"
    OPERATION = "operation"


class Grade(StrEnum):
    """How serious a finding is, the worst first: only errors fail the document."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of a document, also if it stands there several times; `witness` is a value that shows it, or `MISSING`.

    `subject` is the operation or the schema that it is about, `also` are the other places with the same fault, `operations` are those
    that it touches, and `contract` tells whether an operation of the contract is among them.
    """

    kind: Kind
    grade: Grade
    place: Pointer
    subject: str
    message: str
    witness: Any = MISSING
    also: tuple[Pointer, ...] = ()
    operations: frozenset[str] = frozenset()
    contract: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the finding as a JSON value, its places as JSON pointers."""
        value: dict[str, Any] = {name: getattr(self, name) for name in ("kind", "grade", "subject", "message", "contract")}
        value |= {"place": text(self.place), "also": [text(place) for place in self.also], "operations": sorted(self.operations)}
        return value if self.witness is MISSING else {**value, "witness": self.witness}


def merged(findings: Iterable[Finding]) -> list[Finding]:
    """Join findings of the same fault, and sort them: by kind, by grade, and those first that touch the contract's operations."""
    kept: dict[tuple[object, ...], Finding] = {}
    for one in findings:
        key = _merge_key(one)
        kept[key] = _joined(kept[key], one) if key in kept else one
    kinds, grades = list(Kind), list(Grade)
    return sorted(kept.values(), key=lambda one: (kinds.index(one.kind), grades.index(one.grade), not one.contract))


def _merge_key(one: Finding) -> tuple[object, ...]:
    """Return what two findings have in common if they are the same fault: generators repeat it in each copy of a component.

    Two examples or defaults with the same error are one fault only if they stand at the same place of two copies.
    """
    distinction: object = b"" if one.witness is MISSING else dumps(one.witness)
    if one.kind in {Kind.EXAMPLE, Kind.DEFAULT, Kind.SCHEMA}:
        component = one.place[2:3] if one.place[:1] == ("components",) else ()
        distinction = tuple(plain_name(part) for part in (*component, *one.place[3:]) if isinstance(part, str))
    elif one.kind == Kind.OPERATION and not one.operations:
        distinction = one.subject
    return one.kind, one.grade, one.message, distinction


def plain_name(name: str) -> str:
    """Return a component's name without the suffix that generators add to the copies for requests and for responses."""
    return name.removesuffix("-Input").removesuffix("-Output")


def _joined(one: Finding, other: Finding) -> Finding:
    new = tuple(place for place in (other.place, *other.also) if place != one.place and place not in one.also)
    return replace(one, also=one.also + new, operations=one.operations | other.operations, contract=one.contract or other.contract)
