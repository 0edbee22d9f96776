"""Judge a request body: the rules it breaks, and whether it exceeds the limits up to which a server must accept it."""

import math
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from conformance.core import equality, json_text, pointers
from conformance.core.json_text import Json
from conformance.core.pointers import Pointer
from conformance.schema import formats
from conformance.schema.tree import NO_BOUNDS, Bounds, SchemaNode

_NUMERIC = re.compile(r"\s*[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?\s*")
_BOOLEAN_WORDS = frozenset({"true", "false", "1", "0", "yes", "no", "on", "off", "t", "f", "y", "n"})
_HOSTILE_TEXT = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a request: within them a server must accept it, above them it may refuse it.

    `string_length` is in characters, `items` and `keys` count per list and object, and `body_bytes` is the size of the JSON text.
    `user_data_deep` is the number of nested containers in the user's own JSON, and `outer` the number of containers around it.
    Objects with one of `group_keys` nest up to `groups_deep`; each allows two containers more, the object and its list.
    """

    string_length: int
    items: int
    keys: int
    body_bytes: int
    user_data_deep: int
    outer: int
    hostile_keys: frozenset[str] = frozenset()
    group_keys: frozenset[str] = frozenset()
    groups_deep: int = 0


@dataclass(frozen=True, slots=True)
class Broken:
    """One rule that a body breaks, and where; `requirement` is None if no requirement is about it."""

    requirement: str | None
    at: Pointer


def broken(schema: SchemaNode, value: Json, at: Pointer = ()) -> Iterator[Broken]:
    """Yield every rule of the request's annotated schema that a body breaks."""
    if value is None:
        if not schema.nullable:
            yield Broken(schema.null_requirement, at)
    elif schema.is_union:
        yield from _of_union(schema, value, at)
    elif not schema.types or (schema.user_data and "object" not in schema.types):
        return
    elif not _has_type(schema, value):
        yield Broken(_type_requirement(schema, value), at)
    elif isinstance(value, dict):
        yield from _object(schema, value, at)
    elif isinstance(value, list):
        yield from _list(schema, value, at)
    else:
        yield from _scalar(schema, value, at)


def _of_union(schema: SchemaNode, value: Json, at: Pointer) -> Iterator[Broken]:
    if schema.are_branches_apart:
        if not isinstance(value, dict):
            yield Broken(schema.type_requirement, at)
        elif sum(bool(value.keys() & branch.properties.keys()) for branch in schema.branches) > 1:
            yield Broken(None, at)
        else:
            yield from broken(schema.branch(value), value, at)
        return
    candidates = [branch for branch in schema.branches if branch.may_be(value)]
    if not candidates:
        yield Broken(schema.type_requirement, at)
    else:
        # The alternative that the value breaks least; none is broken if it fits one of them.
        yield from min((list(broken(branch, value, at)) for branch in candidates), key=len)


def _object(schema: SchemaNode, value: dict[str, Json], at: Pointer) -> Iterator[Broken]:
    for key in schema.required:
        if key not in value:
            yield Broken(schema.properties[key].missing_requirement, (*at, key))
    for key, member in value.items():
        inner = schema.properties.get(key, schema.values)
        if inner is not None:
            yield from broken(inner, member, (*at, key))
        elif schema.is_closed:
            yield Broken(schema.unknown_requirement, (*at, key))
        if schema.keys is not None and key not in schema.properties and breaks_bounds(schema.keys, key):
            yield Broken(schema.keys.bound_requirement, (*at, key))
    kind = value.get("type")
    if isinstance(kind, str) and kind in schema.needs:
        needed, requirement = schema.needs[kind]
        if value.get(needed) is None:
            yield Broken(requirement, (*at, needed))


def _list(schema: SchemaNode, value: list[Json], at: Pointer) -> Iterator[Broken]:
    if breaks_bounds(schema, value):
        yield Broken(schema.bound_requirement, at)
    for index, item in enumerate(value):
        inner = schema.item(index)
        if inner is not None:
            yield from broken(inner, item, (*at, index))


def _scalar(schema: SchemaNode, value: Json, at: Pointer) -> Iterator[Broken]:
    if schema.enum and value not in schema.enum:
        yield Broken(schema.enum_requirement, at)
    elif schema.bounds.minimum is not None and value < schema.bounds.minimum:
        yield Broken(schema.minimum_requirement, at)
    elif schema.format and not formats.fits(schema.format, value):
        yield Broken(schema.format_requirement, at)
    elif schema.bounds is not NO_BOUNDS and breaks_bounds(schema, value):
        yield Broken(schema.bound_requirement, at)


def breaks_bounds(schema: SchemaNode, value: Json) -> bool:
    """Whether a number, a text or a list is outside its bounds; a minimum is a rule of its own."""
    bounds = schema.bounds
    if bounds is NO_BOUNDS or isinstance(value, bool):
        return False
    if isinstance(value, str):
        return not bounds.min_length <= len(value) <= _or_infinite(bounds.max_length) or (
            bounds.pattern is not None and not _matches(bounds.pattern, value)
        )
    if isinstance(value, list):
        return not bounds.min_items <= len(value) <= _or_infinite(bounds.max_items) or (
            bounds.unique_items and len({json_text.dumps(item) for item in value}) < len(value)
        )
    return _breaks_number_bounds(bounds, value) if isinstance(value, int | float) else False


def _matches(pattern: str, text: str) -> bool:
    """Whether a text matches a pattern whose `$` means the very end (ECMA-262), and not, as in Python, also a line break before it."""
    return re.search(pattern, text) is not None and (not text.endswith("\n") or re.search(pattern, f"{text}\n") is not None)


def _breaks_number_bounds(bounds: Bounds, value: float) -> bool:
    if bounds.exclusive_minimum is not None and value <= bounds.exclusive_minimum:
        return True
    if value > _or_infinite(bounds.maximum) or (bounds.exclusive_maximum is not None and value >= bounds.exclusive_maximum):
        return True
    return bounds.multiple_of is not None and value % bounds.multiple_of != 0


def _or_infinite(bound: float | None) -> float:
    return math.inf if bound is None else bound


def _has_type(schema: SchemaNode, value: Json) -> bool:
    return bool(schema.types & types_of(value))


def types_of(value: Json) -> frozenset[str]:
    """Return the JSON Schema types of a value; 1.0 is an integer too (JSON Schema 2020-12 Validation, 6.1.1)."""
    match value:
        case None:
            return frozenset({"null"})
        case bool():
            return frozenset({"boolean"})
        case str():
            return frozenset({"string"})
        case dict():
            return frozenset({"object"})
        case list():
            return frozenset({"array"})
        case int():
            return frozenset({"integer", "number"})
        case _:
            return frozenset({"integer", "number"}) if value == value // 1 else frozenset({"number"})


def _type_requirement(schema: SchemaNode, value: Json) -> str | None:
    if isinstance(value, dict | list):
        return schema.type_requirement
    if schema.enum:
        return schema.enum_requirement
    if "string" in schema.types or _is_coercible(schema, value):
        return schema.scalar_requirement
    return schema.type_requirement


def _is_coercible(schema: SchemaNode, value: Json) -> bool:
    if schema.types & {"integer", "number"}:
        return not isinstance(value, str) or _NUMERIC.fullmatch(value) is not None
    if "boolean" in schema.types:
        return value.lower() in _BOOLEAN_WORDS if isinstance(value, str) else True
    return False


def exceeds_limits(body: Json, limits: Limits) -> bool:
    """Whether a server may refuse a body for its size, depth, lengths, hostile keys or text, or numbers that a double cannot hold."""
    return _exceeds(body, limits, 0, 0) or len(json_text.dumps(body)) > limits.body_bytes


def _exceeds(value: Any, limits: Limits, depth: int, groups: int) -> bool:
    if isinstance(value, str):
        return len(value) > limits.string_length or _HOSTILE_TEXT.search(value) is not None
    if isinstance(value, dict):
        groups += bool(value.keys() & limits.group_keys)
        return (
            is_too_wide(value, limits)
            or groups > limits.groups_deep
            or _is_too_deep(limits, depth, groups)
            or any(is_hostile_key(key, limits) or _exceeds(member, limits, depth + 1, groups) for key, member in value.items())
        )
    if isinstance(value, list):
        is_too_large = is_too_wide(value, limits) or _is_too_deep(limits, depth, groups)
        return is_too_large or any(_exceeds(item, limits, depth + 1, groups) for item in value)
    if isinstance(value, Decimal):
        return True
    return isinstance(value, int) and abs(value) >= equality.EXACT


def is_too_wide(value: Json, limits: Limits) -> bool:
    """Whether a list or an object has more items or keys than a server must accept."""
    return (isinstance(value, list) and len(value) > limits.items) or (isinstance(value, dict) and len(value) > limits.keys)


def _is_too_deep(limits: Limits, depth: int, groups: int) -> bool:
    return depth >= limits.user_data_deep + 2 * groups + limits.outer


def is_hostile_key(key: str, limits: Limits) -> bool:
    """Whether a key has a special meaning in some runtimes or databases, so that a server may refuse it."""
    is_odd = "." in key or key.startswith("$") or bool(_HOSTILE_TEXT.search(key))
    return is_odd or key in limits.hostile_keys or len(key) > limits.string_length


def unknown_fields(schema: SchemaNode, value: Json, at: Pointer = ()) -> Iterator[Pointer]:
    """Yield the places of properties that the schema does not name, in objects to which users may not add properties."""
    schema = schema.branch(value)
    if isinstance(value, dict) and not schema.user_data:
        for key, member in value.items():
            inner = schema.properties.get(key, schema.values)
            if inner is not None:
                yield from unknown_fields(inner, member, (*at, key))
            elif schema.properties and not schema.is_open:
                yield (*at, key)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            if (inner := schema.item(index)) is not None:
                yield from unknown_fields(inner, item, (*at, index))


def references(schema: SchemaNode, value: Json, at: Pointer = ()) -> Iterator[tuple[str, str, Pointer]]:
    """Yield (kind, name, place) for every string in a body that refers to something outside the body."""
    schema = schema.branch(value)
    if isinstance(value, str) and schema.reference is not None:
        yield schema.reference, value, at
    elif isinstance(value, dict):
        if schema.keys_reference is not None:
            yield from ((schema.keys_reference, key, (*at, key)) for key in value)
        for key, member in value.items() if not schema.user_data else ():
            inner = schema.properties.get(key, schema.values)
            if inner is not None:
                yield from references(inner, member, (*at, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            if (inner := schema.item(index)) is not None:
                yield from references(inner, item, (*at, index))


def nullable_places(schema: SchemaNode, value: Json) -> Collection[Pointer]:
    """Return the places of a body that hold null and are described by the schema, outside user data."""
    return [at for at, node in pointers.walk(value) if node is None and node_at(schema, value, at) is not None]


def node_at(schema: SchemaNode, value: Json, at: Pointer) -> SchemaNode | None:
    """Return the schema node at a place of a value, or None inside user data or outside the schema."""
    for part in at:
        if schema.user_data:
            return None
        schema = schema.branch(value)
        inner = schema.item(part) if isinstance(part, int) else schema.properties.get(part, schema.values)
        if inner is None:
            return None
        schema, value = inner, value[part]
    return None if schema.user_data and not schema.types else schema
