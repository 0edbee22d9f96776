"""Which promises a request's body leaves the server: what it breaks, and what is beyond what must be accepted."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from conformance.core import equality, json_text, pointers
from conformance.core.json_text import Json
from conformance.core.pointers import Pointer
from conformance.schema.tree import SchemaNode

_NUMERIC = re.compile(r"\s*[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?\s*")
_BOOLEAN_WORDS = frozenset({"true", "false", "1", "0", "yes", "no", "on", "off", "t", "f", "y", "n"})
_UNTEXT = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a request may ask for at most, so that it must still be accepted; beyond it a server may refuse.

    `user_data_deep` counts the containers of the user's own JSON, and `outer` those that stand around it. Objects with any of
    `group_keys` nest up to `groups_deep`, and each adds itself and its list to the depth that is allowed.
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
    """One rule that a body breaks; `requirement` is None where the contract promises nothing about it."""

    requirement: str | None
    at: Pointer


def broken(shape: SchemaNode, value: Json, at: Pointer = ()) -> Iterator[Broken]:
    """Yield every rule of the request's schema, and of the contract's readings of it, that a body breaks."""
    if value is None:
        if not shape.nullable:
            yield Broken(shape.null_requirement, at)
    elif shape.is_union:
        yield from _of_union(shape, value, at)
    elif not shape.types or (shape.user_data and "object" not in shape.types):
        return
    elif not _is_of(shape, value):
        yield Broken(_type_requirement(shape, value), at)
    elif isinstance(value, dict):
        yield from _object(shape, value, at)
    elif isinstance(value, list) and shape.items is not None:
        for index, item in enumerate(value):
            yield from broken(shape.items, item, (*at, index))
    else:
        yield from _scalar(shape, value, at)


def _of_union(shape: SchemaNode, value: Json, at: Pointer) -> Iterator[Broken]:
    if not isinstance(value, dict):
        yield Broken(shape.type_requirement, at)
    elif sum(bool(value.keys() & branch.properties.keys()) for branch in shape.branches) > 1:
        yield Broken(None, at)
    else:
        yield from broken(shape.branch(value), value, at)


def _object(shape: SchemaNode, value: dict[str, Json], at: Pointer) -> Iterator[Broken]:
    for key in shape.required:
        if key not in value:
            yield Broken(shape.properties[key].missing_requirement, (*at, key))
    for key, member in value.items():
        inner = shape.properties.get(key, shape.values)
        if inner is not None:
            yield from broken(inner, member, (*at, key))
    kind = value.get("type")
    if isinstance(kind, str) and kind in shape.needs:
        needed, requirement = shape.needs[kind]
        if value.get(needed) is None:
            yield Broken(requirement, (*at, needed))


def _scalar(shape: SchemaNode, value: Json, at: Pointer) -> Iterator[Broken]:
    if shape.enum and value not in shape.enum:
        yield Broken(shape.enum_requirement, at)
    elif shape.minimum is not None and value < shape.minimum:
        yield Broken(shape.minimum_requirement, at)
    elif shape.is_time and equality.instant(value) is None:
        yield Broken(shape.format_requirement, at)
    elif shape.min_length and len(value) < shape.min_length:
        yield Broken(None, at)


def _is_of(shape: SchemaNode, value: Json) -> bool:
    return bool(shape.types & types_of(value))


def types_of(value: Json) -> frozenset[str]:
    """Return the JSON Schema types that a value has; 1.0 is an integer too."""
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


def _type_requirement(shape: SchemaNode, value: Json) -> str | None:
    if isinstance(value, dict | list):
        return shape.type_requirement
    if shape.enum:
        return shape.enum_requirement
    if "string" in shape.types or _is_coercible(shape, value):
        return shape.scalar_requirement
    return shape.type_requirement


def _is_coercible(shape: SchemaNode, value: Json) -> bool:
    if shape.types & {"integer", "number"}:
        return not isinstance(value, str) or _NUMERIC.fullmatch(value) is not None
    if "boolean" in shape.types:
        return value.lower() in _BOOLEAN_WORDS if isinstance(value, str) else True
    return False


def beyond(body: Json, limits: Limits) -> bool:
    """Whether a body asks more than a server must accept: size, depth, lengths, hostile keys or text, numbers past a double."""
    return _beyond(body, limits, 0, 0) or len(json_text.dumps(body)) > limits.body_bytes


def _beyond(value: Any, limits: Limits, depth: int, groups: int) -> bool:
    if isinstance(value, str):
        return len(value) > limits.string_length or _UNTEXT.search(value) is not None
    if isinstance(value, dict):
        groups += bool(value.keys() & limits.group_keys)
        return (
            len(value) > limits.keys
            or groups > limits.groups_deep
            or _is_too_deep(limits, depth, groups)
            or any(is_hostile_key(key, limits) or _beyond(member, limits, depth + 1, groups) for key, member in value.items())
        )
    if isinstance(value, list):
        is_beyond = len(value) > limits.items or _is_too_deep(limits, depth, groups)
        return is_beyond or any(_beyond(item, limits, depth + 1, groups) for item in value)
    if isinstance(value, Decimal):
        return True
    return isinstance(value, int) and abs(value) >= equality.EXACT


def _is_too_deep(limits: Limits, depth: int, groups: int) -> bool:
    return depth >= limits.user_data_deep + 2 * groups + limits.outer


def is_hostile_key(key: str, limits: Limits) -> bool:
    """Whether a key means something to some runtimes or databases, so that a server may refuse it."""
    is_odd = "." in key or key.startswith("$") or bool(_UNTEXT.search(key))
    return is_odd or key in limits.hostile_keys or len(key) > limits.string_length


def unknown_fields(shape: SchemaNode, value: Json, at: Pointer = ()) -> Iterator[Pointer]:
    """Yield the places of properties that the schema does not name, where the schema leaves none to the user."""
    shape = shape.branch(value)
    if isinstance(value, dict) and not shape.user_data:
        for key, member in value.items():
            inner = shape.properties.get(key, shape.values)
            if inner is not None:
                yield from unknown_fields(inner, member, (*at, key))
            elif shape.properties and not shape.is_open:
                yield (*at, key)
    elif isinstance(value, list) and shape.items is not None:
        for index, item in enumerate(value):
            yield from unknown_fields(shape.items, item, (*at, index))


def references(shape: SchemaNode, value: Json, at: Pointer = ()) -> Iterator[tuple[str, str, Pointer]]:
    """Yield (kind, name, place) for every string of a body that names something outside it."""
    shape = shape.branch(value)
    if isinstance(value, str) and shape.reference is not None:
        yield shape.reference, value, at
    elif isinstance(value, dict) and not shape.user_data:
        if shape.keys_reference is not None:
            yield from ((shape.keys_reference, key, (*at, key)) for key in value)
        for key, member in value.items():
            inner = shape.properties.get(key, shape.values)
            if inner is not None:
                yield from references(inner, member, (*at, key))
    elif isinstance(value, list) and shape.items is not None:
        for index, item in enumerate(value):
            yield from references(shape.items, item, (*at, index))


def nullable_places(shape: SchemaNode, value: Json) -> Collection[Pointer]:
    """Return the places of a body where null stands and the schema reads it as absent."""
    return [at for at, node in pointers.walk(value) if node is None and shape_at(shape, value, at) is not None]


def shape_at(shape: SchemaNode, value: Json, at: Pointer) -> SchemaNode | None:
    """Return the shape of the node at a place, or None within user data or outside the schema."""
    for part in at:
        if shape.user_data:
            return None
        shape = shape.branch(value)
        inner = shape.items if isinstance(part, int) else shape.properties.get(part, shape.values)
        if inner is None:
            return None
        shape, value = inner, value[part]
    return None if shape.user_data and not shape.types else shape
