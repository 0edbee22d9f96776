"""The rows of a difference: each the change of one cause, with all operations that it touches."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from conformance.core import pointers
from conformance.core.json_text import dumps
from conformance.core.pointers import Pointer
from conformance.openapi_diff.change import Change, Client, Kind, Server, Side, client_of, server_of
from conformance.openapi_diff.sentences import sentence
from conformance.openapi_lint.document import Document
from conformance.openapi_lint.finding import plain_name


class OperationName(NamedTuple):
    """Method and path of an operation in the old document and in the new one; None where it is not there."""

    old: str | None
    new: str | None

    def __str__(self) -> str:
        if self.old is None or self.new is None or self.old == self.new:
            return self.new or self.old or ""
        return f"{self.new} (was {self.old})"


class Section(StrEnum):
    """Whom a change concerns, in the order in which it is told."""

    CLIENT_AND_SERVER = "breaks a client, and a server has to change"
    CLIENT = "breaks a client; a server may drop what it did"
    SERVER = "a server has to add or change it; no client breaks"
    NOBODY = "merely different"

    @classmethod
    def of(cls, client: Client, server: Server) -> "Section":
        """Return the section of a change by what it means for each."""
        if client is Client.BREAKS:
            return cls.CLIENT_AND_SERVER if server is Server.MUST else cls.CLIENT
        return cls.SERVER if server is Server.MUST else cls.NOBODY


@dataclass(frozen=True, slots=True)
class Row:
    """One change: whom it concerns, in which operations, where in them, and what it is.

    `place` is the shortest path to it, `also` are the others; `old_place` and `new_place` are where its cause stands in the documents.
    """

    client: Client
    server: Server
    kind: Kind
    operations: tuple[OperationName, ...]
    place: str
    also: tuple[str, ...]
    old: Any
    new: Any
    sentence: str
    old_place: str
    new_place: str

    @property
    def section(self) -> Section:
        """Whom the change concerns."""
        return Section.of(self.client, self.server)


class Seen(NamedTuple):
    """A change where it was seen: by whom the value is sent, at which paths, the shortest first, and in which operations, as bits."""

    change: Change
    side: Side
    paths: list[tuple[str, ...]]
    operations: int

    @property
    def places(self) -> list[str]:
        """The paths to the change itself, as pointers without their first slash."""
        return [pointers.text((*path, *self.change.step))[1:] for path in dict.fromkeys(self.paths)]

    @property
    def sentence_path(self) -> tuple[str, ...]:
        """The path that its sentence speaks of."""
        return (*self.paths[0], *self.change.step)


class Causes:
    """Tells what makes two changes one: they stand at one place of each document, or at places that only repeat each other."""

    def __init__(self, old: Document, new: Document) -> None:
        self._documents = old, new
        self._known: tuple[dict[Pointer, Pointer], dict[Pointer, Pointer]] = {}, {}

    def key(self, change: Change) -> tuple[object, ...]:
        """Return what two changes of one cause have in common."""
        places = self.place(0, change.old_place), self.place(1, change.new_place)
        return change.kind, *places, change.step, dumps([change.old, change.new])

    def place(self, side: int, place: Pointer) -> Pointer:
        """Return a place without what only tells one copy from another: operation, index of a parameter, status of an error, suffix."""
        known = self._known[side]
        if place not in known:
            known[place] = _in_component(place) if place[:1] == ("components",) else self._in_operation(side, place)
        return known[place]

    def _in_operation(self, side: int, place: Pointer) -> Pointer:
        for length, step in enumerate(place[2:], start=2):
            if step == "parameters":
                node = self._documents[side].get(place[: length + 2])
                named = (str(node.get("in")), str(node.get("name"))) if isinstance(node, dict) else ()
                return (step, *named, *place[length + 2 :])
            if step == "responses":
                status, *rest = (*place[length + 1 :], "")
                return (step, "success" if str(status).startswith("2") else "error", *rest)
            if step == "requestBody":
                return place[length:]
        return ()


def rows(seen: Iterable[Seen], names: list[OperationName], causes: Causes) -> list[Row]:
    """Return one row for each cause."""
    groups: dict[tuple[object, ...], list[Seen]] = {}
    for one in seen:
        groups.setdefault(causes.key(one.change), []).append(one)
    return [_row(group, names) for group in groups.values()]


def operations_of(number: int, names: list[OperationName]) -> tuple[OperationName, ...]:
    """Return the operations whose bits a number has."""
    return tuple(name for index, name in enumerate(names) if number >> index & 1)


def together(group: Iterable[Seen]) -> int:
    """Return the operations of all changes in a group."""
    return reduce(or_, (one.operations for one in group), 0)


def _row(group: list[Seen], names: list[OperationName]) -> Row:
    first = min(group, key=lambda one: len(one.paths[0]))
    place, *also = dict.fromkeys((*first.places, *(place for one in group for place in one.places)))
    change, said = first.change, sentence(first.change, first.sentence_path, {one.side for one in group})
    client, server = whom(group)
    return Row(client, server, change.kind, operations_of(together(group), names), place, tuple(also), change.old, change.new, said,
               pointers.text(change.old_place), pointers.text(change.new_place))  # fmt: skip


def whom(group: Iterable[Seen]) -> tuple[Client, Server]:
    """Return the worst that any of several changes means for clients, and for servers."""
    both = [(client_of(one.change.relation, one.side), server_of(one.change.relation, one.side)) for one in group]
    clients, servers = {client for client, _server in both}, {server for _client, server in both}
    # Both name the weightiest first.
    return next(one for one in Client if one in clients), next(one for one in Server if one in servers)


def _in_component(place: Pointer) -> Pointer:
    return (*place[:2], plain_name(str(place[2])), *place[3:]) if len(place) > 2 else place  # noqa: PLR2004
