"""Making counterexamples small: the offending body loses whatever the violation does not need.

It works on the JSON that was sent, whoever thought of it, the catalogue, Hypothesis or Schemathesis: one reducer serves all, and
what it leaves is a body that the contract promises the same about (tests/engine/test_minimize.py).
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from urllib.parse import quote

from conformance.core import json_text, pointers
from conformance.core.errors import OutOfTime
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING, Pointer
from conformance.core.tags import TAG
from conformance.engine.api import Api
from conformance.engine.replay import Repetition, judged, replay
from conformance.engine.run import Run
from conformance.evidence.exchange import Case, Exchange
from conformance.evidence.ledger import Counterexample, Violation
from conformance.evidence.operation import Effect, Expect
from conformance.schema import rules
from conformance.schema.skeleton import skeleton
from conformance.schema.tree import SchemaNode

# Leaving out requests costs as many requests as are left, so a sequence may spend more.
_SEQUENCES = 4
_LONG = 4
# Repetitions of what was made small, and of what the first one did not show: some failures show only sometimes.
_CONFIRMED = 2
_PATIENCE = 4
# The part of what may be spent after which making small ends if none of it brought anything.
_IN_VAIN = 4
# How many times as large as its skeleton a body is that shows more than is needed.
_MUCH = 1.5
# Texts that are not longer are no hindrance to a reader.
_SHORT = 12


@dataclass(frozen=True, slots=True)
class Proof:
    """A counterexample and what was sent and answered each time that it was repeated: that may prove other violations as well."""

    counterexample: Counterexample
    repetitions: tuple[tuple[Exchange, ...], ...]


def minimize(run: Run, requirement: str, counterexample: Counterexample, shrinks: int | None = None) -> Proof:
    """Return the smallest counterexample found within so many requests, and how often it showed when it was repeated.

    The budget says how many, if nobody else does.

    Raises:
        ConformanceError: the run cannot go on.

    """
    first = repeat_first(run, requirement, counterexample)
    proof = first.proof_of(counterexample)
    if proof is None:
        return not_shown(run, requirement, counterexample, first)
    small = repeated(run, requirement, reduced(run, requirement, proof, counterexample.origin, shrinks), _CONFIRMED)
    return small if shows_again(small) else repeated(run, requirement, _as_first(proof, counterexample.origin), _CONFIRMED)


def repeat_first(run: Run, requirement: str, counterexample: Counterexample) -> Repetition:
    """Repeat what was seen: without the requests that do not look like a part of it, and only if that does not show it, with them.

    Raises:
        ConformanceError: the run cannot go on.

    """
    exchanges, tried = counterexample.exchanges, 0
    for kept in (_named(run.api, requirement, exchanges), _pruned(run.api, requirement, counterexample)):
        if tried < len(kept) < len(exchanges):
            pruned, tried = replay(run, requirement, _bound(kept)), len(kept)
            proof = pruned.proof_of(counterexample)
            if proof is not None and proof.is_same_as(counterexample):
                return pruned
    return replay(run, requirement, exchanges)


def not_shown(run: Run, requirement: str, counterexample: Counterexample, first: Repetition) -> Proof:
    """Return a counterexample that its first repetition did not show, with the outcomes of some more.

    It is not made small: each step would ask whether the violation still shows, and get no answer to rely on.

    Raises:
        ConformanceError: the run cannot go on.

    """
    hidden = replace(counterexample, hidden=1, held=first.exchanges)
    return repeated(run, requirement, Proof(hidden, ()), _PATIENCE)


def reduced(run: Run, requirement: str, shown: Counterexample, origin: int, shrinks: int | None = None) -> Proof:
    """Return the smallest counterexample found within so many requests and the run's time, beginning with one that has just shown.

    Raises:
        ConformanceError: the run cannot go on.

    """
    reducer = _Reducer(run, requirement, replace(shown, origin=origin), run.budget.shrinks if shrinks is None else shrinks)
    with suppress(OutOfTime):
        reducer.reduce_all()
    return _as_first(reducer.best, origin)


def _as_first(shown: Counterexample, origin: int) -> Proof:
    return Proof(replace(shown, origin=origin), (shown.exchanges,))


def repeated(run: Run, requirement: str, proof: Proof, times: int) -> Proof:
    """Return a proof with the outcomes of so many more repetitions.

    Raises:
        ConformanceError: the run cannot go on.

    """
    counterexample, repetitions = proof.counterexample, list(proof.repetitions)
    for _ in range(times):
        repetition = replay(run, requirement, counterexample.exchanges)
        repetitions.append(repetition.exchanges)
        counterexample = _counted(counterexample, repetition)
    return Proof(counterexample, tuple(repetitions))


def _counted(counterexample: Counterexample, repetition: Repetition) -> Counterexample:
    if repetition.proof_of(counterexample) is not None:
        return replace(counterexample, shown=counterexample.shown + 1)
    return replace(counterexample, hidden=counterexample.hidden + 1, held=repetition.exchanges)


def shows_again(proof: Proof) -> bool:
    """Whether a counterexample that was made small showed in a later repetition, too."""
    return proof.counterexample.shown > 1


def also_shown(run: Run, requirement: str, seen: Counterexample, proof: Proof) -> Counterexample | None:
    """Return the counterexample of another violation that a proof is as well, or None; nothing is sent for it."""
    first, *later = proof.repetitions
    shown = judged(run, requirement, first).proof_of(seen)
    if shown is None or not shown.is_same_as(seen) or not _is_small(run, requirement, shown):
        return None
    others = [judged(run, requirement, exchanges) for exchanges in later]
    if not others or others[-1].proof_of(seen) is None:  # the last one was sent alone
        return None
    counterexample = replace(shown, origin=seen.origin)
    for repetition in others:
        counterexample = _counted(counterexample, repetition)
    return counterexample


def _is_small(run: Run, requirement: str, counterexample: Counterexample) -> bool:
    """Whether it shows no more than the violation seems to need; a proof of something else may."""
    if len(_pruned(run.api, requirement, counterexample)) < len(counterexample.exchanges):
        return False
    bodies = (_skeleton(run, exchange, counterexample.violation) for exchange in counterexample.exchanges)
    sizes = [
        (len(exchange.request.body or b""), len(json_text.dumps(body)))
        for exchange, body in zip(counterexample.exchanges, bodies, strict=True)
        if body is not None
    ]
    return sum(now for now, _then in sizes) <= _MUCH * sum(then for _now, then in sizes)


def _skeleton(run: Run, exchange: Exchange, violation: Violation) -> Json | None:
    """Return the skeleton of a body that the contract promises the same about, or None."""
    case = exchange.case
    if not isinstance(case.body, dict):
        return None
    places = [place for place in (case.at, violation.at) if place]
    smaller = skeleton(case.operation.schema, case.body, places)
    return smaller if smaller != case.body and _keeps(run, case, exchange, smaller) else None


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


@dataclass(slots=True)
class _Reducer:
    run: Run
    requirement: str
    best: Counterexample
    left: int
    # Requests spent since the last one that brought something.
    in_vain: int = 0
    most_in_vain: int = 0

    def __post_init__(self) -> None:
        self.most_in_vain = self.left // _IN_VAIN

    @property
    def may_go_on(self) -> bool:
        """Whether there is something left to spend, and it still brings something."""
        return self.left > 0 and self.in_vain <= self.most_in_vain

    def reduce_all(self) -> None:
        """Leave out requests, then what is in their bodies."""
        self.prune()
        self.drop()
        self.to_skeletons()
        for index in reversed(range(len(self.best.exchanges))):
            self.reduce(index)
        self.prune()

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
        most, self.most_in_vain = self.most_in_vain, _SEQUENCES * len(self.best.exchanges)
        chunk = len(self.best.exchanges) // 2
        while chunk and self.may_go_on:
            position = len(self.best.exchanges) - 1
            while position > 0 and self.may_go_on:
                position -= chunk
                doomed = range(max(0, position), position + chunk)
                kept = tuple(exchange for index, exchange in enumerate(self.best.exchanges) if index not in doomed)
                if not _lacks_nothing(kept, self.best.exchanges) or not self._without(len(kept), kept):
                    continue
                position = min(position, len(self.best.exchanges) - 1)
            chunk //= 2
        self.left, self.most_in_vain, self.in_vain = left, most, 0

    def _without(self, cost: int, kept: tuple[Exchange, ...]) -> bool:
        return self._takes(cost, replay(self.run, self.requirement, _bound(kept)).proof_of(self.best))

    def _takes(self, cost: int, smaller: Counterexample | None) -> bool:
        """Take a smaller counterexample, which so many requests were spent on, for the best one if it shows the same."""
        self.left -= cost
        self.in_vain += cost
        if smaller is None or not smaller.is_same_as(self.best):
            return False
        self.best, self.in_vain = replace(smaller, origin=self.best.origin), 0
        return True

    def to_skeletons(self) -> None:
        """Try at once what is mostly left in the end: of each body the required fields, and the place that the violation is about."""
        exchanges, last = self.best.exchanges, len(self.best.exchanges) - 1
        bodies = {
            index: _skeleton(self.run, exchange, self.best.violation)
            for index, exchange in enumerate(exchanges)
            if self._is_reducible(index)
        }
        changed = {index: body for index, body in bodies.items() if body is not None}
        if changed and not self._try(changed) and last in changed and len(changed) > 1:
            self._try({last: changed[last]})

    def _is_reducible(self, index: int) -> bool:
        return isinstance(self._body(index), dict) and not _is_shared(self.best.exchanges, index)

    def reduce(self, index: int) -> None:
        """Reduce the body of one exchange of the counterexample."""
        if self._is_reducible(index):
            self._container(index, ())

    def _body(self, index: int) -> Json:
        return self.best.exchanges[index].case.body if index < len(self.best.exchanges) else MISSING

    def _container(self, index: int, at: Pointer) -> None:
        """Drop members in halves, quarters and so on, then go into those that stayed."""
        size = len(_children(self._body(index), at))
        chunk = max(1, size // 2)
        while chunk and self.may_go_on:
            position = 0
            while position < len(_children(self._body(index), at)) and self.may_go_on:
                doomed = _children(self._body(index), at)[position : position + chunk]
                if not self._try({index: _without(self._body(index), doomed)}):
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
        shape = rules.node_at(self.best.exchanges[index].case.operation.schema, self._body(index), at)
        if (shape is not None and shape.reference is not None) or self.run.api.naming_keys & {at[-1], at[0]}:
            return  # another name would name something else
        for simpler in _simpler(pointers.get(self._body(index), at)):
            if not self.may_go_on or self._try({index: pointers.replace(self._body(index), at, simpler)}):
                return

    def _try(self, bodies: dict[int, Json]) -> bool:
        """Repeat with these bodies in place of those of the exchanges with these indices."""
        exchanges = self.best.exchanges
        if not all(_keeps(self.run, exchanges[index].case, exchanges[index], body) for index, body in bodies.items()):
            return False
        changed, first = list(exchanges), min(bodies)
        if not _is_repeatable_from(exchanges, first):
            first = 0
        for index, body in bodies.items():
            changed[index] = self._with_body(exchanges[index], body)
        last = len(exchanges) - 1
        if self.requirement in self.run.api.twins and last in bodies:
            offender = exchanges[last]
            twin = [exchange.number for exchange in exchanges].index(offender.context[-1].number)
            shape = offender.case.operation.schema
            changed[twin] = self._with_body(exchanges[twin], without_nulls(shape, bodies[last]))
            first = min(first, twin)
        return self._takes(
            len(changed) - first, replay(self.run, self.requirement, tuple(changed), first=first).proof_of(self.best)
        )

    def _with_body(self, exchange: Exchange, body: Json) -> Exchange:
        # The dataclass has cached properties, so it is made anew rather than changed.
        request = replace(exchange.request, body=json_text.dumps(body))
        return replace(exchange, case=replace(exchange.case, body=body, at=self._offence(exchange.case, body)), request=request)

    def _offence(self, case: Case, body: Json) -> Pointer | None:
        """Return where the smaller body breaks its rule: what stood before it in a list may be gone."""
        if case.at is None or case.expect is not Expect.REFUSE:
            return case.at
        broken = rules.broken(case.operation.schema, body)
        places = [rule.at for rule in broken if rule.requirement in case.about]
        return case.at if case.at in places or not places else places[0]


def _pruned(api: Api, requirement: str, counterexample: Counterexample) -> tuple[Exchange, ...]:
    """Return the exchanges without those whose ids no later request names, and that are no part of the violation themselves."""
    return _named(api, requirement, counterexample.exchanges, counterexample.violation.supporting)


def _named(api: Api, requirement: str, exchanges: tuple[Exchange, ...], proofs: tuple[Exchange, ...] = ()) -> tuple[Exchange, ...]:
    """Return the last exchange, these proofs, and those whose ids they name."""
    kept = [exchanges[-1]]
    for earlier in reversed(exchanges[:-1]):
        is_proof = requirement in api.twins or any(earlier.number == proof.number for proof in proofs)
        if is_proof or any(_lacks(later, earlier, kept) for later in kept):
            kept.append(earlier)
    return tuple(reversed(kept))


def _lacks(exchange: Exchange, earlier: Exchange, kept: Sequence[Exchange]) -> bool:
    """Whether a request needs an earlier one, and nothing else that it builds on has made the same id: mocks give one to all."""
    if not _needs(exchange, earlier):
        return False
    numbers = {other.number for other in kept}
    builds_on_it = any(other.number == earlier.number for other in exchange.context)
    return not any(
        other.created_id is not None and other.created_id == earlier.created_id and (other.number in numbers or not builds_on_it)
        for other in exchange.context
        if other.number != earlier.number
    )


def _lacks_nothing(kept: tuple[Exchange, ...], exchanges: tuple[Exchange, ...]) -> bool:
    """Whether all that the kept requests name is still made before."""
    numbers = {exchange.number for exchange in kept}
    dropped = [exchange for exchange in exchanges if exchange.number not in numbers]
    return not any(_lacks(exchange, earlier, kept) for exchange in kept for earlier in dropped)


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


def _is_repeatable_from(exchanges: tuple[Exchange, ...], index: int) -> bool:
    """Whether a repetition may begin in the middle: nothing is made from there on, or nothing of it sees what others have made."""
    is_reading = all(_reads(exchange) for exchange in exchanges[index:])
    return is_reading or all(_reads_one(exchange) or exchange.case.operation.is_create for exchange in exchanges)


def _reads(exchange: Exchange) -> bool:
    return _reads_one(exchange) or exchange.case.operation.effect is Effect.LIST


def _reads_one(exchange: Exchange) -> bool:
    return exchange.case.operation.reads_by(exchange.request.method)


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
    if text.startswith("cf_") or len(text) <= _SHORT:
        return
    for shorter in ("", "a", text[: len(text) // 2], text[len(text) // 2 :], text[: len(text) // 2 + 1]):
        if len(shorter) < len(text):
            yield shorter


def _keeps(run: Run, case: Case, offender: Exchange, body: Json) -> bool:
    """Whether the contract promises the same about the smaller body."""
    schema = case.operation.schema
    broken = {rule.requirement for rule in rules.broken(schema, body)}
    if case.expect is Expect.REFUSE:
        return bool(broken) and broken == {rule.requirement for rule in rules.broken(schema, case.body)}
    if broken or run.api.bodies.is_more_open(case, body):
        return False
    return case.expect is not Expect.ACCEPT or run.knows(case.operation, body, offender.context)


def without_nulls(shape: SchemaNode, body: Json) -> Json:
    """Return the body without the nulls that stand for an absent field; user data keeps its own."""
    return _without(body, list(rules.nullable_places(shape, body)))
