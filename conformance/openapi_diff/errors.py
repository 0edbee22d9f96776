"""What errors hold, compared: one row for each body, because all operations share it and people read it more than clients do."""

from collections.abc import Iterable, Iterator
from typing import Any

from conformance.core import pointers
from conformance.core.pointers import Pointer
from conformance.openapi_diff.change import Kind
from conformance.openapi_diff.described import ERRORS, Start
from conformance.openapi_diff.node import first_place
from conformance.openapi_diff.row import Causes, OperationName, Row, Seen, operations_of, together, whom
from conformance.openapi_diff.sentences import sentence
from conformance.openapi_lint.finding import plain_name

_MOST_NAMED = 3


def by_body(starts: Iterable[tuple[int, Start]], causes: Causes) -> Iterator[list[tuple[int, Start]]]:
    """Yield the starts that are one body, repeated in operations and statuses."""
    groups: dict[tuple[Pointer, Pointer], list[tuple[int, Start]]] = {}
    for number, start in starts:
        key = causes.place(0, first_place(start.node.old)), causes.place(1, first_place(start.node.new))
        groups.setdefault(key, []).append((number, start))
    yield from groups.values()


def error_row(start: Start, seen: list[Seen], names: list[OperationName]) -> Row:
    """Return one row of all that changed in the body that a start leads to."""
    client, server = whom(seen)
    places = dict.fromkeys(place for one in sorted(seen, key=lambda one: len(one.paths[0])) for place in one.places)
    ends = first_place(start.node.old), first_place(start.node.new)
    old, new = (_name(end) for end in ends)
    return Row(client, server, Kind.ERROR_BODY_CHANGED, operations_of(together(seen), names), ERRORS, tuple(places), old, new, _sentence(seen),
               *map(pointers.text, ends))  # fmt: skip


def _name(place: Pointer) -> Any:
    return plain_name(str(place[-1])) if place[:2] == ("components", "schemas") else None


def _sentence(seen: list[Seen]) -> str:
    said = dict.fromkeys(sentence(one.change, one.sentence_path, {one.side}) for one in seen)
    more = f" (and {len(said) - _MOST_NAMED} more)" if len(said) > _MOST_NAMED else ""
    return f"the body of an error is different: {'; '.join(list(said)[:_MOST_NAMED])}{more}"
