"""Findings: what a tool says is wrong with a server, and what of it the server's fault or freedom is the reason of."""

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A check that failed, and the operation that it failed on; ours have requirements, which name their operation."""

    check: str
    operation: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """When a finding was there: after how many requests of the run and how many seconds after the tool was started."""

    requests: int | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Report:
    """What a tool found in one run, and what the run took."""

    findings: dict[Finding, Seen] = field(default_factory=dict)
    requests: int = 0
    seconds: float = 0.0


def subtracted(report: Report, plain: Iterable[Report]) -> dict[Finding, Seen]:
    """Return what a tool found on a server and in none of its runs against the faithful one."""
    known = {finding for one in plain for finding in one.findings}
    return {finding: seen for finding, seen in report.findings.items() if finding not in known}


def first(findings: dict[Finding, Seen]) -> Seen | None:
    """Return when the first of some findings was there, or None if there are none."""
    return min(findings.values(), key=lambda seen: seen.seconds, default=None)
