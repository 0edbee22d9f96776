"""Verdicts: on each requirement and on the run; not exercised is not passed, and a crash is the toolkit's error."""

import fnmatch
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from conformance.contracts.collections.requirements import requirements as registry
from conformance.evidence.findings import Example, Finding
from conformance.evidence.requirements import Level, Requirement


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
class Excuse:
    """A declared deviation: a requirement's id or a glob, the reason, and the last day it holds.

    What `is_flaky` is known to fail now and then; that it did not fail is no news. With `fingerprints` it covers these kinds of violation
    alone.
    """

    requirement: str
    reason: str
    expires: date | None = None
    is_flaky: bool = False
    fingerprints: tuple[str, ...] = ()

    def covers(self, requirement: str) -> bool:
        """Whether it is about the requirement."""
        return fnmatch.fnmatchcase(requirement, self.requirement)

    def holds(self, today: date) -> bool:
        """Whether it excuses anything today."""
        return self.expires is None or today <= self.expires


@dataclass(frozen=True, slots=True)
class Row:
    """The verdict on one requirement; `reason` says why it was not tested, what crashed, what excuses it or no longer does.

    It is `flaky` if a repetition of its counterexample did not show the violation. `others` are counterexamples of other kinds of
    violation, and `more` is how many kinds were seen beyond those.
    """

    id: str
    level: Level
    profile: str
    status: Status
    checks: int = 0
    violations: int = 0
    reason: str | None = None
    flaky: bool = False
    counterexample: dict[str, Any] | None = None
    others: tuple[dict[str, Any], ...] = ()
    more: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return the row as `results.json` holds it."""
        return {name: getattr(self, name) for name in self.__slots__}


def row(requirement: Requirement, found: Finding | None, *, lacking: str | None, excuses: Sequence[Excuse], today: date,
        unclear: str | None = None) -> Row:  # fmt: skip
    """Give the verdict on one requirement; `lacking` says why it is not applicable, and is None where it is.

    `unclear` says why nobody knows whether it is: then it is not exercised, rather than not applicable.
    """
    if lacking is not None:
        return Row(requirement.id, requirement.level, requirement.profile, Status.NOT_APPLICABLE, reason=lacking)
    if found is None or not (found.checks or found.errors):
        why = unclear or requirement.not_tested or "nothing that was sent and answered could show it"
        if unclear is None and requirement.names is not None:
            why += f"; what could names {requirement.names}, which a target file's vocabulary can list"
        return Row(requirement.id, requirement.level, requirement.profile, Status.NOT_EXERCISED, reason=why)
    status, level = Status.PASSED, requirement.level
    reason: str | None = None
    examples = found.examples
    if examples:
        declared = [one for one in excuses if one.covers(requirement.id)]
        new = _undeclared(declared, examples, today)
        status, reason = _excused(declared, new, today)
        examples = [*new, *(one for one in examples if one not in new)]
        level = Level(examples[0]["level"] or level)
    elif found.errors:
        status, reason = Status.ERROR, "; ".join(found.errors)
    first = examples[0] if examples else None
    is_flaky = first is not None and first["repetitions"]["not_shown"] > 0
    return Row(requirement.id, level, requirement.profile, status, found.checks, found.violations, reason, is_flaky, first,
               tuple(examples[1:]), found.more)  # fmt: skip


def _undeclared(declared: Sequence[Excuse], examples: Sequence[Example], today: date) -> list[Example]:
    """Return the violations of a requirement that no declared deviation of it covers: one without fingerprints covers all."""
    valid = [one for one in declared if one.holds(today)]
    if any(not one.fingerprints for one in valid):
        return []
    known = {fingerprint for one in valid for fingerprint in one.fingerprints}
    return [one for one in examples if one["fingerprint"] not in known]


def _excused(declared: Sequence[Excuse], new: Sequence[Example], today: date) -> tuple[Status, str | None]:
    valid = next((one for one in declared if one.holds(today)), None)
    if valid is not None and not new:
        return Status.DEVIATION, f"declared flaky: {valid.reason}" if valid.is_flaky else valid.reason
    if valid is not None:
        return Status.FAILED, f"it breaks in a way that the declared deviation does not cover ({valid.reason})"
    expired = next(iter(declared), None)
    return Status.FAILED, None if expired is None else f"the declared deviation expired on {expired.expires}: {expired.reason}"


def binds(status: str, level: str, *, strict: bool) -> bool:
    """Whether a row makes its run not conforming: a failed MUST, and if strict a failed SHOULD."""
    return status == Status.FAILED and (level == Level.MUST or (strict and level == Level.SHOULD))


def verdict(rows: Iterable[Row], *, ended: str | None, strict: bool) -> tuple[Verdict, str | None]:
    """Give the verdict on a run, and why it is incomplete if it is.

    A failed MUST decides (a failed SHOULD too if strict), unless the run was cut short; then what lacks to be judged leaves it open.
    """
    rows = list(rows)
    if ended is not None:
        return Verdict.INCOMPLETE, ended
    if any(binds(one.status, one.level, strict=strict) for one in rows):
        return Verdict.NOT_CONFORMING, None
    errors = [one.id for one in rows if one.status is Status.ERROR]
    if errors:
        return Verdict.INCOMPLETE, f"the toolkit failed in {_some(errors)}"
    # What this version has no test for is said in its row, and is no fault of this run.
    untested = {name for name, requirement in registry().items() if requirement.not_tested}
    open_ones = [
        one.id for one in rows if one.status is Status.NOT_EXERCISED and one.level is Level.MUST and one.id not in untested
    ]
    if open_ones:
        return Verdict.INCOMPLETE, f"not exercised: {_some(open_ones)}"
    if all(one.status in (Status.NOT_APPLICABLE, Status.NOT_EXERCISED) for one in rows):
        return Verdict.INCOMPLETE, "nothing was judged: the target has no profile that what was selected needs"
    return Verdict.CONFORMING, None


def stale(rows: Iterable[Row], excuses: Sequence[Excuse]) -> list[str]:
    """Return the declared deviations that no failure shows any more, though something they cover was judged."""
    rows = [one for one in rows if one.status in (Status.PASSED, Status.FAILED, Status.DEVIATION)]
    return [
        excuse.requirement
        for excuse in excuses
        if not excuse.is_flaky
        and (judged := [one for one in rows if excuse.covers(one.id)])
        and not any(one.status in (Status.FAILED, Status.DEVIATION) for one in judged)
    ]


def _some(names: Sequence[str], most: int = 3) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
