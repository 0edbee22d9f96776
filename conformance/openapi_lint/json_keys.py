"""Duplicate keys in JSON text. Python's reader can tell that there are some, but neither their places nor their positions."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from conformance.core import json_text
from conformance.core.pointers import Pointer
from conformance.openapi_lint.duplicate_keys import MOST, READ, SHOWN, DuplicateKey, DuplicateKeys, Position, on_one_line

_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],:]', re.DOTALL)
_COLON = re.compile(r"[ \t\r\n]*:[ \t\r\n]*")
_DEPTHS = {"{": 1, "[": 1, "}": -1, "]": -1}


def object_maker(on_duplicate: Callable[[], None]) -> Callable[[list[tuple[str, Any]]], dict[str, Any]]:
    """Return a hook for `json.loads` that makes objects of their members, and calls `on_duplicate` when a key stands twice in one."""

    def make_object(members: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(members)
        if len(value) != len(members):
            on_duplicate()
        return value

    return make_object


@dataclass(slots=True)
class _Occurrences:
    """How often a key stands in an object, and start and end of the first few times."""

    spans: list[tuple[int, int]] = field(default_factory=list)
    count: int = 0

    def add(self, token: re.Match[str]) -> None:
        """Count one more."""
        self.count += 1
        if self.count <= SHOWN:
            self.spans.append(token.span())


@dataclass(slots=True)
class _Container:
    """A list or an object that the scan is inside of: the step to the current member, and the keys so far (None in a list)."""

    step: str | int
    keys: dict[str, _Occurrences] | None = None
    awaits_key: bool = False

    def next_member(self) -> None:
        """Go on to the next member, after a comma."""
        self.awaits_key = self.keys is not None
        if isinstance(self.step, int):
            self.step += 1

    def add_key(self, token: re.Match[str]) -> None:
        """Note a key; two spellings of one key are the same key."""
        key = json_text.loads(token[0]) if "\\" in token[0] else token[0][1:-1]
        self.step, self.awaits_key = key, False
        assert self.keys is not None
        self.keys.setdefault(key, _Occurrences()).add(token)


def duplicate_keys(text: str) -> DuplicateKeys:
    """Return the duplicate keys of a text in JSON; if there are too many, those of inner objects are shown."""
    scanned = _scanned(text)
    shown = [_duplicate_key(text, place, occurrences) for place, occurrences in islice(scanned, MOST)]
    return DuplicateKeys.of(shown, sum(1 for _more in scanned))


def _scanned(text: str) -> Iterator[tuple[Pointer, _Occurrences]]:
    containers: list[_Container] = []
    for token in _TOKEN.finditer(text):
        match token[0]:
            case "{":
                containers.append(_Container("", {}, awaits_key=True))
            case "[":
                containers.append(_Container(0))
            case "}" | "]":
                yield from _duplicates(containers)
                containers.pop()
            case ",":
                containers[-1].next_member()
            case name if name != ":" and containers and containers[-1].awaits_key:
                containers[-1].add_key(token)


def _duplicates(containers: list[_Container]) -> Iterator[tuple[Pointer, _Occurrences]]:
    """Yield the keys that stand more than once in the innermost container."""
    for key, occurrences in (containers[-1].keys or {}).items():
        if occurrences.count > 1:
            yield (*(container.step for container in containers[:-1]), key), occurrences


def _duplicate_key(text: str, place: Pointer, occurrences: _Occurrences) -> DuplicateKey:
    positions = tuple(_position(text, start) for start, _end in occurrences.spans)
    return DuplicateKey(place, positions, occurrences.count, _value(text, occurrences.spans[0][1]))


def _position(text: str, at: int) -> Position:
    return Position(text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))


def _value(text: str, key_end: int) -> str:
    """Return the text of the value after a key."""
    colon = _COLON.match(text, key_end)
    start = key_end if colon is None else colon.end()
    return on_one_line(text, start, _value_end(text, start))


def _value_end(text: str, start: int) -> int:
    """Return where a value ends, or a position behind all that is shown of it."""
    depth = 0
    for token in _TOKEN.finditer(text, start):
        depth += _DEPTHS.get(token[0], 0)
        if depth < 0 or (depth == 0 and token[0] == ","):
            return token.start()
        if token.start() > start + READ:
            break
    return start + READ + 1
