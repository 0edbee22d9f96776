"""JSON for reading: indented, coloured by what each part is, with the part that matters marked; escaped, whatever a server sent."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from conformance.core import pointers
from conformance.core.display import visible
from conformance.core.pointers import Pointer

# More lines than this are folded, but for those around the marked part.
_MOST_LINES = 60
_AROUND = 8
_LONGEST_TEXT = 4_000
_DEEPEST = 60


@dataclass(frozen=True, slots=True)
class Line:
    """One line on the page: its HTML, and whether it belongs to the part that matters."""

    html: Markup
    is_marked: bool


def lines(value: Any, marked: Pointer | None) -> list[Line]:
    """Return a JSON value as lines. What stands at the pointer `marked` is marked, or what would contain it if it is not there."""
    mark = None if marked is None else _nearest(value, marked)
    return [
        Line(Markup("  ") * depth + html, mark is not None and at[: len(mark)] == mark)
        for depth, at, html in _written(value, (), "")
    ]


def folded(shown: list[Line]) -> list[Line | int]:
    """Return the lines, with a number in the place of so many that are left out: far from what is marked, or beyond what is read."""
    if len(shown) <= _MOST_LINES:
        return list(shown)
    first = next((index for index, line in enumerate(shown) if line.is_marked), 0)
    last = max((index for index, line in enumerate(shown) if line.is_marked), default=0)
    begin, end = max(0, first - _AROUND), max(min(last + _AROUND, first + _MOST_LINES), _AROUND * 2)
    kept: list[Line | int] = [begin] if begin else []
    kept += shown[begin:end]
    return [*kept, len(shown) - end] if end < len(shown) else kept


def _nearest(value: Any, at: Pointer) -> Pointer | None:
    """Return the pointer if it leads somewhere, or the longest part of it that does; None if that is the whole."""
    while at and pointers.get(value, at) is pointers.MISSING:
        at = at[:-1]
    return at or None


def _written(value: Any, at: Pointer, before: str | Markup, after: str = "") -> Iterator[tuple[int, Pointer, Markup]]:
    """Yield (depth, pointer, HTML) for each line of a value; `before` and `after` stand on its first and last line."""
    depth = len(at)
    if isinstance(value, dict | list) and value and depth < _DEEPEST:
        opening, closing = "{}" if isinstance(value, dict) else "[]"
        yield depth, at, Markup("{}{}").format(before, opening)
        members = list(value.items() if isinstance(value, dict) else enumerate(value))
        for index, (key, member) in enumerate(members):
            comma = "," if index < len(members) - 1 else ""
            yield from _written(member, (*at, key), _key(key) if isinstance(value, dict) else "", comma)
        yield depth, at, Markup("{}{}").format(closing, after)
    else:
        yield depth, at, Markup("{}{}{}").format(before, _leaf(value), after)


def _key(key: str) -> Markup:
    return Markup('<span class="k">{}</span>: ').format(_text(key))


def _leaf(value: Any) -> Markup:
    if isinstance(value, str):
        return Markup('<span class="s">{}</span>').format(_text(value))
    kind = "n" if isinstance(value, int | float) and not isinstance(value, bool) else "l"
    text = (
        json.dumps(value)
        if not isinstance(value, dict | list)
        else ("{…}" if isinstance(value, dict) else "[…]")
        if value
        else repr(value)
    )
    return Markup('<span class="{}">{}</span>').format(kind, text)


def _text(text: str) -> Markup:
    cut = text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}… ({len(text):,} characters in all)"
    return escape(visible(json.dumps(cut, ensure_ascii=False)))
