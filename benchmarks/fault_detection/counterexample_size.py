"""Counterexamples: how large the reduced proof of a violation is, and its requests in words."""

from dataclasses import dataclass
from typing import Any

from conformance.evidence.exchange import Exchange

# The members that the smallest valid body of an operation has, at any depth.
_REQUIRED = {"create_collection": 5, "create_document": 1, "create_bucket": 3}


@dataclass(frozen=True, slots=True)
class Size:
    """What a reduced counterexample consists of.

    `own` are those of its requests that do more than make the collection or the document that later ones name, `fields` the members of
    its last body beyond the required ones, `nodes` the JSON values in all its bodies; `shown` has the requests in words.
    """

    requests: int
    own: int
    fields: int
    nodes: int
    shown: list[str]


def size(exchanges: tuple[Exchange, ...]) -> Size:
    """Return how large the requests of a counterexample are."""
    nodes = sum(_nodes(one.case.body) for one in exchanges)
    return Size(len(exchanges), _own(exchanges), _fields(exchanges[-1]), nodes, [_words(one) for one in exchanges])


def _own(exchanges: tuple[Exchange, ...]) -> int:
    """Return how many requests are there for more than the place that others work in."""
    return sum(not _is_place(one, exchanges[index + 1 :]) for index, one in enumerate(exchanges))


def _is_place(one: Exchange, later: tuple[Exchange, ...]) -> bool:
    made = one.created_id
    return made is not None and any(made in other.request.path or made.encode() in (other.request.body or b"") for other in later)


def _fields(exchange: Exchange) -> int:
    return max(0, _members(exchange.case.body) - _REQUIRED.get(exchange.case.operation.value, 0))


def _members(value: Any) -> int:
    if isinstance(value, dict):
        return len(value) + sum(map(_members, value.values()))
    return sum(map(_members, value)) if isinstance(value, list) else 0


def _nodes(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + sum(map(_nodes, value.values()))
    return 1 + sum(map(_nodes, value)) if isinstance(value, list) else int(isinstance(value, str | int | float | bool | None))


def _words(exchange: Exchange) -> str:
    body = (exchange.request.body or b"")[:400].decode("utf-8", "replace")
    return f"{exchange.request.method} {exchange.request.path[:200]} {body}".rstrip()
