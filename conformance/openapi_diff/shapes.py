"""What several alternatives say together of the values of one type: their types, the listed values, the bounds, and all other rules."""

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from conformance.core.json_text import dumps
from conformance.core.pointers import Pointer
from conformance.openapi_lint.alternatives import Alternative
from conformance.openapi_lint.keywords import LIST_KEYWORDS, MAP_KEYWORDS, SCHEMA_KEYWORDS, is_number, is_valid_keyword
from conformance.openapi_lint.limits import Limit, limits
from conformance.openapi_lint.type_names import any_of, type_of

# Bounds by type of value, each with whether it is a lower one.
BOUNDS: dict[str, tuple[tuple[str, bool], ...]] = {
    "string": (("minLength", True), ("maxLength", False)),
    "number": (("minimum", True), ("maximum", False)),
    "array": (("minItems", True), ("maxItems", False)),
    "object": (("minProperties", True), ("maxProperties", False)),
}
SCALARS = ("string", "number", "boolean")
KINDS = (*SCALARS, "array", "object")
# Formats that servers hold a text to; all others are read by people.
HELD_FORMATS = frozenset({
    "date-time", "date", "time", "duration", "email", "hostname", "ipv4", "ipv6", "uri", "uri-reference", "iri", "uuid", "regex", "json-pointer",
})  # fmt: skip
_COMPARED = frozenset({"enum", "const", *(key for bounds in BOUNDS.values() for key, _is_lower in bounds)})
_CHOICES = frozenset({"anyOf", "oneOf", "allOf"})  # alternatives have none left
FOR_READERS = frozenset({"title", "description", "example", "examples", "deprecated", "$comment"})


class Bound(NamedTuple):
    """A bound, as it is compared: its value, and 1 if the value itself is beyond it."""

    value: float
    excludes: int = 0

    def text(self, key: str) -> str:
        """Return the bound as a schema states it."""
        value = int(self.value) if self.value == int(self.value) else self.value
        return f"{f'exclusive{key[0].upper()}{key[1:]}' if self.excludes else key} {value}"


class Rule(NamedTuple):
    """A rule whose values cannot be compared: its text, and the place of the schema that states it."""

    text: str
    place: Pointer
    is_held: bool


def may_be(alternative: Alternative, kind: str) -> bool:
    """Whether values of a type are among an alternative's; an integer is a number."""
    return kind in alternative.types or (kind == "number" and "integer" in alternative.types)


def of_kind(alternatives: Collection[Alternative], kind: str) -> list[Alternative]:
    """Return the alternatives for values of a type."""
    return [one for one in alternatives if may_be(one, kind)]


def types(alternatives: Collection[Alternative]) -> frozenset[str]:
    """Return the types of all values; whole numbers that are listed are integers, whatever type is stated."""
    return frozenset(name for one in alternatives for name in one.types if name != "number" or _has_fractions(one))


def type_text(alternatives: Collection[Alternative]) -> str:
    """Return the types of all values as a sentence names them."""
    return "anything" if any(one.is_unknown for one in alternatives) else any_of(types(alternatives))


def is_untyped(alternatives: Collection[Alternative]) -> bool:
    """Whether values of any type may stand there, because none is stated."""
    return any(one.is_untyped for one in alternatives)


def takes_anything(alternatives: Collection[Alternative]) -> bool:
    """Whether one of the alternatives limits nothing, so that the others do not matter."""
    return any(not any(_limits(key, schema[key]) for _place, schema in one.parts for key in schema) for one in alternatives)


def unlisted(alternatives: Collection[Alternative], kind: str) -> list[Alternative]:
    """Return the alternatives that do not list their values of a type; there are two booleans, listed or not."""
    return [one for one in of_kind(alternatives, kind) if one.values is None and kind != "boolean"]


def listed(alternatives: Collection[Alternative], kind: str) -> tuple[Any, ...] | None:
    """Return the only values of a type, or None if they are not listed."""
    return None if unlisted(alternatives, kind) else stated_values(alternatives, kind)


def stated_values(alternatives: Collection[Alternative], kind: str) -> tuple[Any, ...]:
    """Return the values of a type that are listed in some of the alternatives."""
    values: dict[bytes, Any] = {}
    for one in of_kind(alternatives, kind):
        of_type = one.values if one.values is not None else (True, False) if kind == "boolean" else ()
        values |= {dumps(value): value for value in map(_as_whole, of_type) if _kind(value) == kind}
    return tuple(values.values())


def bound(alternatives: Collection[Alternative], key: str, *, is_lower: bool) -> Bound | None:
    """Return the loosest of the alternatives' bounds, or None if one of them has none."""
    kind = next(kind for kind, bounds in BOUNDS.items() if (key, is_lower) in bounds)
    found = [_bound(one, key, is_lower=is_lower) for one in of_kind(alternatives, kind)]
    stated = [one for one in found if one is not None]
    if len(stated) < len(found) or not stated:
        return None
    return min(stated, key=lambda one: _tightness(one, is_lower=is_lower))


def is_tighter(one: Bound | None, other: Bound | None, *, is_lower: bool) -> bool:
    """Whether a bound lets fewer values through than another."""
    if one is None or other is None:
        return one is not None
    return _tightness(one, is_lower=is_lower) > _tightness(other, is_lower=is_lower)


def rules(alternatives: Collection[Alternative], kind: str) -> dict[tuple[str, ...], Rule]:
    """Return the rules that hold in all alternatives for values of a type, by keyword and value."""
    found = [
        {(rule.keywords[0], dumps(_bare(rule.value)).decode()): rule for rule in limits(one, kind)}
        for one in of_kind(alternatives, kind)
    ]
    shared = [key for key in found[0] if all(key in other for other in found[1:])] if found else []
    return {key: _rule(found[0][key]) for key in shared if key[0] not in _COMPARED}


def stating(alternatives: Collection[Alternative], keys: Collection[str], fallback: Pointer) -> Pointer:
    """Return the place of the first schema that states one of these keywords, or else of the innermost one."""
    parts = [part for one in alternatives for part in one.parts]
    stated = next((place for place, schema in parts if any(key in schema for key in keys)), None)
    return stated or (parts[-1][0] if parts else fallback)


def _rule(limit: Limit) -> Rule:
    return Rule(limit.text, limit.place, limit.is_asserted or limit.value in HELD_FORMATS)


def _bare(value: Any) -> Any:
    """Return a schema without what only people read."""
    if isinstance(value, dict):
        return {key: _bare(inside) for key, inside in value.items() if key not in FOR_READERS and not key.startswith("x-")}
    return [_bare(item) for item in value] if isinstance(value, list) else value


def _as_whole(value: Any) -> Any:
    """Return a number without a fraction as an integer: 1.0 is 1 in JSON Schema."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _has_fractions(alternative: Alternative) -> bool:
    """Whether numbers that are not whole are among an alternative's values."""
    return alternative.values is None or any(_kind(value) == "number" and value != int(value) for value in alternative.values)


def _limits(key: str, value: Any) -> bool:
    return is_valid_keyword(key, value) or key in {*SCHEMA_KEYWORDS, *LIST_KEYWORDS, *MAP_KEYWORDS} - _CHOICES


def _kind(value: Any) -> str:
    name = type_of(value)
    return "number" if name == "integer" else name


def _bound(alternative: Alternative, key: str, *, is_lower: bool) -> Bound | None:
    """Return the tightest bound that one alternative states."""
    stated = [
        one for one in _stated(alternative, key, is_lower=is_lower) if one.value or key in {"minimum", "maximum"} or not is_lower
    ]
    return max(stated, key=lambda one: _tightness(one, is_lower=is_lower), default=None)


def _stated(alternative: Alternative, key: str, *, is_lower: bool) -> Iterator[Bound]:
    for _place, schema in alternative.parts:
        value, beyond = schema.get(key), schema.get(f"exclusive{key[0].upper()}{key[1:]}")
        if value is not None and is_valid_keyword(key, value):
            yield _whole(alternative, value, is_lower=is_lower) if beyond is True else Bound(value)
        if beyond is not None and is_number(beyond):
            yield _whole(alternative, beyond, is_lower=is_lower)


def _whole(alternative: Alternative, value: float, *, is_lower: bool) -> Bound:
    """Return a bound that its value is beyond; of integers, the bound with the next value."""
    if "number" in alternative.types or value != int(value):
        return Bound(value, 1)
    return Bound(value + (1 if is_lower else -1))


def _tightness(one: Bound, *, is_lower: bool) -> tuple[float, int]:
    return one.value if is_lower else -one.value, one.excludes
