"""Violations and counterexamples: what exchanges showed about each requirement, as they are judged."""

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from conformance.core.pointers import MISSING, Pointer
from conformance.evidence import violation_kinds
from conformance.evidence.exchange import Exchange
from conformance.evidence.redaction import is_said
from conformance.evidence.requirements import Level
from conformance.evidence.results import Usage
from conformance.evidence.violation_kinds import Kind


@dataclass(frozen=True, slots=True)
class Violation:
    """One promise broken by one exchange.

    `level` is set where this way of breaking the requirement weighs less than the requirement does; `supporting` holds exchanges that
    it takes to see the violation and that the offender does not build on. `kind` says more of what differs than the types of both sides.
    `told` says in the words of the contract what happened to which values; it tells no kind of violation from others.
    """

    message: str
    expected: Any = MISSING
    actual: Any = MISSING
    at: Pointer | None = None
    level: Level | None = None
    supporting: tuple[Exchange, ...] = ()
    kind: str = ""
    told: str = ""


@dataclass(frozen=True, slots=True)
class Counterexample:
    """The smallest known proof of a violation: the exchanges in order, and what became of it when they were repeated.

    `shown` counts the repetitions that showed it again and `hidden` those that did not; `held` has the exchanges of the last of these.
    `origin` is the number of the exchange that showed it first.
    """

    violation: Violation
    exchanges: tuple[Exchange, ...]
    origin: int = 0
    shown: int = 0
    hidden: int = 0
    held: tuple[Exchange, ...] = ()

    @property
    def kind(self) -> Kind:
        """The kind of the violation."""
        return kind_of(self.violation, self.exchanges[-1])

    def is_same_as(self, other: "Counterexample") -> bool:
        """Whether both show the same: the same kind of violation of the same weight."""
        return (self.kind, self.violation.level) == (other.kind, other.violation.level)

    @property
    def reproduced(self) -> bool | None:
        """Whether any repetition showed it, or None if there was none."""
        return self.shown > 0 if self.shown or self.hidden else None


MOST_KINDS = 10


@dataclass(slots=True)
class Tally:
    """What the checks said of one requirement so far: a counterexample for each of the first kinds of violation, and further kinds."""

    checks: int = 0
    violations: int = 0
    kinds: dict[Kind, Counterexample] = field(default_factory=dict)
    further: set[Kind] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)

    @property
    def counterexample(self) -> Counterexample | None:
        """The first of the weightiest."""
        return min(self.kinds.values(), key=lambda counterexample: counterexample.violation.level is not None, default=None)


def _bound(seconds: float) -> str:
    """Return the least power of two, in milliseconds, that a time is not longer than; a quarter at least."""
    return f"{2.0 ** max(-2, math.ceil(math.log2(max(seconds * 1000, 1e-9)))):g}"


class Ledger:
    """Collects what the checks say, one tally a requirement; the only mutable part of the evidence."""

    def __init__(self) -> None:
        self.tallies: dict[str, Tally] = {}
        self.shares: dict[str, tuple[int, int]] = {}
        # By operation: how often each status came back, and how often each bound of a latency.
        self._seen: dict[str, tuple[Counter[str], Counter[str]]] = {}
        # Whether a requirement was seen violated for the first time since somebody asked.
        self.has_news = False
        # How many kinds of violation there were so far.
        self.kinds_seen = 0
        self.violations = 0

    def measured(self, name: str, hits: int, cases: int = 1) -> None:
        """Count cases of something whose share is worth knowing; the name says what is true of the hits, as the end of "5 of 7 …"."""
        before, all_before = self.shares.get(name, (0, 0))
        self.shares[name] = before + hits, all_before + cases

    def exchanged(self, exchange: Exchange) -> None:
        """Count what came back for an operation, and how long it took."""
        response = exchange.response
        statuses, latencies = self._seen.setdefault(exchange.case.operation.name, (Counter(), Counter()))
        statuses["none" if response is None else str(response.status)] += 1
        if response is not None:
            latencies[_bound(response.seconds)] += 1

    @property
    def usage(self) -> dict[str, Usage]:
        """What was seen of each operation."""
        return {name: Usage(dict(statuses), dict(latencies)) for name, (statuses, latencies) in self._seen.items()}

    def held(self, requirement: str) -> None:
        """Count a check that held."""
        self._tally(requirement).checks += 1

    def broken(self, requirement: str, violation: Violation, exchange: Exchange) -> None:
        """Count a check that did not hold; the first violation of each kind is kept as its counterexample."""
        finding, kind = self._tally(requirement), kind_of(violation, exchange)
        finding.checks += 1
        finding.violations += 1
        self.violations += 1
        if kind in finding.kinds:
            return
        if len(finding.kinds) >= MOST_KINDS:
            finding.further.add(kind)
            return
        self.has_news = True
        self.kinds_seen += 1
        finding.kinds[kind] = Counterexample(violation, chain(exchange, violation), exchange.number)

    def crashed(self, requirement: str, error: str) -> None:
        """Note that the toolkit itself failed while it judged a requirement."""
        errors = self._tally(requirement).errors
        if error not in errors:
            errors.append(error)

    def replace(self, requirement: str, kind: Kind, counterexample: Counterexample) -> None:
        """Replace the counterexample of a kind by a smaller one."""
        self._tally(requirement).kinds[kind] = counterexample

    def take_back(self, requirement: str, kind: Kind) -> None:
        """Forget a kind of violation: what was seen says nothing of what the server promises. The last one takes their number with it."""
        finding = self._tally(requirement)
        del finding.kinds[kind]
        if not finding.kinds:
            finding.checks -= finding.violations
            finding.violations, finding.further = 0, set()

    def failed(self) -> set[str]:
        """Return the requirements with a violation."""
        return {identifier for identifier, finding in self.tallies.items() if finding.kinds}

    def seen(self) -> list[tuple[str, Kind]]:
        """Return the kinds of violation that were seen, by requirement."""
        return [(identifier, kind) for identifier, finding in sorted(self.tallies.items()) for kind in finding.kinds]

    def _tally(self, requirement: str) -> Tally:
        tally = self.tallies.get(requirement)
        if tally is None:
            tally = self.tallies[requirement] = Tally()
        return tally


def kind_of(violation: Violation, exchange: Exchange) -> Kind:
    """Return the kind of a violation that an exchange shows."""
    case = exchange.case
    difference = violation.kind or violation_kinds.difference(violation.expected, violation.actual)
    # A status says little of what is wrong; what the request was the test of says more.
    if violation.at is None and case.about and is_said(violation.actual):
        difference += f", {case.about[0]}"
    where = violation_kinds.place(violation.at or (), case.operation.user_keys)
    return Kind(case.operation.name, violation.message, where, difference)


def chain(exchange: Exchange, violation: Violation) -> tuple[Exchange, ...]:
    """Return the exchanges that prove a violation, each once and after those it builds on; the offender is the last."""
    ordered: dict[int, Exchange] = {}
    seen: set[int] = set()

    def visit(visited: Exchange) -> None:
        if visited.number in seen:
            return
        seen.add(visited.number)
        for earlier in visited.context:
            visit(earlier)
        ordered[visited.number] = visited

    for proof in (*violation.supporting, exchange):
        visit(proof)
    return tuple(ordered.values())
