"""Bodies that break one rule, at any depth, with the requirement that makes the server refuse them."""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st

from conformance.core import pointers
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING, Pointer
from conformance.schema import rules
from conformance.schema.tree import SchemaNode

# Draws a value of a strategy.
Draw = Callable[[st.SearchStrategy[Any]], Any]

_UNREADABLE: dict[str, tuple[Json, ...]] = {
    "string": ({}, ["a"], [], {"a": "b"}),
    "integer": ("abc", {}, [], [1], ""),
    "number": ("abc", {}, [0.5], ""),
    "boolean": ("abc", {}, [], [True]),
    "array": ("abc", {"a": 1}, 5, True, {}, ""),
    "object": ("abc", ["a"], 5, False, [], ""),
}
_COERCIBLE: dict[str, tuple[Json, ...]] = {
    "string": (5, True, 0, 1.5, False),
    "integer": ("3600", 3600.5, True, "0", "1.0"),
    "number": ("0.5", True, "1e3", False),
    "boolean": ("true", 1, 0, "false"),
}
GROUP_LISTS = frozenset({"AND", "OR", "NOT"})
_NO_MEMBERS: tuple[Json, ...] = ("abc", 5, [], True)
_NO_TIMES = ("yesterday", "", "2023-13-01T00:00:00Z", "2023-11-07", "05:31:56Z", "2023-02-30T00:00:00Z", "1699335116",
             "2023-11-07T25:00:00Z")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mutation:
    """One way to break a body: put `value` at the place `at`, or remove what is there if it is `MISSING`.

    `near` is the field's type where the value is one that a lenient reader takes for it, `bound` where it is below a number, `time`
    where it looks like a time.
    `key` is the index in `at` of a key that the user chose, if one is there.
    """

    requirement: str
    at: Pointer
    value: Any
    near: str = ""
    key: int | None = None

    def apply(self, body: Json) -> Json:
        """Return the broken copy of a body."""
        return pointers.replace(body, self.at, self.value)

    def place(self, *, exhaustive: bool = True) -> tuple[str | int, ...]:
        """What is broken where: one for the first item of a list and one for all later ones; a text outside an enum is itself a kind.

        Without `exhaustive` the items of a list are one place unless something is missing, so are the values of a map, groups of
        filters at any depth are one, and so are all values of types that are no way to write the field's. Null is no such value:
        who looks whether something is there takes it for nothing. Nor is one impossible time like another, or 0 like what is below.
        """
        if exhaustive:
            fine = ("n" if isinstance(part, int) and part else part for part in self.at)
            return (*fine, self._kind(type(self.value).__name__), self.requirement)
        # Which scalars a server coerces to a number or a boolean differs by type; to a text it coerces all or none.
        is_near = self.requirement.endswith("-scalars") and self.near != "string"
        at = self.at if self.key is None else (*self.at[: self.key], 0, *self.at[self.key + 1 :])
        where = _coarse(at, is_missing=self.value is MISSING)
        return (*where, self._coarse_kind(is_near=is_near), self.requirement)

    def _coarse_kind(self, *, is_near: bool) -> str:
        if self.near == "time":
            return repr(self.value)
        if self.near == "bound":
            return "zero" if self.value == 0 else "negative"
        named = is_near or self.value is None or self.requirement.endswith("-format")
        return self._kind(type(self.value).__name__ if named else "any")

    def _kind(self, kind: str) -> str:
        if self.value is MISSING:
            return "missing"
        return repr(self.value)[: 3 if kind == "any" else None] if self.requirement.endswith("-enum") else kind


def _coarse(at: Pointer, *, is_missing: bool) -> Iterator[str]:
    within = False
    for part in at:
        if part in GROUP_LISTS:
            within = True
        elif not isinstance(part, int):
            if within:
                yield "group"
            within = False
            yield str(part)
        elif not within:
            yield "n" if is_missing and part else "*"
    if within:
        yield "group" if isinstance(at[-1], str) else "member"


def mutations(shape: SchemaNode, value: Json, at: Pointer = ()) -> Iterator[Mutation]:
    """Yield every way to break one rule of a valid body, at every depth; absent fields are broken too, by adding them wrong."""
    if shape.is_union and isinstance(value, dict):
        if shape.type_requirement:
            yield from (Mutation(shape.type_requirement, at, wrong) for wrong in _NO_MEMBERS)
        shape = shape.branch(value)
    if isinstance(value, dict) and not shape.user_data:
        yield from _of_object(shape, value, at)
    elif isinstance(value, list) and shape.items is not None:
        for index, item in enumerate(value):
            yield from _of_field(shape.items, (*at, index))
            yield from mutations(shape.items, item, (*at, index))


def _of_object(shape: SchemaNode, value: dict[str, Json], at: Pointer) -> Iterator[Mutation]:
    for key, inner in shape.properties.items():
        here = (*at, key)
        if key in shape.required and key in value and inner.missing_requirement:
            yield Mutation(inner.missing_requirement, here, MISSING)
        # A group that is no condition must not become one, nor the other way round.
        yield from _of_field(inner, here)
        if value.get(key) is not None:
            yield from mutations(inner, value[key], here)
    if shape.values is not None:
        for key in value:
            found = (*_of_field(shape.values, (*at, key)), *mutations(shape.values, value[key], (*at, key)))
            yield from (replace(one, key=len(at)) for one in found)
    kind = value.get("type")
    if isinstance(kind, str) and kind in shape.needs:
        needed, requirement = shape.needs[kind]
        yield from (Mutation(requirement, (*at, needed), lacking) for lacking in (MISSING, None))


def _of_field(shape: SchemaNode, at: Pointer) -> Iterator[Mutation]:
    if not shape.nullable and shape.null_requirement:
        yield Mutation(shape.null_requirement, at, None)
    for name in sorted(shape.types):
        yield from _of_type(shape, name, at)
    if shape.enum and shape.enum_requirement:
        first = str(shape.enum[0])
        others = ("no-such-value", first.upper(), f"{first} ", "", first[:-1])
        yield from (Mutation(shape.enum_requirement, at, other) for other in others if other not in shape.enum)
    if shape.minimum is not None and shape.minimum_requirement:
        least = int(shape.minimum)
        # The one next to the bound tells most.
        yield from (Mutation(shape.minimum_requirement, at, low, "bound") for low in (least - 1, -604_800, -(2**31)))
    if shape.is_time and shape.format_requirement:
        yield from (Mutation(shape.format_requirement, at, text, "time") for text in _NO_TIMES)


def _of_type(shape: SchemaNode, name: str, at: Pointer) -> Iterator[Mutation]:
    if shape.type_requirement:
        yield from (Mutation(shape.type_requirement, at, wrong) for wrong in _UNREADABLE[name])
    if shape.scalar_requirement and not shape.enum:
        yield from (Mutation(shape.scalar_requirement, at, near, name) for near in _COERCIBLE.get(name, ()))


def catalogue(shape: SchemaNode, bodies: list[Json], *, exhaustive: bool = True) -> list[tuple[Mutation, Json]]:
    """Return a mutation of every kind at every place of the bodies, each with the broken body, in a fixed order.

    Without `exhaustive` places are coarse (`Mutation.place`), and what falls into one takes turns with the others.
    """
    found: dict[tuple[str | int, ...], list[tuple[Mutation, Json]]] = {}
    for body in bodies:
        own: dict[tuple[str | int, ...], list[tuple[Mutation, Json]]] = {}
        for mutation in mutations(shape, body):
            if (place := mutation.place(exhaustive=exhaustive)) not in found:
                own.setdefault(place, []).append((mutation, mutation.apply(body)))
        found |= own
    chosen: list[tuple[Mutation, Json]] = []
    several = 0
    for turn, pairs in enumerate(found.values()):
        fitting = [pair for pair in pairs if breaks_only(shape, pair[1], pair[0].requirement)]
        if fitting:
            chosen.append(_one_of(fitting, turn, several))
            several += len({mutation.at for mutation, _body in fitting}) > 1
    return chosen


def _one_of(pairs: list[tuple[Mutation, Json]], turn: int, several: int) -> tuple[Mutation, Json]:
    """Return a mutation of one place: where there are several items, or keys of a map, each is broken in turn."""
    places = list(dict.fromkeys(mutation.at for mutation, _body in pairs))
    here = [pair for pair in pairs if pair[0].at == places[several % len(places)]]
    # The first scalar of a type is the one that a lenient reader surely takes, the first number that next to the bound; of
    # anything else there is no such one.
    return here[0 if here[0][0].near else turn % len(here)]


def unpromised_nulls(shape: SchemaNode, body: Json) -> list[Json]:
    """Return copies of a body with null where it is not nullable and no requirement says what becomes of it."""
    return [pointers.replace(body, at, None) for at in _unpromised(shape, body, ())]


def _unpromised(shape: SchemaNode, value: Json, at: Pointer) -> Iterator[Pointer]:
    if isinstance(value, dict) and not shape.user_data:
        for key, inner in shape.properties.items():
            if not inner.nullable and inner.null_requirement is None:
                yield (*at, key)
            yield from _unpromised(inner, value.get(key), (*at, key))
    elif isinstance(value, list) and shape.items is not None:
        for index, item in enumerate(value):
            yield (*at, index)
            yield from _unpromised(shape.items, item, (*at, index))


def breaks_only(shape: SchemaNode, body: Json, requirement: str) -> bool:
    """Whether a body breaks this requirement's rule and no other."""
    return {found.requirement for found in rules.broken(shape, body)} == {requirement}


@st.composite
def payloads(draw: Draw, shape: SchemaNode, valid: st.SearchStrategy[Json]) -> tuple[Mutation, Json]:
    """Draw a valid body and break one of its rules; the choice is uniform over kinds first, so that rare rules come up."""
    # First, because Hypothesis makes the ends of its early examples simple.
    choice: bytes = draw(_CHOICE)
    body = draw(valid)
    by_place: dict[tuple[str | int, ...], list[Mutation]] = {}
    for mutation in mutations(shape, body):
        by_place.setdefault(mutation.place(), []).append(mutation)
    places = list(by_place.values())
    # Spread: Hypothesis draws many zeros, and the first place is not worth more than the others.
    spread = zlib.crc32(choice + len(places).to_bytes(2, "big"))
    found = places[spread % len(places)]
    mutation = found[spread // len(places) % len(found)]
    return mutation, mutation.apply(body)


_CHOICE = st.binary(min_size=3, max_size=3)
