"""The editions of a contract, requirement by requirement: which of them has one, and what a later one makes of it."""

from collections.abc import Iterator, Mapping
from dataclasses import fields

from conformance.core.display import short
from conformance.evidence.requirements import Requirement

# The requirements of each edition by its name, the oldest first.
Editions = Mapping[str, Mapping[str, Requirement]]
_LONGEST = 300


def everywhere(editions: Editions) -> dict[str, Requirement]:
    """Return the requirements of all editions; where several have one, that of the oldest of them."""
    union: dict[str, Requirement] = {}
    for requirements in editions.values():
        union = {**requirements, **union}
    return union


def fate(identifier: str, editions: Editions) -> Iterator[tuple[str, str]]:
    """Yield the name of each edition with what became of a requirement in it."""
    of_each = [(name, requirements.get(identifier)) for name, requirements in editions.items()]
    for index, (name, now) in enumerate(of_each):
        before = of_each[index - 1][1] if index else None
        if now is None:
            yield name, "not in it" if before is None else "gone"
        elif before is None:
            yield name, "new" if index else "has it"
        else:
            yield name, "; ".join(changes(before, now)) or "the same"


def changes(before: Requirement, now: Requirement) -> Iterator[str]:
    """Yield what changed of a requirement from one edition to another."""
    for field in fields(Requirement):
        was, becomes = getattr(before, field.name), getattr(now, field.name)
        if was != becomes:
            yield f"{field.name.replace('_', ' ')} {_shown(becomes)} instead of {_shown(was)}"


def _shown(value: object) -> str:
    if value in (None, ()):
        return "none"
    return (
        short(value, _LONGEST)
        if isinstance(value, str) and " " in value
        else " ".join(value)
        if isinstance(value, tuple)
        else str(value)
    )
