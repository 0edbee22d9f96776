"""Which promises a request's body leaves the server: what it breaks, and what is beyond what must be accepted."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from conformance.core import equality, json_text, pointers
from conformance.core.json_text import Json
from conformance.core.pointers import Pointer
from conformance.schema.tree import CONDITION_KEYS, GROUP_KEYS, Shape

# "What must be accepted goes this far and no further."
GROUPS_DEEP = 5
USER_DATA_DEEP = 16
STRING_LENGTH = 4_096
ITEMS = 100
KEYS = 100
BODY_BYTES = 256 * 1024
HOSTILE_KEYS = frozenset({"__proto__", "constructor", "toString", ""})
# Containers around user data: the body, a list, and its item (parameters); each filter group adds itself and its list.
_OUTER = 3
_NUMERIC = re.compile(r"\s*[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?\s*")
_BOOLEAN_WORDS = frozenset({"true", "false", "1", "0", "yes", "no", "on", "off", "t", "f", "y", "n"})
_UNTEXT = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Broken:
    """One rule that a body breaks; `requirement` is None where the contract promises nothing about it."""

    requirement: str | None
    at: Pointer


def broken(shape: Shape, value: Json, at: Pointer = ()) -> Iterator[Broken]:
    """Yield every rule of the request's schema, and of the contract's readings of it, that a body breaks."""
    if value is None:
        if not shape.nullable:
            yield Broken(shape.null_requirement, at)
    elif shape.is_filter_member:
        yield from _member(shape, value, at)
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


def _member(shape: Shape, value: Json, at: Pointer) -> Iterator[Broken]:
    if not isinstance(value, dict):
        yield Broken(shape.type_requirement, at)
    elif value.keys() & CONDITION_KEYS and value.keys() & GROUP_KEYS:
        yield Broken(None, at)
    else:
        yield from broken(shape.member(value), value, at)


def _object(shape: Shape, value: dict[str, Json], at: Pointer) -> Iterator[Broken]:
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


def _scalar(shape: Shape, value: Json, at: Pointer) -> Iterator[Broken]:
    if shape.enum and value not in shape.enum:
        yield Broken(shape.enum_requirement, at)
    elif shape.minimum is not None and value < shape.minimum:
        yield Broken(shape.minimum_requirement, at)
    elif shape.is_time and equality.instant(value) is None:
        yield Broken(shape.format_requirement, at)
    elif shape.min_length and len(value) < shape.min_length:
        yield Broken(None, at)


def _is_of(shape: Shape, value: Json) -> bool:
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


def _type_requirement(shape: Shape, value: Json) -> str | None:
    if isinstance(value, dict | list):
        return shape.type_requirement
    if shape.enum:
        return shape.enum_requirement
    if "string" in shape.types or _is_coercible(shape, value):
        return shape.scalar_requirement
    return shape.type_requirement


def _is_coercible(shape: Shape, value: Json) -> bool:
    if shape.types & {"integer", "number"}:
        return not isinstance(value, str) or _NUMERIC.fullmatch(value) is not None
    if "boolean" in shape.types:
        return value.lower() in _BOOLEAN_WORDS if isinstance(value, str) else True
    return False


def beyond(body: Json) -> bool:
    """Whether a body asks more than a server must accept: size, depth, lengths, hostile keys or text, numbers past a double."""
    return _beyond(body, 0, 0) or len(json_text.dumps(body)) > BODY_BYTES


def _beyond(value: Any, depth: int, groups: int) -> bool:
    if isinstance(value, str):
        return len(value) > STRING_LENGTH or _UNTEXT.search(value) is not None
    if isinstance(value, dict):
        groups += bool(value.keys() & {"AND", "OR", "NOT"})
        return (
            len(value) > KEYS
            or groups > GROUPS_DEEP
            or depth >= USER_DATA_DEEP + 2 * groups + _OUTER
            or any(is_hostile_key(key) or _beyond(member, depth + 1, groups) for key, member in value.items())
        )
    if isinstance(value, list):
        too_deep = depth >= USER_DATA_DEEP + 2 * groups + _OUTER
        return len(value) > ITEMS or too_deep or any(_beyond(item, depth + 1, groups) for item in value)
    if isinstance(value, Decimal):
        return True
    return isinstance(value, int) and abs(value) >= equality.EXACT


def is_hostile_key(key: str) -> bool:
    """Whether a key means something to some runtimes or databases, so that a server may refuse it."""
    return key in HOSTILE_KEYS or "." in key or key.startswith("$") or len(key) > STRING_LENGTH or bool(_UNTEXT.search(key))


def unknown_fields(shape: Shape, value: Json, at: Pointer = ()) -> Iterator[Pointer]:
    """Yield the places of properties that the schema does not name, where the schema leaves none to the user."""
    if shape.is_filter_member and isinstance(value, dict):
        shape = shape.member(value)
    if isinstance(value, dict) and not shape.user_data:
        for key, member in value.items():
            inner = shape.properties.get(key, shape.values)
            if inner is not None:
                yield from unknown_fields(inner, member, (*at, key))
            elif shape.properties and shape.name != "CreateDocumentRequest":
                yield (*at, key)
    elif isinstance(value, list) and shape.items is not None:
        for index, item in enumerate(value):
            yield from unknown_fields(shape.items, item, (*at, index))


def references(shape: Shape, value: Json, at: Pointer = ()) -> Iterator[tuple[str, str, Pointer]]:
    """Yield (kind, name, place) for every string of a body that names something outside it."""
    if shape.is_filter_member and isinstance(value, dict):
        shape = shape.member(value)
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


def nullable_places(shape: Shape, value: Json) -> Collection[Pointer]:
    """Return the places of a body where null stands and the schema reads it as absent."""
    return [at for at, node in pointers.walk(value) if node is None and shape_at(shape, value, at) is not None]


def shape_at(shape: Shape, value: Json, at: Pointer) -> Shape | None:
    """Return the shape of the node at a place, or None within user data or outside the schema."""
    for part in at:
        if shape.user_data:
            return None
        if shape.is_filter_member and isinstance(value, dict):
            shape = shape.member(value)
        inner = shape.items if isinstance(part, int) else shape.properties.get(part, shape.values)
        if inner is None:
            return None
        shape, value = inner, value[part]
    return None if shape.user_data and not shape.types else shape
