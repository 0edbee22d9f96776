"""Violations, counterexamples and verdicts: what exchanges showed about each requirement."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from conformance.contract.pointers import MISSING, Pointer
from conformance.contract.requirements import Level, Requirement
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


class Status(StrEnum):
    """The verdict on one requirement."""

    PASSED = "passed"
    FAILED = "failed"
    DEVIATION = "deviation"
    NOT_APPLICABLE = "not-applicable"
    NOT_EXERCISED = "not-exercised"
    ERROR = "error"


class Verdict(StrEnum):
    """The verdict on a run."""

    CONFORMING = "conforming"
    NOT_CONFORMING = "not conforming"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True, slots=True)
class Counterexample:
    """The smallest known proof of a violation: the exchanges in order, and whether a repetition showed it again."""

    violation: Violation
    exchanges: tuple[Exchange, ...]
    reproduced: bool | None = None


@dataclass(slots=True)
class Finding:
    """What is known of one requirement so far."""

    checks: int = 0
    violations: int = 0
    counterexample: Counterexample | None = None
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement's verdict, as reports show it. `reason` says why a requirement was not tested or what crashed."""

    requirement: Requirement
    level: Level
    status: Status
    checks: int
    violations: int = 0
    counterexample: Counterexample | None = None
    reason: str | None = None


class Ledger:
    """Collects what the checks say, one finding a requirement; the only mutable part of the evidence."""

    def __init__(self) -> None:
        self.findings: dict[str, Finding] = {}

    def held(self, requirement: str) -> None:
        """Count a check that held."""
        self._finding(requirement).checks += 1

    def broken(self, requirement: str, violation: Violation, exchange: Exchange) -> None:
        """Count a check that did not hold; the first of the weightiest violations is kept as the counterexample."""
        finding = self._finding(requirement)
        finding.checks += 1
        finding.violations += 1
        kept = finding.counterexample
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

    def failed(self) -> set[str]:
        """Return the requirements with a violation."""
        return {identifier for identifier, finding in self.findings.items() if finding.counterexample is not None}

    def _finding(self, requirement: str) -> Finding:
        return self.findings.setdefault(requirement, Finding())


def row(requirement: Requirement, finding: Finding | None, *, applicable: bool) -> Row:
    """Give the verdict on one requirement: not exercised is not passed, and a crash outweighs what else was seen."""
    if not applicable:
        return Row(requirement, requirement.level, Status.NOT_APPLICABLE, 0)
    if finding is None:
        return Row(requirement, requirement.level, Status.NOT_EXERCISED, 0, reason=requirement.not_tested)
    status, level, reason = Status.PASSED, requirement.level, None
    if finding.counterexample is not None:
        status, level = Status.FAILED, finding.counterexample.violation.level or level
    elif finding.errors:
        status, reason = Status.ERROR, "; ".join(finding.errors)
    elif not finding.checks:
        status = Status.NOT_EXERCISED
    return Row(requirement, level, status, finding.checks, finding.violations, finding.counterexample, reason)


def verdict(rows: list[Row], *, complete: bool, strict: bool) -> Verdict:
    """Give the verdict on a run: a failed MUST (any SHOULD too, if strict) decides; what a MUST lacks to be judged leaves it open."""
    binding = (Level.MUST, Level.SHOULD) if strict else (Level.MUST,)
    if not complete:
        return Verdict.INCOMPLETE
    if any(one.status is Status.FAILED and one.level in binding for one in rows):
        return Verdict.NOT_CONFORMING
    unsettled = {Status.ERROR, Status.NOT_EXERCISED}
    if any(one.status is Status.ERROR or (one.status in unsettled and one.level is Level.MUST) for one in rows):
        return Verdict.INCOMPLETE
    return Verdict.CONFORMING


def chain(exchange: Exchange, violation: Violation) -> tuple[Exchange, ...]:
    """Return the exchanges that prove a violation, each once and after those it builds on; the offender is the last."""
    ordered: dict[int, Exchange] = {}

    def visit(one: Exchange) -> None:
        for earlier in one.context:
            visit(earlier)
        ordered.setdefault(one.number, one)

    for one in (*violation.beside, exchange):
        visit(one)
    return tuple(ordered.values())
