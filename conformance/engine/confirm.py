"""Confirming violations: each is repeated, made small, and taken back if the target had only forgotten what it needs."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any

from conformance.core import timing
from conformance.core.errors import ConformanceError, OutOfTime, TargetForgot
from conformance.engine import minimize
from conformance.engine.minimize import Proof, are_alike
from conformance.engine.replay import Repetition, judged, replay
from conformance.engine.run import Run
from conformance.engine.sentinel import Sentinel
from conformance.evidence.exchange import Credentials, Exchange
from conformance.evidence.ledger import Counterexample
from conformance.evidence.violation_kinds import Kind

# What a run may spend on further kinds of violation of its requirements: in all, as a multiple of what one requirement's first has, and
# each as a part of that.
_SPARE, _PART = 8, 8
# Requests that it mostly takes to repeat a violation and to make it small, and the part of a run's time that is kept for that at most.
_REQUESTS, _SHARE = 15, 0.25


@dataclass(frozen=True, slots=True, eq=False)
class _Violation:
    """A kind of violation to confirm, as it was seen, how many requests making it small may take, and what shows it already, if anything."""

    requirement: str
    kind: Kind
    seen: Counterexample
    shrinks: int
    shown: Counterexample | None


class Confirmation:
    """Repeats and minimizes what a run finds about the `wanted` requirements.

    `renew_supplies` makes anew what the whole run is built on, and returns the new id for each old one.
    """

    def __init__(
        self,
        run: Run,
        sentinel: Sentinel[Any],
        wanted: Collection[str],
        renew_supplies: Callable[[], Mapping[str, str]],
    ) -> None:
        self._run = run
        self._sentinel = sentinel
        self._wanted = wanted
        self._renew_supplies = renew_supplies
        # The kinds of violation, by requirement and fingerprint, that were repeated and made small, or need not be.
        self._confirmed: set[tuple[str, str]] = set()
        self._spare = run.budget.shrinks * _SPARE
        self._seen = 0
        self._begun = timing.monotonic()
        self._is_confirming = False
        self._counted, self._unconfirmed_count = -1, 0
        # What was proved so far: it may prove what is seen later, too.
        self._proofs: list[Proof] = []

    def mark_confirmed(self, requirement: str, fingerprint: str) -> None:
        """Note that a kind of violation was confirmed before, or is being."""
        self._confirmed.add((requirement, fingerprint))

    def seconds_needed(self, seconds: float) -> float:
        """Return how much of a run's time scenarios have to leave for confirming what is known to be violated."""
        if self._is_confirming or not self._run.exchanges:
            return 0.0
        if self._counted != self._run.ledger.kinds_seen:
            self._counted, self._unconfirmed_count = self._run.ledger.kinds_seen, self._count_unconfirmed()
        each = _REQUESTS * (timing.monotonic() - self._begun) / self._run.exchanges
        return min(seconds * _SHARE, self._unconfirmed_count * each)

    def _count_unconfirmed(self) -> int:
        """Count the violations that will be confirmed: when too much was spent on further kinds, the first of each requirement alone."""
        unconfirmed = self._unconfirmed()
        known = {name for name, _fingerprint in self._confirmed}
        return len(unconfirmed) if self._spare > 0 else len({name for name, _kind in unconfirmed} - known)

    def has_news(self) -> bool:
        """Whether there are more violations to confirm than when somebody asked last."""
        before, self._seen = self._seen, len(self._unconfirmed())
        return self._seen > before

    def confirm_new(self) -> None:
        """Repeat and minimize the violations that a scenario brought.

        Raises:
            TargetForgot: what was made before is gone, and some of them do not show with what is made anew.

        """
        with self._confirming():
            self._confirm_new()

    def _confirm_new(self) -> None:
        new, forgotten = self._unconfirmed(), self._sentinel.identifier
        is_gone = bool(new) and self._sentinel.is_gone()
        renamed = self._renew_supplies() if is_gone else {}
        is_forgetful = is_gone and not self._sentinel.falls_to_deletes()
        taken_back = [kind for kind in new if is_forgetful and self._is_due_to_forgetting(*kind, renamed)]
        self._confirm([violation for violation in new if violation not in taken_back])
        if taken_back:
            raise TargetForgot(
                f"the target has forgotten what was made on it: what had the id {forgotten} was there and is answered 404, though "
                "nothing has deleted it (was it restarted with an empty store?)"
            )
        if is_gone:
            self._sentinel.place()

    def take_back_what_was_locked_out(self) -> None:
        """Take back what was seen while our token was refused, and nobody had noticed yet."""
        ledger = self._run.ledger
        for requirement, kind in self._unconfirmed():
            if _is_locked_out(ledger.tallies[requirement].kinds[kind].exchanges[-1]):
                ledger.take_back(requirement, kind)

    def _unconfirmed(self) -> list[tuple[str, Kind]]:
        """Return the kinds of violation that were neither repeated nor made small yet, of what is to be judged."""
        return [
            (name, kind)
            for name, kind in self._run.ledger.seen()
            if name in self._wanted and (name, kind.fingerprint(name)) not in self._confirmed
        ]

    def _is_due_to_forgetting(self, requirement: str, kind: Kind, renamed: Mapping[str, str]) -> bool:
        """Take a violation back that does not show when all that it needs is made anew."""
        seen = self._run.ledger.tallies[requirement].kinds[kind].exchanges
        if replay(self._run, requirement, seen, renamed=renamed).proof is not None:
            return False
        self._run.ledger.take_back(requirement, kind)
        return True

    @contextmanager
    def _confirming(self) -> Iterator[None]:
        self._is_confirming = True
        try:
            yield
        finally:
            self._is_confirming, self._counted = False, -1

    def _confirm(self, new: Iterable[tuple[str, Kind]]) -> None:
        """Repeat violations and make them small beside each other, one of each cause first, and then repeat what is left alone."""
        violations = list(self._allotted(new))
        firsts = self._repeat_all([violation for violation in violations if violation.shown is None])
        shown = [violation for violation, first in firsts.items() if first.proof_of(violation.seen) is not None]
        causes = [cause[0] for cause in _causes(shown)]
        proofs = self._reduce_all(causes, firsts)
        others = [violation for violation in shown if violation not in causes]
        known = list(proofs.values())
        proofs |= self._reduce_all(
            [other for other in others if self._also_shown(other.requirement, other.seen, known) is None], firsts
        )
        # Where the time is over, what is proved is kept before something else cannot be.
        for violation in sorted(violations, key=lambda violation: (violation not in proofs, violation not in shown)):
            with self._guarded(violation):
                self._settle(violation, proofs.get(violation) or firsts.get(violation))

    def _allotted(self, new: Iterable[tuple[str, Kind]]) -> Iterator[_Violation]:
        """Yield what is to be confirmed: the first violation of a requirement with all that the budget has for it, others with a part."""
        for requirement, kind in new:
            is_first = not any(name == requirement for name, _fingerprint in self._confirmed)
            if not is_first and self._spare <= 0:
                continue
            self.mark_confirmed(requirement, kind.fingerprint(requirement))
            seen = self._run.ledger.tallies[requirement].kinds[kind]
            shrinks = self._run.budget.shrinks // (1 if is_first else _PART)
            shown = self._also_shown(requirement, seen, self._proofs)
            if not is_first and shown is None:
                self._spare -= shrinks + len(seen.exchanges)
            yield _Violation(requirement, kind, seen, shrinks, shown)

    def _repeat_all(self, violations: Sequence[_Violation]) -> dict[_Violation, Repetition]:
        """Repeat violations while there is time, beside each other as far as requests may be under way together."""
        firsts: dict[_Violation, Repetition] = {}

        def repeat(together: Sequence[_Violation]) -> None:
            for violation in together:
                with self._guarded(violation), suppress(OutOfTime):
                    self._name(violation)
                    firsts[violation] = self._first_repetition(violation, [firsts[other] for other in together if other in firsts])

        self._run.beside([partial(repeat, together) for together in _by_offender(violations)])
        return firsts

    def _first_repetition(self, violation: _Violation, repetitions: Sequence[Repetition]) -> Repetition:
        """Return a repetition of what the same exchange has shown, if it shows this too, or else one of its own."""
        for repetition in repetitions:
            shared = judged(self._run, violation.requirement, repetition.exchanges)
            proof = shared.proof_of(violation.seen)
            if proof is not None and proof.is_same_as(violation.seen):
                return shared
        return minimize.repeat_first(self._run, violation.requirement, violation.seen)

    def _reduce_all(self, violations: Sequence[_Violation], firsts: Mapping[_Violation, Repetition]) -> dict[_Violation, Proof]:
        """Make violations small that their first repetition has shown, beside each other as far as requests may be under way together."""
        proofs: dict[_Violation, Proof] = {}

        def reduce(violation: _Violation) -> None:
            with self._guarded(violation):
                self._name(violation, "small")
                proof, requirement = firsts[violation].proof_of(violation.seen), violation.requirement
                assert proof is not None
                small = minimize.reduced(self._run, requirement, proof, violation.seen.origin, violation.shrinks)
                proofs[violation] = self._repeated(violation, small)

        self._run.beside([partial(reduce, violation) for violation in violations])
        return proofs

    def _repeated(self, violation: _Violation, proof: Proof) -> Proof:
        """Return a proof that was repeated once more, if there was time for it."""
        with suppress(OutOfTime):
            return minimize.repeated(self._run, violation.requirement, proof, 1)
        return proof

    def _name(self, violation: _Violation, how: str = "") -> None:
        """Give what is sent for a violation names of its own, whatever is sent beside it; it stands under its scenario."""
        scenario = violation.seen.exchanges[-1].scenario
        self._run.begin_own(f"{scenario} {violation.requirement} {violation.kind.fingerprint(violation.requirement)} {how}")
        self._run.scenario = scenario

    def _settle(self, violation: _Violation, tried: Repetition | Proof | None) -> None:
        """Keep the counterexample that a violation is proved by when nothing else is sent beside it."""
        also = violation.shown
        if also is None and not isinstance(tried, Proof):
            also = self._also_shown(violation.requirement, violation.seen, self._proofs)
        if also is None:
            proof = self._alone(violation, tried)
            if minimize.shows_again(proof):
                self._proofs.append(proof)
            also = proof.counterexample
        if _is_conflict_with_others(also):
            self._run.ledger.take_back(violation.requirement, violation.kind)
        else:
            self._keep(violation, also)

    def _alone(self, violation: _Violation, tried: Repetition | Proof | None) -> Proof:
        run, requirement = self._run, violation.requirement
        self._name(violation, "alone")
        if isinstance(tried, Proof):
            proof = self._repeated(violation, tried)
            if proof.counterexample.hidden == tried.counterexample.hidden:
                return proof
        is_hidden = isinstance(tried, Repetition) and tried.proof_of(violation.seen) is None
        if isinstance(tried, Repetition) and is_hidden and not run.strands.are_several:
            return minimize.not_shown(run, requirement, violation.seen, tried)
        return minimize.minimize(run, requirement, violation.seen, violation.shrinks)

    def _also_shown(self, requirement: str, seen: Counterexample, proofs: Iterable[Proof]) -> Counterexample | None:
        """Return the counterexample that proofs of other violations are for this one, too."""
        shown = (minimize.also_shown(self._run, requirement, seen, proof) for proof in proofs)
        return next((counterexample for counterexample in shown if counterexample is not None), None)

    @contextmanager
    def _guarded(self, violation: _Violation) -> Iterator[None]:
        """Take an error of the toolkit as one of the requirement: making a counterexample small is no reason to lose it, or others."""
        try:
            yield
        except ConformanceError:
            raise
        except Exception as error:  # noqa: BLE001
            message = f"its counterexample was not made small: {type(error).__name__}: {error}"
            self._run.ledger.crashed(violation.requirement, message)

    def _keep(self, violation: _Violation, smaller: Counterexample) -> None:
        """Keep the smaller counterexample; what is left of two kinds may be one: then the second is taken back."""
        ledger, requirement, kind = self._run.ledger, violation.requirement, violation.kind
        kinds = ledger.tallies[requirement].kinds
        is_anothers = smaller.kind != kind and smaller.kind in kinds
        others = [other for name, other in kinds.items() if name is not kind]
        if is_anothers or any(are_alike(smaller, other, self._run) for other in others):
            ledger.take_back(requirement, kind)
        else:
            ledger.replace(requirement, kind, smaller)


def _causes(violations: Sequence[_Violation]) -> list[list[_Violation]]:
    """Return violations that probably have one cause together, most first: one exchange showed them, or they are of one kind."""
    causes: list[list[_Violation]] = []
    for violation in violations:
        related = [cause for cause in causes if any(_are_related(violation, other) for other in cause)]
        causes = [cause for cause in causes if cause not in related]
        causes.append([other for cause in related for other in cause] + [violation])
    return sorted(causes, key=len, reverse=True)


def _are_related(one: _Violation, other: _Violation) -> bool:
    return one.kind == other.kind or one.seen.exchanges[-1].number == other.seen.exchanges[-1].number


def _by_offender(violations: Iterable[_Violation]) -> list[list[_Violation]]:
    """Return violations in groups: those that the same exchange has shown."""
    groups: dict[int, list[_Violation]] = {}
    for violation in violations:
        groups.setdefault(violation.seen.exchanges[-1].number, []).append(violation)
    return list(groups.values())


def _is_conflict_with_others(counterexample: Counterexample) -> bool:
    """Whether a 409 (RFC 9110, 15.5.10) was seen only while other requests of the run were under way: the conflict was with those."""
    offender = counterexample.exchanges[-1]
    return counterexample.reproduced is False and offender.beside > 0 and offender.status == HTTPStatus.CONFLICT


def _is_locked_out(exchange: Exchange) -> bool:
    return exchange.request.credentials is Credentials.OWN and exchange.response is not None and exchange.response.locks_out
