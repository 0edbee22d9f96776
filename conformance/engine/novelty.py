"""Novelty: what kinds of answers a run gets, so that a long one goes on where answers are new."""

import re
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from itertools import islice

from conformance.core.json_text import Json
from conformance.engine.checks import Judged
from conformance.evidence.answer_kinds import AnswerKinds
from conformance.evidence.exchange import Exchange, NotJson
from conformance.evidence.violation_kinds import type_of

# A target is not trusted: more of an answer is not looked at.
_MOST_PLACES, _DEEPEST = 2_000, 12
# What a code of errors may look like; texts for people and ids have blanks or digits.
_WORD = re.compile(r"[A-Za-z][A-Za-z_.-]{0,63}")
_ERROR = 400
_ANY = "*"
# With fewer requests than this nobody can tell much: the chances begin the same.
_FEW = 30


class Novelty:
    """Looks at each judged answer of a run, and counts the kinds that it is of; `names` are the fields that the API has.

    Other keys are the user's, and each would be a kind of its own.
    """

    def __init__(self, kinds: AnswerKinds, names: Container[str]) -> None:
        self.kinds = kinds
        # The exploration whose answers are looked at, how many each has had, and which was the first to show a kind.
        self.exploration = ""
        self._requests: Counter[str] = Counter()
        self._first: dict[str, str] = {}
        self._names = names

    def look(self, exchange: Exchange, judged: Sequence[Judged]) -> bool:
        """Count what an answer shows; return whether any of it is new."""
        new = self.kinds.saw(set(kinds_of(exchange, judged, self._names)))
        self._first.update(dict.fromkeys(new, self.exploration))
        self._requests[self.exploration] += 1
        return bool(new)

    def chance(self, exploration: str) -> float:
        """Return the chance that the next request of an exploration shows something new, by what was seen once (Good and Turing); never 0."""
        once = sum(by == exploration and self.kinds.later.get(kind) == 1 for kind, by in self._first.items())
        return (once + 1) / (self._requests[exploration] + _FEW)


def kinds_of(exchange: Exchange, judged: Sequence[Judged], names: Container[str]) -> Iterator[str]:
    """Yield what an answer shows: its status, what the checks say of it, its shape, and the words of an error."""
    answered = f"{exchange.case.operation.name} {exchange.status or 'no answer'}"
    yield answered
    yield from (f"{answered} {name} {outcome}" for name, outcome in judged)
    if isinstance(exchange.answer, NotJson):
        return
    is_error = exchange.status is not None and exchange.status >= _ERROR
    below = exchange.case.operation.user_keys.below
    for place, value in islice(_places(exchange.answer, names, below, ("", ""), 0), _MOST_PLACES):
        yield f"{answered} {place}:{type_of(value)}"
        if is_error and isinstance(value, str) and _WORD.fullmatch(value):
            yield f"{answered} {place} {value}"


def _places(
    value: Json, names: Container[str], below: Container[str], at: tuple[str, str], depth: int
) -> Iterator[tuple[str, Json]]:
    """Yield each value within a JSON value, beside its field and the one that this is in: what nests in itself has few places so."""
    yield "/".join(at), value
    if depth >= _DEEPEST or at[1] in below:
        return
    if isinstance(value, list):
        for item in value:
            yield from _places(item, names, below, (at[1], _ANY), depth + 1)
    elif isinstance(value, dict):
        for key, member in value.items():
            yield from _places(member, names, below, (at[1], key if key in names else _ANY), depth + 1)
