"""Findings: what a tool reports about a server, and which of it counts."""

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A check that failed, and the operation for which it failed. Our own findings have a requirement and no operation."""

    check: str
    operation: str = ""


@dataclass(frozen=True, slots=True)
class FirstSeen:
    """When a finding was first reported: after how many requests, and how many seconds after the tool was started."""

    requests: int | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Report:
    """What a tool found in one run, and how many requests and seconds the run took."""

    findings: dict[Finding, FirstSeen] = field(default_factory=dict)
    requests: int = 0
    seconds: float = 0.0


def new_findings(report: Report, unchanged: Iterable[Report]) -> dict[Finding, FirstSeen]:
    """Return the findings of a report that no report about the unchanged reference has."""
    known = {finding for other in unchanged for finding in other.findings}
    return {finding: first_seen for finding, first_seen in report.findings.items() if finding not in known}


def earliest(findings: dict[Finding, FirstSeen]) -> FirstSeen | None:
    """Return when the earliest of some findings was reported, or None if there are none."""
    return min(findings.values(), key=lambda first_seen: first_seen.seconds, default=None)
