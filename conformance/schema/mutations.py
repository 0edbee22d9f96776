"""Bodies that break exactly one rule, at any depth, each with the requirement by which a server must refuse it."""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import reject
from hypothesis import strategies as st

from conformance.core import pointers
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING, Pointer
from conformance.schema import formats, rules
from conformance.schema.tree import NO_BOUNDS, SchemaNode

# Draws a value from a Hypothesis strategy.
Draw = Callable[[st.SearchStrategy[Any]], Any]

# The keywords of bounds, each of which is broken in a way of its own.
_BOUNDS = frozenset(
    {
        "maximum",
        "exclusiveMaximum",
        "exclusiveMinimum",
        "multipleOf",
        "minLength",
        "maxLength",
        "pattern",
        "minItems",
        "maxItems",
        "uniqueItems",
    }
)
# By JSON Schema type: values that no reader takes for the type, and values that a lenient reader converts to it.
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
# One value of each JSON type: of these, a union takes some.
_EACH_TYPE: tuple[Json, ...] = ("abc", 5, [], True, {})
_NO_TIMES = ("yesterday", "", "2023-13-01T00:00:00Z", "2023-11-07", "05:31:56Z", "2023-02-30T00:00:00Z", "1699335116",
             "2023-11-07T25:00:00Z")  # fmt: skip
# No date, address or number is written like one of these.
_NO_FORMAT = ("no such thing", "", "2023-13-01", "256.0.0.1", "@")
_NO_MATCH = ("", " ", "a", "A", "0", "no match!", "é")


@dataclass(frozen=True, slots=True)
class Mutation:
    """One way to break a body: put `value` at the pointer `at`, or remove what is there if the value is `MISSING`.

    `near` says how the value comes close to a valid one: the field's type if a lenient reader converts it to that type, `bound` if
    it is below the field's minimum, `time` if it looks like a time, the keyword of any other bound that it goes beyond, and an empty
    string otherwise.
    `key` is the index in `at` of a key that the user chose, or None if there is no such key.
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
        """Return a key for what is broken and where; mutations with equal keys count as the same kind.

        The first item of a list is one place, and all later items are another. Each string outside an enum is a kind of its own.

        Without `exhaustive` more mutations count as the same: all items of a list (unless something is missing), all values of a
        map, all groups of filters at any depth, and all values of types that a server cannot convert to the field's type. Null stays
        a kind of its own, because servers may take it for absent. So do each invalid time, and 0 beside negative numbers.
        """
        if exhaustive:
            where = ("n" if isinstance(part, int) and part else part for part in self.at)
            return (*where, self._kind(type(self.value).__name__), self.requirement)
        # Servers differ in which scalars they convert to a number or a boolean; to a string they convert all or none.
        is_near = self.requirement.endswith("-scalars") and self.near != "string"
        at = self.at if self.key is None else (*self.at[: self.key], 0, *self.at[self.key + 1 :])
        coarse = _coarse_path(at, is_missing=self.value is MISSING)
        return (*coarse, self._coarse_kind(is_near=is_near), self.requirement)

    def _coarse_kind(self, *, is_near: bool) -> str:
        if self.near == "time":
            return repr(self.value)
        if self.near == "bound":
            return "zero" if self.value == 0 else "negative"
        if self.near in _BOUNDS:
            return self.near
        is_kind_by_type = is_near or self.value is None or self.requirement.endswith("-format")
        return self._kind(type(self.value).__name__ if is_kind_by_type else "any")

    def _kind(self, kind: str) -> str:
        if self.value is MISSING:
            return "missing"
        return repr(self.value)[: 3 if kind == "any" else None] if self.requirement.endswith("-enum") else kind


def _coarse_path(at: Pointer, *, is_missing: bool) -> Iterator[str]:
    is_in_group = False
    for part in at:
        if part in GROUP_LISTS:
            is_in_group = True
        elif not isinstance(part, int):
            if is_in_group:
                yield "group"
            is_in_group = False
            yield str(part)
        elif not is_in_group:
            yield "n" if is_missing and part else "*"
    if is_in_group:
        yield "group" if isinstance(at[-1], str) else "member"


def mutations(schema: SchemaNode, value: Json, at: Pointer = ()) -> Iterator[Mutation]:
    """Yield every mutation that breaks one rule of a valid body, at every depth; absent fields are added with wrong values."""
    if not at and not isinstance(value, dict):
        yield from _of_field(schema, at)  # a root of another kind can be of the wrong type, or out of its bounds, too
    union, schema = schema, schema.branch(value)
    if isinstance(value, dict) and not schema.user_data:
        of_object = _of_object(schema, value, at)
        yield from of_object if union is schema else _with_tags_of(union, schema, at, of_object)
    elif isinstance(value, list):
        yield from _of_list(schema, value, at)


def _with_tags_of(union: SchemaNode, branch: SchemaNode, at: Pointer, of_branch: Iterator[Mutation]) -> Iterator[Mutation]:
    """Yield the mutations of a union's alternative: with a wrong tag, the value is none of the alternatives."""
    tags = {(*at, name) for name in branch.tags}
    yield from (mutation for mutation in of_branch if mutation.at not in tags or mutation.value is MISSING)
    if union.type_requirement:
        yield from (Mutation(union.type_requirement, tag, wrong) for tag in sorted(tags) for wrong in ("no-such-value", None, 5))


def _of_list(schema: SchemaNode, value: list[Json], at: Pointer) -> Iterator[Mutation]:
    for index, item in enumerate(value):
        inner = schema.item(index)
        if inner is not None:
            yield from _of_field(inner, (*at, index))
            yield from mutations(inner, item, (*at, index))
    bounds, requirement = schema.bounds, schema.bound_requirement
    if bounds is NO_BOUNDS or not requirement:
        return
    if bounds.min_items:
        yield Mutation(requirement, at, value[: bounds.min_items - 1], "minItems")
    if bounds.max_items is not None and value and not bounds.unique_items:
        yield Mutation(requirement, at, (value * (bounds.max_items + 1))[: bounds.max_items + 1], "maxItems")
    if bounds.unique_items and value and bounds.max_items != 1:
        yield Mutation(requirement, at, [value[0], *value[: (bounds.max_items or len(value) + 1) - 1]], "uniqueItems")


def _of_object(schema: SchemaNode, value: dict[str, Json], at: Pointer) -> Iterator[Mutation]:
    for key, inner in schema.properties.items():
        here = (*at, key)
        if key in schema.required and key in value and inner.missing_requirement:
            yield Mutation(inner.missing_requirement, here, MISSING)
        # Also for absent fields: they are added with a wrong value.
        yield from _of_field(inner, here)
        if value.get(key) is not None:
            yield from mutations(inner, value[key], here)
    if schema.values is not None:
        for key in value:
            of_value = (*_of_field(schema.values, (*at, key)), *mutations(schema.values, value[key], (*at, key)))
            yield from (replace(mutation, key=len(at)) for mutation in of_value)
    yield from _of_keys(schema, value, at)
    kind = value.get("type")
    if isinstance(kind, str) and kind in schema.needs:
        needed, requirement = schema.needs[kind]
        yield from (Mutation(requirement, (*at, needed), absent) for absent in (MISSING, None))


def _of_keys(schema: SchemaNode, value: dict[str, Json], at: Pointer) -> Iterator[Mutation]:
    """Yield mutations that add a key that may not be there."""
    if schema.is_closed and schema.unknown_requirement:
        yield Mutation(schema.unknown_requirement, (*at, "no_such_field"), 1)
    if schema.keys is not None and value:
        member = next(iter(value.values()))
        for mutation in _of_text_bounds(schema.keys, ()):
            yield Mutation(mutation.requirement, (*at, str(mutation.value)), member, mutation.near)


def _of_field(schema: SchemaNode, at: Pointer) -> Iterator[Mutation]:
    if not schema.nullable and schema.null_requirement:
        yield Mutation(schema.null_requirement, at, None)
    for name in sorted(schema.types):
        yield from _of_type(schema, name, at)
    if schema.enum and schema.enum_requirement:
        first = str(schema.enum[0])
        candidates = ("no-such-value", first.upper(), f"{first} ", "", first[:-1])
        yield from (Mutation(schema.enum_requirement, at, text) for text in candidates if text not in schema.enum)
    if schema.bounds.minimum is not None and schema.minimum_requirement:
        least = int(schema.bounds.minimum)
        # First the value next to the bound, which finds most faults.
        yield from (Mutation(schema.minimum_requirement, at, low, "bound") for low in (least - 1, -604_800, -(2**31)))
    if schema.is_time and schema.format_requirement:
        yield from (Mutation(schema.format_requirement, at, text, "time") for text in _NO_TIMES)
    elif schema.format and schema.format_requirement:
        yield from (Mutation(schema.format_requirement, at, text) for text in _NO_FORMAT if not formats.fits(schema.format, text))
    if schema.is_union and schema.type_requirement:
        wrong_types = (value for value in _EACH_TYPE if not any(branch.may_be(value) for branch in schema.branches))
        yield from (Mutation(schema.type_requirement, at, wrong) for wrong in wrong_types)
    if schema.bounds is not NO_BOUNDS and not schema.enum:
        yield from _of_number_bounds(schema, at)
        yield from _of_text_bounds(schema, at)


def _of_number_bounds(schema: SchemaNode, at: Pointer) -> Iterator[Mutation]:
    bounds, requirement = schema.bounds, schema.bound_requirement
    if not requirement or not schema.types & {"integer", "number"}:
        return
    step = bounds.multiple_of or 1
    beyond: dict[str, tuple[float | None, ...]] = {
        "maximum": () if bounds.maximum is None else (bounds.maximum + step, bounds.maximum + 1000 * step),
        "exclusiveMaximum": () if bounds.exclusive_maximum is None else (bounds.exclusive_maximum, bounds.exclusive_maximum + step),
        "exclusiveMinimum": () if bounds.exclusive_minimum is None else (bounds.exclusive_minimum, bounds.exclusive_minimum - step),
        "multipleOf": () if bounds.multiple_of is None else (bounds.multiple_of + 1, bounds.multiple_of / 2),
    }
    is_whole = "number" not in schema.types
    for keyword, values in beyond.items():
        for number in values:
            value = int(number) if is_whole and number is not None and number == number // 1 else number
            if _is_out_of_bounds(schema, value):
                yield Mutation(requirement, at, value, keyword)


def _of_text_bounds(schema: SchemaNode, at: Pointer) -> Iterator[Mutation]:
    bounds, requirement = schema.bounds, schema.bound_requirement
    if not requirement or "string" not in schema.types:
        return
    most = bounds.max_length
    beyond = {
        "minLength": ("x" * (bounds.min_length - 1), "") if bounds.min_length else (),
        "maxLength": () if most is None else ("x" * (most + 1), "é" * (most + 1)),
        "pattern": _NO_MATCH if bounds.pattern is not None else (),
    }
    for keyword, texts in beyond.items():
        yield from (Mutation(requirement, at, text, keyword) for text in texts if _is_out_of_bounds(schema, text))


def _is_out_of_bounds(schema: SchemaNode, value: Json) -> bool:
    """Whether a value breaks the bounds of a schema and nothing else."""
    return {rule.requirement for rule in rules.broken(schema, value)} == {schema.bound_requirement}


def _of_type(schema: SchemaNode, name: str, at: Pointer) -> Iterator[Mutation]:
    if schema.type_requirement:
        yield from (Mutation(schema.type_requirement, at, wrong) for wrong in _UNREADABLE[name])
    if schema.scalar_requirement and not schema.enum:
        yield from (Mutation(schema.scalar_requirement, at, near, name) for near in _COERCIBLE.get(name, ()))


def catalogue(schema: SchemaNode, bodies: list[Json], *, exhaustive: bool = True) -> list[tuple[Mutation, Json]]:
    """Return one mutation for each `Mutation.place` of the bodies, with the broken body, in a fixed order.

    Without `exhaustive` the places are coarse, and several mutations share one: which of them is returned changes from place to place.
    """
    by_place: dict[tuple[str | int, ...], list[tuple[Mutation, Json]]] = {}
    for body in bodies:
        new: dict[tuple[str | int, ...], list[tuple[Mutation, Json]]] = {}
        for mutation in mutations(schema, body):
            if (place := mutation.place(exhaustive=exhaustive)) not in by_place:
                new.setdefault(place, []).append((mutation, mutation.apply(body)))
        by_place |= new
    chosen: list[tuple[Mutation, Json]] = []
    # How many places so far had several pointers to choose from.
    several = 0
    for turn, pairs in enumerate(by_place.values()):
        candidates = [pair for pair in pairs if breaks_only(schema, pair[1], pair[0].requirement)]
        if candidates:
            chosen.append(_choose(candidates, turn, several))
            several += len({mutation.at for mutation, _body in candidates}) > 1
    return chosen


def _choose(pairs: list[tuple[Mutation, Json]], turn: int, several: int) -> tuple[Mutation, Json]:
    """Return one of the mutations of a place: if it has several list items or map keys, take them in turn."""
    places = list(dict.fromkeys(mutation.at for mutation, _body in pairs))
    here = [pair for pair in pairs if pair[0].at == places[several % len(places)]]
    # The first near value is the best: the scalar that lenient readers most likely convert, or the number next to the bound.
    return here[0 if here[0][0].near else turn % len(here)]


def unpromised_nulls(schema: SchemaNode, body: Json) -> list[Json]:
    """Return copies of a body, each with one null that is not allowed and about which no requirement says anything."""
    return [pointers.replace(body, at, None) for at in _unpromised(schema, body, ())]


def _unpromised(schema: SchemaNode, value: Json, at: Pointer) -> Iterator[Pointer]:
    if isinstance(value, dict) and not schema.user_data:
        for key, inner in schema.properties.items():
            if not inner.nullable and inner.null_requirement is None:
                yield (*at, key)
            yield from _unpromised(inner, value.get(key), (*at, key))
    elif isinstance(value, list) and schema.items is not None:
        for index, item in enumerate(value):
            yield (*at, index)
            yield from _unpromised(schema.items, item, (*at, index))


def breaks_only(schema: SchemaNode, body: Json, requirement: str) -> bool:
    """Whether a body breaks this requirement's rule and no other."""
    return {rule.requirement for rule in rules.broken(schema, body)} == {requirement}


@st.composite
def payloads(draw: Draw, schema: SchemaNode, valid: st.SearchStrategy[Json]) -> tuple[Mutation, Json]:
    """Draw a valid body and break one of its rules. The place is chosen first, so that rarely used rules are broken too."""
    # Drawn first, because Hypothesis fills the ends of its early examples with the simplest values.
    choice: bytes = draw(_CHOICE)
    body = draw(valid)
    by_place: dict[tuple[str | int, ...], list[Mutation]] = {}
    for mutation in mutations(schema, body):
        by_place.setdefault(mutation.place(), []).append(mutation)
    places = list(by_place.values())
    # Hashed: Hypothesis draws many zeros, which would choose the first place too often.
    index = zlib.crc32(choice + len(places).to_bytes(2, "big"))
    for turn in range(len(places)):
        candidates = places[(index + turn) % len(places)]
        mutation = candidates[index // len(places) % len(candidates)]
        broken = mutation.apply(body)
        # What breaks one alternative of a union may fit another.
        if breaks_only(schema, broken, mutation.requirement):
            return mutation, broken
    return reject()


_CHOICE = st.binary(min_size=3, max_size=3)
