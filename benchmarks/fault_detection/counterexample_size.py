"""How large a reduced counterexample is, and its requests as text."""

from dataclasses import dataclass
from typing import Any

from conformance.evidence.exchange import Exchange

# How many members the smallest valid body of an operation has, nested ones included.
_REQUIRED_MEMBERS = {"create_collection": 5, "create_document": 1, "create_bucket": 3}
_LONGEST_PATH, _LONGEST_BODY = 200, 400


@dataclass(frozen=True, slots=True)
class CounterexampleSize:
    """How large a reduced counterexample is. The names of the members are those in reports/faults.json.

    - `requests`: how many requests it has.
    - `own`: how many of them do more than create a collection or a document that a later request uses.
    - `fields`: how many members the last body has beyond the required ones.
    - `nodes`: how many JSON values all its bodies have.
    - `shown`: the requests as text.
    """

    requests: int
    own: int
    fields: int
    nodes: int
    shown: list[str]


def measure(exchanges: tuple[Exchange, ...]) -> CounterexampleSize:
    """Return how large a counterexample is."""
    return CounterexampleSize(
        requests=len(exchanges),
        own=_count_own(exchanges),
        fields=_count_optional_fields(exchanges[-1]),
        nodes=sum(_count_values(exchange.case.body) for exchange in exchanges),
        shown=[_request_text(exchange) for exchange in exchanges],
    )


def _count_own(exchanges: tuple[Exchange, ...]) -> int:
    """Return how many requests do more than create what a later request uses."""
    return sum(not _is_setup(exchange, exchanges[index + 1 :]) for index, exchange in enumerate(exchanges))


def _is_setup(exchange: Exchange, later: tuple[Exchange, ...]) -> bool:
    """Whether a request created something that a later request names in its path or its body."""
    created_id = exchange.created_id
    return created_id is not None and any(
        created_id in other.request.path or created_id.encode() in (other.request.body or b"") for other in later
    )


def _count_optional_fields(exchange: Exchange) -> int:
    return max(0, _count_members(exchange.case.body) - _REQUIRED_MEMBERS.get(exchange.case.operation.name, 0))


def _count_members(value: Any) -> int:
    if isinstance(value, dict):
        return len(value) + sum(map(_count_members, value.values()))
    return sum(map(_count_members, value)) if isinstance(value, list) else 0


def _count_values(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + sum(map(_count_values, value.values()))
    return (
        1 + sum(map(_count_values, value)) if isinstance(value, list) else int(isinstance(value, str | int | float | bool | None))
    )


def _request_text(exchange: Exchange) -> str:
    body = (exchange.request.body or b"")[:_LONGEST_BODY].decode("utf-8", "replace")
    return f"{exchange.request.method} {exchange.request.path[:_LONGEST_PATH]} {body}".rstrip()
