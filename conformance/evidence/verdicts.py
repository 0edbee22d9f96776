"""Verdicts: on each requirement and on the run; not exercised is not passed, and a crash is the toolkit's error."""

import fnmatch
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from conformance.evidence.findings import Finding
from conformance.evidence.requirements import Level, Requirement
from conformance.evidence.results import Declared, Example, Row, Status, Verdict


@dataclass(frozen=True, slots=True)
class KnownDeviation:
    """A declared deviation: a requirement's id or a glob, the reason, and the last day it holds.

    What `is_flaky` is known to fail now and then; that it did not fail is no news. With `fingerprints` it covers these kinds of violation
    alone.
    """

    requirement: str
    reason: str
    expires: date | None = None
    is_flaky: bool = False
    fingerprints: tuple[str, ...] = ()
    since: date | None = None
    issue: str | None = None

    @property
    def declared(self) -> Declared:
        """What a record says of it."""
        since, expires = (None if day is None else day.isoformat() for day in (self.since, self.expires))
        return Declared(self.reason, since, expires, self.issue)

    def covers(self, requirement: str) -> bool:
        """Whether it is about the requirement."""
        return fnmatch.fnmatchcase(requirement, self.requirement)

    def holds(self, today: date) -> bool:
        """Whether it still holds today."""
        return self.expires is None or today <= self.expires


def row(requirement: Requirement, finding: Finding | None, *, lacking: str | None, known: Sequence[KnownDeviation], today: date,
        unclear: str | None = None) -> Row:  # fmt: skip
    """Give the verdict on one requirement; `lacking` says why it is not applicable, and is None where it is.

    `unclear` says why nobody knows whether it is: then it is not exercised, rather than not applicable.
    """
    blank = _blank(requirement)
    if lacking is not None:
        return replace(blank, status=Status.NOT_APPLICABLE, reason=lacking)
    if finding is None or not (finding.checks or finding.errors):
        return replace(blank, reason=_unexercised(requirement, unclear))
    counted = replace(blank, checks=finding.checks, violations=finding.violations, more=finding.more)
    if finding.examples:
        return _violated(counted, finding.examples, [deviation for deviation in known if deviation.covers(requirement.id)], today)
    if finding.errors:
        return replace(counted, status=Status.ERROR, reason="; ".join(finding.errors))
    return replace(counted, status=Status.PASSED)


def _blank(requirement: Requirement) -> Row:
    """Return the row of a requirement that nothing is known of."""
    return Row(
        requirement.id,
        requirement.level,
        requirement.profile,
        Status.NOT_EXERCISED,
        text=requirement.text,
        source=requirement.source,
        subject=requirement.subject,
        stated_level=requirement.level,
        tested=requirement.not_tested is None,
    )


def _unexercised(requirement: Requirement, unclear: str | None) -> str:
    why = unclear or requirement.not_tested or "nothing that was sent and answered could show it"
    if unclear is None and requirement.names is not None:
        why += f"; what could names {requirement.names}, which a target file's vocabulary can list"
    return why


def _violated(counted: Row, examples: tuple[Example, ...], known: Sequence[KnownDeviation], today: date) -> Row:
    """Give the verdict on a requirement that was seen violated; what no known deviation covers comes first."""
    new = _unknown(known, examples, today)
    status, reason = _judged(known, new, today)
    deviation = next((deviation for deviation in known if deviation.holds(today)), None) or next(iter(known), None)
    first, *others = [*new, *(example for example in examples if example not in new)]
    return replace(
        counted,
        level=first.level or counted.level,
        status=status,
        reason=reason,
        flaky=first.repetitions.not_shown > 0,
        counterexample=first,
        others=tuple(others),
        declared=None if deviation is None else deviation.declared,
    )


def _unknown(known: Sequence[KnownDeviation], examples: Sequence[Example], today: date) -> list[Example]:
    """Return the violations of a requirement that no known deviation of it covers: one without fingerprints covers all."""
    valid = [deviation for deviation in known if deviation.holds(today)]
    if any(not deviation.fingerprints for deviation in valid):
        return []
    fingerprints = {fingerprint for deviation in valid for fingerprint in deviation.fingerprints}
    return [example for example in examples if example.fingerprint not in fingerprints]


def _judged(known: Sequence[KnownDeviation], new: Sequence[Example], today: date) -> tuple[Status, str | None]:
    valid = next((deviation for deviation in known if deviation.holds(today)), None)
    if valid is not None and not new:
        return Status.DEVIATION, f"declared flaky: {valid.reason}" if valid.is_flaky else valid.reason
    if valid is not None:
        return Status.FAILED, f"it breaks in a way that the declared deviation does not cover ({valid.reason})"
    expired = next(iter(known), None)
    return Status.FAILED, None if expired is None else f"the declared deviation expired on {expired.expires}: {expired.reason}"


def verdict(rows: Iterable[Row], *, ended: str | None, strict: bool) -> tuple[Verdict, str | None]:
    """Give the verdict on a run, and why it is incomplete if it is.

    A failed MUST decides (a failed SHOULD too if strict), unless the run was cut short; then what lacks to be judged leaves it open.
    """
    rows = list(rows)
    if ended is not None:
        return Verdict.INCOMPLETE, ended
    if any(row.weighs(strict=strict) for row in rows):
        return Verdict.NOT_CONFORMING, None
    because = _open(rows)
    return (Verdict.CONFORMING, None) if because is None else (Verdict.INCOMPLETE, because)


def _open(rows: Sequence[Row]) -> str | None:
    """Return why nobody can say whether a target conforms of which no failure is known, or None."""
    errors = [row.id for row in rows if row.status is Status.ERROR]
    if errors:
        return f"the toolkit failed in {_some(errors)}"
    # What this version has no test for is said in its row, and is no fault of this run.
    unjudged = [row.id for row in rows if row.status is Status.NOT_EXERCISED and row.level is Level.MUST and row.tested]
    if unjudged:
        return f"not exercised: {_some(unjudged)}"
    if all(row.status in (Status.NOT_APPLICABLE, Status.NOT_EXERCISED) for row in rows):
        return "nothing was judged: the target has no profile that what was selected needs"
    return None


def stale(rows: Iterable[Row], known: Sequence[KnownDeviation]) -> tuple[str, ...]:
    """Return the declared deviations that no failure shows any more, though something they cover was judged."""
    judged = [row for row in rows if row.status in (Status.PASSED, Status.FAILED, Status.DEVIATION)]
    return tuple(deviation.requirement for deviation in known if not deviation.is_flaky and _is_stale(deviation, judged))


def _is_stale(deviation: KnownDeviation, judged: Sequence[Row]) -> bool:
    covered = [row for row in judged if deviation.covers(row.id)]
    return bool(covered) and all(row.status is Status.PASSED for row in covered)


def _some(names: Sequence[str], most: int = 3) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
