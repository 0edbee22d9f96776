"""A finding: one thing that a document says, and what it says against it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from conformance.core.json_text import dumps
from conformance.core.pointers import MISSING, Pointer, text


class Kind(StrEnum):
    """What a finding is about, in the order in which they are reported."""

    KEY = "key"
    REFERENCE = "reference"
    SCHEMA = "schema"
    EXAMPLE = "example"
    DEFAULT = "default"
    UNION = "union"
    OPERATION = "operation"


class Grade(StrEnum):
    """How much a finding weighs, the heaviest first: only errors fail the document."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of a document, however often it stands there; `witness` is the value that shows it, `MISSING` if none does.

    `subject` is the operation or the schema that it is about, `also` are the other places with the same fault, `operations` those
    that it touches, and `contract` says whether an operation of the contract is among them.
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
        found: dict[str, Any] = {name: getattr(self, name) for name in ("kind", "grade", "subject", "message", "contract")}
        found |= {"place": text(self.place), "also": [text(one) for one in self.also], "operations": sorted(self.operations)}
        return found if self.witness is MISSING else {**found, "witness": self.witness}


def merged(findings: Iterable[Finding]) -> list[Finding]:
    """Make one of those that say the same, and sort them: by kind, by grade, and first what the contract's operations use."""
    kept: dict[tuple[object, ...], Finding] = {}
    for one in findings:
        key = _sameness(one)
        kept[key] = _joined(kept[key], one) if key in kept else one
    kinds, grades = list(Kind), list(Grade)
    return sorted(kept.values(), key=lambda one: (kinds.index(one.kind), grades.index(one.grade), not one.contract))


def _sameness(one: Finding) -> tuple[object, ...]:
    """What two findings have in common if they are one: generators write one fault into each copy that they make of a thing.

    Examples and defaults that are wrong in the same way are so by accident, unless they stand at the same place of such copies.
    """
    apart: object = b"" if one.witness is MISSING else dumps(one.witness)
    if one.kind in {Kind.EXAMPLE, Kind.DEFAULT, Kind.SCHEMA}:
        component = one.place[2:3] if one.place[:1] == ("components",) else ()
        apart = tuple(plain_name(part) for part in (*component, *one.place[3:]) if isinstance(part, str))
    elif one.kind == Kind.OPERATION and not one.operations:
        apart = one.subject
    return one.kind, one.grade, one.message, apart


def plain_name(name: str) -> str:
    """Return a component's name without what generators add to tell the copy for requests from the one for responses."""
    return name.removesuffix("-Input").removesuffix("-Output")


def _joined(one: Finding, other: Finding) -> Finding:
    new = tuple(place for place in (other.place, *other.also) if place != one.place and place not in one.also)
    return replace(one, also=one.also + new, operations=one.operations | other.operations, contract=one.contract or other.contract)
