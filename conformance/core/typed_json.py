"""Convert frozen dataclasses to JSON values and back, by their type annotations."""

import types
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")
# Metadata of a dataclass field whose key is left out of the JSON object while the field is None.
LEFT_OUT = {"left_out": True}


def is_left_out(member: Field[Any]) -> bool:
    """Whether the key of the field is left out of the JSON object while the field is None."""
    return bool(member.metadata.get("left_out"))


def to_json(value: Any) -> Any:
    """Return a dataclass, or a container of dataclasses, as a JSON value."""
    kind: Any = type(value)
    if kind in _PLAIN:
        return value
    if (members := _members(kind)) is not None:
        return _object(value, members)
    if isinstance(value, dict):
        return {key: held if type(held) in _PLAIN else to_json(held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [item if type(item) in _PLAIN else to_json(item) for item in value]
    return value.value if isinstance(value, Enum) else value


# Most values are of these types. They are told apart before another call is made: each exchange of a run passes here.
_PLAIN = frozenset({str, int, float, bool, type(None)})


def _object(value: Any, members: tuple[tuple[str, bool], ...]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, left_out in members:
        held = getattr(value, name)
        if held is not None or not left_out:
            made[name] = held if type(held) in _PLAIN else to_json(held)
    return made


@cache
def _members(kind: Any) -> tuple[tuple[str, bool], ...] | None:
    """Return the fields of a dataclass, and whether each is left out while it is None; None for another type."""
    return tuple((member.name, is_left_out(member)) for member in fields(kind)) if is_dataclass(kind) else None


def from_json(kind: type[T], value: Any, place: str = "") -> T:
    """Return the JSON value as an instance of the type `kind`.

    Raises:
        ValueError: the JSON value does not fit the type; the message begins with `place` and a pointer.

    """
    return cast("T", _read(kind, value, place))


def _read(kind: Any, value: Any, place: str) -> Any:
    origin = get_origin(kind)
    if kind is Any:
        return value
    if origin in (Union, types.UnionType):
        return _read_union(get_args(kind), value, place)
    if is_dataclass(kind):
        return _read_object(kind, _checked(dict, value, place), place)
    if origin is tuple:
        return _read_array(get_args(kind), _checked(list, value, place), place)
    if origin is dict:
        value_type = get_args(kind)[1]
        return {key: _read(value_type, member, f"{place}/{key}") for key, member in _checked(dict, value, place).items()}
    return _read_scalar(kind, value, place)


def _read_union(kinds: tuple[Any, ...], value: Any, place: str) -> Any:
    if value is None and types.NoneType in kinds:
        return None
    (kind,) = (alternative for alternative in kinds if alternative is not types.NoneType)
    return _read(kind, value, place)


def _read_object(kind: Any, value: dict[str, Any], place: str) -> Any:
    members = {member.name: member for member in fields(kind)}
    if unknown := value.keys() - members.keys():
        raise ValueError(f"{place}: {min(unknown)!r} is not known there")
    missing = [name for name, member in members.items() if name not in value and _is_required(member)]
    if missing:
        raise ValueError(f"{place}: {missing[0]!r} is missing")
    hints = _hints(kind)
    return kind(**{name: _read(hints[name], held, f"{place}/{name}") for name, held in value.items()})


def _is_required(member: Field[Any]) -> bool:
    return member.default is MISSING and member.default_factory is MISSING


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _read_array(kinds: tuple[Any, ...], value: list[Any], place: str) -> tuple[Any, ...]:
    if kinds[-1] is ...:
        kinds = kinds[:1] * len(value)
    if len(kinds) != len(value):
        raise ValueError(f"{place}: {len(value)} items in place of {len(kinds)}")
    return tuple(_read(kind, item, f"{place}/{index}") for index, (kind, item) in enumerate(zip(kinds, value, strict=True)))


def _read_scalar(kind: Any, value: Any, place: str) -> Any:
    if issubclass(kind, Enum):
        try:
            return kind(value)
        except ValueError:
            raise ValueError(f"{place}: {value!r} is none of {', '.join(member.value for member in kind)}") from None
    if kind is float and type(value) is int:
        return value  # a whole number of seconds is one too
    return _checked(kind, value, place)


def _checked(kind: type[T], value: Any, place: str) -> T:
    is_unwanted_boolean = isinstance(value, bool) and kind is not bool  # a bool is an int in Python
    if is_unwanted_boolean or not isinstance(value, kind):
        raise ValueError(f"{place}: {type(value).__name__} in place of {kind.__name__}")
    return value
