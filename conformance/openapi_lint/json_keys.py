"""Where keys stand twice in JSON text: Python's reader notices it in passing, and knows neither the place nor the line."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from conformance.core import json_text
from conformance.core.pointers import Pointer
from conformance.openapi_lint.duplicate_keys import MOST, READ, SHOWN, Repeated, Repeats, Spot, on_one_line

_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],:]', re.DOTALL)
_COLON = re.compile(r"[ \t\r\n]*:[ \t\r\n]*")
_DEPTHS = {"{": 1, "[": 1, "}": -1, "]": -1}


def noticing(notice: Callable[[], None]) -> Callable[[list[tuple[str, Any]]], dict[str, Any]]:
    """Return what makes an object of its members for `json.loads`, and says so whenever a key stands twice."""

    def made(members: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(members)
        if len(found) != len(members):
            notice()
        return found

    return made


@dataclass(slots=True)
class _Stands:
    """Where a key stands: start and end of its first few tokens, and how many there are."""

    at: list[tuple[int, int]] = field(default_factory=list)
    count: int = 0

    def add(self, token: re.Match[str]) -> None:
        """Count one more."""
        self.count += 1
        if self.count <= SHOWN:
            self.at.append(token.span())


@dataclass(slots=True)
class _Open:
    """A list or an object that the scan is inside of: the step to where it is, and where each key stands (None in a list)."""

    step: str | int
    keys: dict[str, _Stands] | None = None
    awaits_key: bool = False

    def go_on(self) -> None:
        """Step over a comma."""
        self.awaits_key = self.keys is not None
        if isinstance(self.step, int):
            self.step += 1

    def note(self, token: re.Match[str]) -> None:
        """Take a text for the key that it is: two spellings of one key are one."""
        key = json_text.loads(token[0]) if "\\" in token[0] else token[0][1:-1]
        self.step, self.awaits_key = key, False
        assert self.keys is not None
        self.keys.setdefault(key, _Stands()).add(token)


def repeats(text: str) -> Repeats:
    """Return the keys that stand twice in a text which is JSON; of inner objects first, if there are more than anybody reads."""
    found = _scanned(text)
    shown = [_repeated(text, place, stands) for place, stands in islice(found, MOST)]
    return Repeats.of(shown, sum(1 for _one in found))


def _scanned(text: str) -> Iterator[tuple[Pointer, _Stands]]:
    inside: list[_Open] = []
    for token in _TOKEN.finditer(text):
        match token[0]:
            case "{":
                inside.append(_Open("", {}, awaits_key=True))
            case "[":
                inside.append(_Open(0))
            case "}" | "]":
                yield from _twice(inside)
                inside.pop()
            case ",":
                inside[-1].go_on()
            case name if name != ":" and inside and inside[-1].awaits_key:
                inside[-1].note(token)


def _twice(inside: list[_Open]) -> Iterator[tuple[Pointer, _Stands]]:
    """Yield the keys of the innermost object that stand there more than once."""
    for key, stands in (inside[-1].keys or {}).items():
        if stands.count > 1:
            yield (*(one.step for one in inside[:-1]), key), stands


def _repeated(text: str, place: Pointer, stands: _Stands) -> Repeated:
    spots = tuple(_spot(text, start) for start, _end in stands.at)
    return Repeated(place, spots, stands.count, _value(text, stands.at[0][1]))


def _spot(text: str, at: int) -> Spot:
    return Spot(text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))


def _value(text: str, after_key: int) -> str:
    """Return the text of the value after a key."""
    colon = _COLON.match(text, after_key)
    start = after_key if colon is None else colon.end()
    return on_one_line(text, start, _end(text, start))


def _end(text: str, start: int) -> int:
    """Return where a value ends, or a place far enough behind its start."""
    depth = 0
    for token in _TOKEN.finditer(text, start):
        depth += _DEPTHS.get(token[0], 0)
        if depth < 0 or (depth == 0 and token[0] == ","):
            return token.start()
        if token.start() > start + READ:
            break
    return start + READ + 1
