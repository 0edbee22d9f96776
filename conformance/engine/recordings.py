"""What a contract says of exchanges that somebody else chose and recorded: a part of each contract."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from conformance.core.json_text import Json
from conformance.core.pointers import Pointer
from conformance.engine.checks import Outcome
from conformance.evidence.exchange import Exchange
from conformance.evidence.operation import Expect, Operation
from conformance.schema import rules
from conformance.schema.tree import SchemaNode

# What is promised about the answer to a request, and the requirements that the request is the test of.
Promise: TypeAlias = tuple[Expect, tuple[str, ...]]


def _by_schema(_operation: Operation, shape: SchemaNode, body: dict[str, Json], _vocabulary: Any) -> Promise | None:
    broken = {rule.requirement for rule in rules.broken(shape, body)}
    if not broken:
        return None
    named = tuple(sorted(name for name in broken if name is not None))
    return (Expect.REFUSE, named) if len(named) == len(broken) else (Expect.ANY, ())


def _nothing_promised(_operation: Operation, _body: bytes) -> Promise:
    return Expect.ANY, ()


def _may_be_id(_part: str) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Recordings:
    """What operations and schemas do not say, and a recording's reader has to know. Each field has a value for a contract that says no more.

    `promise` tells what is promised about a JSON object that was sent to an operation, by the body's schema and the target's vocabulary;
    None: whether it is accepted depends on what is there, and only an accepted one is judged. `promise_of_bytes` tells it of a body that
    was sent as JSON and is no JSON object. `nothing_known` is the vocabulary of a target of which nothing is known.

    `looks_like_id` tells ids from other parts of an address, such as names and paths of operations that the contract lacks.
    `builds_on` has for each create the place in its body that holds the id of a thing on which its answer builds.
    `echoes` are members of answers that say back what a request said.

    `self_contained` are functions that yield what an accepted exchange shows by itself, as requirements and outcomes, each under the
    requirement that is in error if the function crashes.
    """

    promise: Callable[[Operation, SchemaNode, dict[str, Json], Any], Promise | None] = _by_schema
    promise_of_bytes: Callable[[Operation, bytes], Promise] = _nothing_promised
    nothing_known: Any = None
    looks_like_id: Callable[[str], bool] = _may_be_id
    builds_on: Mapping[Operation, Pointer] = field(default_factory=dict)
    echoes: frozenset[str] = frozenset()
    self_contained: Mapping[str, Callable[[Exchange], Iterator[tuple[str, Outcome]]]] = field(default_factory=dict)
