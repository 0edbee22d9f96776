"""Making counterexamples small: the offending body loses whatever the violation does not need.

It works on the JSON that was sent, whoever thought of it, the catalogue, Hypothesis or Schemathesis: one reducer serves all, and
what it leaves is a body that the contract promises the same about (tests/engine/test_minimize.py).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import quote

from conformance.core import json_text, pointers
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING, Pointer
from conformance.core.tags import TAG
from conformance.engine.api import Api
from conformance.engine.replay import replay
from conformance.engine.run import Run
from conformance.evidence.exchange import Case, Exchange
from conformance.evidence.ledger import Counterexample
from conformance.evidence.operation import Effect, Expect
from conformance.schema import rules
from conformance.schema.tree import SchemaNode

# Leaving out requests costs as many requests as are left, so a sequence may spend more.
_SEQUENCES = 4
_LONG = 4
# Repetitions of what was made small, and of what the first one did not show: some failures show only sometimes.
_CONFIRMED = 2
_PATIENCE = 4


def minimize(run: Run, requirement: str, counterexample: Counterexample, shrinks: int | None = None) -> Counterexample:
    """Return the smallest counterexample found within so many requests, and how often it showed when it was repeated.

    The budget says how many, if nobody else does.

    What the first repetition does not show is not made small: each step would ask whether the violation still shows, and get no
    answer to rely on.

    Raises:
        ConformanceError: the run cannot go on.

    """
    first = replay(run, requirement, counterexample.exchanges)
    if first.proof is None:
        return repeated(run, requirement, replace(counterexample, hidden=1, held=first.exchanges), _PATIENCE)
    proof = replace(first.proof, origin=counterexample.origin)
    reducer = _Reducer(run, requirement, proof, run.budget.shrinks if shrinks is None else shrinks)
    reducer.prune()
    reducer.drop()
    for index in reversed(range(len(reducer.best.exchanges))):
        reducer.reduce(index)
    reducer.prune()
    return repeated(run, requirement, reducer.best, _CONFIRMED)


def are_alike(one: Counterexample, other: Counterexample, run: Run) -> bool:
    """Whether two counterexamples of a requirement, made small, show the same: the same request, answer and message."""
    mine, theirs = one.exchanges[-1], other.exchanges[-1]
    is_same = (one.violation.message, one.violation.at, mine.status) == (other.violation.message, other.violation.at, theirs.status)
    return is_same and _anonymous(one, run) == _anonymous(other, run)


def _anonymous(counterexample: Counterexample, run: Run) -> str:
    """Return the last request without the tags and ids of this time."""
    request = counterexample.exchanges[-1].request
    text = f"{request.method} {request.path} {(request.body or b'').decode('latin-1')}"
    if run.api.id_pattern is not None:
        return TAG.sub("", run.api.id_pattern.sub("id", text))
    ids = {exchange.created_id for exchange in counterexample.exchanges if exchange.created_id} | set(run.supplies)
    for identifier in sorted(ids, key=len, reverse=True):
        text = re.sub(rf"(?<![A-Za-z0-9_]){re.escape(identifier)}(?![A-Za-z0-9_])", "id", text)
    return TAG.sub("", text)


def repeated(run: Run, requirement: str, counterexample: Counterexample, times: int) -> Counterexample:
    """Return the counterexample with the outcomes of so many more repetitions.

    Raises:
        ConformanceError: the run cannot go on.

    """
    for _ in range(times):
        repetition = replay(run, requirement, counterexample.exchanges)
        if repetition.violation is not None:
            counterexample = replace(counterexample, shown=counterexample.shown + 1)
        else:
            counterexample = replace(counterexample, hidden=counterexample.hidden + 1, held=repetition.exchanges)
    return counterexample


@dataclass(slots=True)
class _Reducer:
    run: Run
    requirement: str
    best: Counterexample
    left: int

    def prune(self) -> None:
        """Leave out all requests that do not look like a part of the proof, if the violation shows without them."""
        kept = _pruned(self.run.api, self.requirement, self.best)
        if len(kept) < len(self.best.exchanges):
            self._without(len(kept), kept)

    def drop(self) -> None:
        """Leave out as many requests of a long proof as the violation does not need."""
        if len(self.best.exchanges) <= _LONG or self.requirement in self.run.api.twins:
            return
        left, self.left = self.left, self.left * _SEQUENCES
        chunk = len(self.best.exchanges) // 2
        while chunk and self.left > 0:
            position = len(self.best.exchanges) - 1
            while position > 0 and self.left > 0:
                position -= chunk
                doomed = range(max(0, position), position + chunk)
                kept = tuple(exchange for index, exchange in enumerate(self.best.exchanges) if index not in doomed)
                if not _lacks_nothing(kept, self.best.exchanges) or not self._without(len(kept), kept):
                    continue
                position = min(position, len(self.best.exchanges) - 1)
            chunk //= 2
        self.left = left

    def _without(self, cost: int, kept: tuple[Exchange, ...]) -> bool:
        self.left -= cost
        return self._is_same(replay(self.run, self.requirement, _bound(kept)).proof)

    def _is_same(self, smaller: Counterexample | None) -> bool:
        """Take a smaller counterexample for the best one if it shows the same, and not something else that is wrong as well."""
        if smaller is None or smaller.violation.level != self.best.violation.level or smaller.kind != self.best.kind:
            return False
        self.best = replace(smaller, origin=self.best.origin)
        return True

    def reduce(self, index: int) -> None:
        """Reduce the body of one exchange of the counterexample."""
        if isinstance(self._body(index), dict) and not _is_shared(self.best.exchanges, index):
            self._container(index, ())

    def _body(self, index: int) -> Json:
        return self.best.exchanges[index].case.body if index < len(self.best.exchanges) else MISSING

    def _container(self, index: int, at: Pointer) -> None:
        """Drop members in halves, quarters and so on, then go into those that stayed."""
        size = len(_children(self._body(index), at))
        chunk = max(1, size // 2)
        while chunk and self.left > 0:
            position = 0
            while position < len(_children(self._body(index), at)) and self.left > 0:
                doomed = _children(self._body(index), at)[position : position + chunk]
                if not self._try(index, _without(self._body(index), doomed)):
                    position += chunk
            chunk //= 2
        for child in reversed(_children(self._body(index), at)):
            value = pointers.get(self._body(index), child)
            if isinstance(value, dict | list):
                self._container(index, child)
            elif isinstance(value, str):
                self._text(index, child)

    def _text(self, index: int, at: Pointer) -> None:
        """Cut a text to half as long as the violation stays; the tag of a name is no part of it."""
        shape = rules.node_at(self.run.api.request_schema(self.best.exchanges[index].case.operation), self._body(index), at)
        if (shape is not None and shape.reference is not None) or self.run.api.naming_keys & {at[-1], at[0]}:
            return  # another name would name something else
        for simpler in _simpler(pointers.get(self._body(index), at)):
            if self.left <= 0 or self._try(index, pointers.replace(self._body(index), at, simpler)):
                return

    def _try(self, index: int, body: Json) -> bool:
        exchanges = self.best.exchanges
        offender = exchanges[index]
        if not _keeps(self.run, offender.case, offender, body):
            return False
        changed, first = list(exchanges), index if _is_repeatable_from(exchanges) else 0
        changed[index] = self._with_body(offender, body)
        if self.requirement in self.run.api.twins and index == len(exchanges) - 1:
            first = [exchange.number for exchange in exchanges].index(offender.context[-1].number)
            changed[first] = self._with_body(
                exchanges[first], without_nulls(self.run.api.request_schema(offender.case.operation), body)
            )
        self.left -= len(changed) - first
        return self._is_same(replay(self.run, self.requirement, tuple(changed), first=first).proof)

    def _with_body(self, exchange: Exchange, body: Json) -> Exchange:
        # The dataclass has cached properties, so it is made anew rather than changed.
        request = replace(exchange.request, body=json_text.dumps(body))
        return replace(exchange, case=replace(exchange.case, body=body, at=self._offence(exchange.case, body)), request=request)

    def _offence(self, case: Case, body: Json) -> Pointer | None:
        """Return where the smaller body breaks its rule: what stood before it in a list may be gone."""
        if case.at is None or case.expect is not Expect.REFUSE:
            return case.at
        broken = rules.broken(self.run.api.request_schema(case.operation), body)
        places = [rule.at for rule in broken if rule.requirement in case.about]
        return case.at if case.at in places or not places else places[0]


def _pruned(api: Api, requirement: str, counterexample: Counterexample) -> tuple[Exchange, ...]:
    """Return the exchanges without those whose ids no later request names, and that are no part of the violation themselves."""
    exchanges, violation = counterexample.exchanges, counterexample.violation
    kept = [exchanges[-1]]
    for earlier in reversed(exchanges[:-1]):
        is_proof = requirement in api.twins or any(earlier.number == proof.number for proof in violation.supporting)
        if is_proof or any(_needs(later, earlier) for later in kept):
            kept.append(earlier)
    return tuple(reversed(kept))


def _lacks_nothing(kept: tuple[Exchange, ...], exchanges: tuple[Exchange, ...]) -> bool:
    """Whether all that the kept requests name is still made before."""
    numbers = {exchange.number for exchange in kept}
    dropped = [exchange for exchange in exchanges if exchange.number not in numbers]
    return not any(_needs(exchange, earlier) for exchange in kept for earlier in dropped)


def _needs(exchange: Exchange, earlier: Exchange) -> bool:
    """Whether a request names what an earlier one has made, or goes on from the page that it has answered."""
    paging = earlier.case.operation.paging
    cursor = None if paging is None else exchange.query.get(paging.parameter)
    if cursor is not None and cursor == earlier.next_page:
        return True
    identifier = earlier.created_id
    if identifier is None:
        return False
    return quote(identifier, safe="") in exchange.request.path or identifier.encode() in (exchange.request.body or b"")


def _bound(exchanges: tuple[Exchange, ...]) -> tuple[Exchange, ...]:
    """Return the exchanges, in order, with only each other in their contexts."""
    bound: dict[int, Exchange] = {}
    for exchange in exchanges:
        bound[exchange.number] = replace(
            exchange, context=tuple(bound[earlier.number] for earlier in exchange.context if earlier.number in bound)
        )
    return tuple(bound.values())


def _is_repeatable_from(exchanges: tuple[Exchange, ...]) -> bool:
    """Whether a repetition may begin in the middle: lists and changes see what an earlier repetition has made, creates and reads do not."""
    return all(exchange.request.method == "GET" or exchange.case.operation.is_create for exchange in exchanges)


def _is_shared(exchanges: tuple[Exchange, ...], index: int) -> bool:
    """Whether a list is one of several that a law compares: a change to one of them would have to be made to the others."""
    lists = [exchange for exchange in exchanges if exchange.case.operation.effect is Effect.LIST]
    return exchanges[index] in lists and len(lists) > 1


def _children(body: Json, at: Pointer) -> list[Pointer]:
    node = pointers.get(body, at)
    if isinstance(node, dict):
        return [(*at, key) for key in node]
    return [(*at, index) for index in range(len(node))] if isinstance(node, list) else []


def _without(body: Json, places: list[Pointer]) -> Json:
    for place in reversed(places):
        body = pointers.replace(body, place, MISSING)
    return body


def _simpler(text: str) -> Iterator[str]:
    # A name's tag is fixed: shorter names are made of what follows it.
    if text.startswith("cf_"):
        return
    for shorter in ("", "a", text[: len(text) // 2], text[len(text) // 2 :], text[: len(text) // 2 + 1]):
        if len(shorter) < len(text):
            yield shorter


def _keeps(run: Run, case: Case, offender: Exchange, body: Json) -> bool:
    """Whether the contract promises the same about the smaller body."""
    schema = run.api.request_schema(case.operation)
    broken = {rule.requirement for rule in rules.broken(schema, body)}
    if case.expect is Expect.REFUSE:
        return bool(broken) and broken == {rule.requirement for rule in rules.broken(schema, case.body)}
    if broken or run.api.bodies.is_more_open(case, body):
        return False
    return case.expect is not Expect.ACCEPT or run.knows(case.operation, body, offender.context)


def without_nulls(shape: SchemaNode, body: Json) -> Json:
    """Return the body without the nulls that stand for an absent field; user data keeps its own."""
    return _without(body, list(rules.nullable_places(shape, body)))
