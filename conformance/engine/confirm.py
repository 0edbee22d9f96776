"""Confirming violations: each is repeated, made small, and taken back if the target had only forgotten what it needs."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from conformance.core.errors import ConformanceError, TargetForgot
from conformance.engine.minimize import are_alike, minimize
from conformance.engine.replay import replay
from conformance.engine.run import Run
from conformance.engine.sentinel import Sentinel
from conformance.evidence.exchange import Credentials, Exchange
from conformance.evidence.violation_kinds import Kind

# What a run may spend on further kinds of violation of its requirements: in all, as a multiple of what one requirement's first has, and
# each as a part of that.
_SPARE, _PART = 8, 8


class Confirmation:
    """Repeats and minimizes what a run finds about the `wanted` requirements.

    `renew_supplies` makes anew what the whole run is built on, and returns the new id for each old one.
    """

    def __init__(
        self, run: Run, sentinel: Sentinel[Any], wanted: Collection[str], renew_supplies: Callable[[], Mapping[str, str]]
    ) -> None:
        self._run = run
        self._sentinel = sentinel
        self._wanted = wanted
        self._renew_supplies = renew_supplies
        # The kinds of violation, by requirement and fingerprint, that were repeated and made small, or need not be.
        self._confirmed: set[tuple[str, str]] = set()
        self._spare = run.budget.shrinks * _SPARE
        self._seen = 0

    def mark_confirmed(self, requirement: str, fingerprint: str) -> None:
        """Note that a kind of violation was confirmed before, or is being."""
        self._confirmed.add((requirement, fingerprint))

    def has_news(self) -> bool:
        """Whether there are more violations to confirm than when somebody asked last."""
        before, self._seen = self._seen, len(self._unconfirmed())
        return self._seen > before

    def confirm_new(self) -> None:
        """Repeat and minimize the violations that a scenario brought.

        Raises:
            TargetForgot: what was made before is gone, and some of them do not show with what is made anew.

        """
        new, forgotten = self._unconfirmed(), self._sentinel.identifier
        is_gone = bool(new) and self._sentinel.is_gone()
        renamed = self._renew_supplies() if is_gone else {}
        is_forgetful = is_gone and not self._sentinel.falls_to_deletes()
        taken_back = [kind for kind in new if is_forgetful and self._is_due_to_forgetting(*kind, renamed)]
        for requirement, kind in new:
            if (requirement, kind) not in taken_back:
                self._minimize(requirement, kind)
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

    def _minimize(self, requirement: str, kind: Kind) -> None:
        """Repeat a violation and make it small: the first of a requirement with all that the budget has for it, others with a part."""
        is_first = not any(name == requirement for name, _fingerprint in self._confirmed)
        if not is_first and self._spare <= 0:
            return
        self.mark_confirmed(requirement, kind.fingerprint(requirement))
        before, shrinks = self._run.exchanges, self._run.budget.shrinks // (1 if is_first else _PART)
        try:
            self._replace_by_smaller(requirement, kind, shrinks)
        except ConformanceError:
            raise
        except Exception as error:  # noqa: BLE001 - making a counterexample small is no reason to lose it, or others
            self._run.ledger.crashed(requirement, f"its counterexample was not made small: {type(error).__name__}: {error}")
        self._spare -= 0 if is_first else self._run.exchanges - before

    def _replace_by_smaller(self, requirement: str, kind: Kind, shrinks: int) -> None:
        """Keep the smaller counterexample; what is left of two kinds may be one: then the second is taken back."""
        ledger = self._run.ledger
        kinds = ledger.tallies[requirement].kinds
        if self._run.strands.are_several:  # the scenarios are over: each proof has names of its own, and stands under its scenario
            scenario = kinds[kind].exchanges[-1].scenario
            self._run.begin(f"{scenario} {requirement} {kind.fingerprint(requirement)}")
            self._run.scenario = scenario
        smaller = minimize(self._run, requirement, kinds[kind], shrinks)
        is_anothers = smaller.kind != kind and smaller.kind in kinds
        others = [other for name, other in kinds.items() if name is not kind]
        if is_anothers or any(are_alike(smaller, other, self._run) for other in others):
            ledger.take_back(requirement, kind)
        else:
            ledger.replace(requirement, kind, smaller)


def _is_locked_out(exchange: Exchange) -> bool:
    return exchange.request.credentials is Credentials.OWN and exchange.response is not None and exchange.response.locks_out
