"""Violations and counterexamples: what exchanges showed about each requirement, as they are judged."""

from dataclasses import dataclass, field
from typing import Any

from conformance.contract.pointers import MISSING, Pointer
from conformance.contract.requirements import Level
from conformance.evidence.exchange import Exchange


@dataclass(frozen=True, slots=True)
class Violation:
    """One promise broken by one exchange.

    `level` is set where this way of breaking the requirement weighs less than the requirement does; `beside` holds exchanges that
    it takes to see the violation and that the offender does not build on.
    """

    message: str
    expected: Any = MISSING
    actual: Any = MISSING
    at: Pointer | None = None
    level: Level | None = None
    beside: tuple[Exchange, ...] = ()


@dataclass(frozen=True, slots=True)
class Counterexample:
    """The smallest known proof of a violation: the exchanges in order, and what became of it when they were repeated.

    `shown` counts the repetitions that showed it again and `hidden` those that did not; `held` has the exchanges of the last of these.
    """

    violation: Violation
    exchanges: tuple[Exchange, ...]
    shown: int = 0
    hidden: int = 0
    held: tuple[Exchange, ...] = ()

    @property
    def reproduced(self) -> bool | None:
        """Whether any repetition showed it, or None if there was none."""
        return self.shown > 0 if self.shown or self.hidden else None


@dataclass(slots=True)
class Finding:
    """What is known of one requirement so far."""

    checks: int = 0
    violations: int = 0
    counterexample: Counterexample | None = None
    errors: list[str] = field(default_factory=list)


class Ledger:
    """Collects what the checks say, one finding a requirement; the only mutable part of the evidence."""

    def __init__(self) -> None:
        self.findings: dict[str, Finding] = {}
        self.shares: dict[str, tuple[int, int]] = {}
        # Whether a requirement was seen violated for the first time since somebody asked.
        self.has_news = False

    def measured(self, name: str, *, hit: bool) -> None:
        """Count one case of something whose share is worth knowing, such as filters that select some documents and not others."""
        hits, cases = self.shares.get(name, (0, 0))
        self.shares[name] = hits + hit, cases + 1

    def held(self, requirement: str) -> None:
        """Count a check that held."""
        self._finding(requirement).checks += 1

    def broken(self, requirement: str, violation: Violation, exchange: Exchange) -> None:
        """Count a check that did not hold; the first of the weightiest violations is kept as the counterexample."""
        finding = self._finding(requirement)
        finding.checks += 1
        finding.violations += 1
        kept = finding.counterexample
        self.has_news = self.has_news or kept is None
        if kept is None or (kept.violation.level is not None and violation.level is None):
            finding.counterexample = Counterexample(violation, chain(exchange, violation))

    def crashed(self, requirement: str, error: str) -> None:
        """Note that the toolkit itself failed while it judged a requirement."""
        errors = self._finding(requirement).errors
        if error not in errors:
            errors.append(error)

    def explained(self, requirement: str, counterexample: Counterexample) -> None:
        """Replace the counterexample by a smaller one."""
        self._finding(requirement).counterexample = counterexample

    def take_back(self, requirement: str) -> None:
        """Forget the violations of a requirement: what was seen says nothing of what the server promises."""
        finding = self._finding(requirement)
        finding.checks -= finding.violations
        finding.violations, finding.counterexample = 0, None

    def failed(self) -> set[str]:
        """Return the requirements with a violation."""
        return {identifier for identifier, finding in self.findings.items() if finding.counterexample is not None}

    def _finding(self, requirement: str) -> Finding:
        found = self.findings.get(requirement)
        if found is None:
            found = self.findings[requirement] = Finding()
        return found


def chain(exchange: Exchange, violation: Violation) -> tuple[Exchange, ...]:
    """Return the exchanges that prove a violation, each once and after those it builds on; the offender is the last."""
    ordered: dict[int, Exchange] = {}
    seen: set[int] = set()

    def visit(one: Exchange) -> None:
        if one.number in seen:
            return
        seen.add(one.number)
        for earlier in one.context:
            visit(earlier)
        ordered[one.number] = one

    for one in (*violation.beside, exchange):
        visit(one)
    return tuple(ordered.values())
