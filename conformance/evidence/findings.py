"""Findings: what is known of each requirement, as JSON values that workers can send and reports can read."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from conformance.evidence import ledger
from conformance.evidence.ledger import MOST_KINDS, Ledger
from conformance.evidence.record import counterexample_record
from conformance.evidence.redaction import Redact, ours, redacted

Example = dict[str, Any]


@dataclass(slots=True)
class Finding:
    """What is known of one requirement; `examples` are records (`evidence.record.counterexample_record`), one a kind of violation.

    `more` is how many kinds were seen beyond those.
    """

    checks: int = 0
    violations: int = 0
    examples: list[Example] = field(default_factory=list)
    more: int = 0
    errors: list[str] = field(default_factory=list)

    @property
    def counterexample(self) -> Example | None:
        """The one that says most."""
        return self.examples[0] if self.examples else None

    def add(self, example: Example) -> None:
        """Keep an example, in the place of one of its kind that says less; those that say most come first."""
        kept = next((one for one in self.examples if one["fingerprint"] == example["fingerprint"]), None)
        if kept is not None and not _outweighs(example, kept):
            return
        self.examples = [one for one in self.examples if one is not kept] + [example]
        self.examples.sort(key=lambda one: (one["level"] is not None, one["reproduced"] is None))
        if len(self.examples) > MOST_KINDS:
            self.examples.pop()
            self.more += 1


@dataclass(slots=True)
class Findings:
    """The findings of one process, or of several that were merged."""

    requests: int = 0
    by_requirement: dict[str, Finding] = field(default_factory=dict)
    scenarios: dict[str, int] = field(default_factory=dict)
    shares: dict[str, tuple[int, int]] = field(default_factory=dict)
    cleaned: dict[str, int] = field(default_factory=dict)
    buckets: list[str] = field(default_factory=list)
    # What a person should know of how the run went, counted: answers that asked to wait, names that were taken.
    incidents: dict[str, int] = field(default_factory=dict)

    def add_ledger(self, seen: Ledger, redact: Redact) -> None:
        """Take over what a run's ledger holds, without secrets."""
        for requirement, found in seen.findings.items():
            self._add(requirement, _recorded(requirement, found, redact))
        self._share(seen.shares)

    def merge(self, other: "Findings") -> None:
        """Add what another process has found."""
        self.requests += other.requests
        for requirement, finding in other.by_requirement.items():
            self._add(requirement, finding)
        self.count(other.scenarios)
        self._share(other.shares)
        self.clean(other.cleaned)
        self.buckets += other.buckets
        self.note(other.incidents)

    def count(self, scenarios: dict[str, int]) -> None:
        """Add how many requests scenarios sent."""
        _sum(self.scenarios, scenarios)

    def clean(self, cleaned: dict[str, int]) -> None:
        """Add what became of what a process had made."""
        _sum(self.cleaned, cleaned)

    def note(self, incidents: dict[str, int]) -> None:
        """Add what a person should know of how a process went."""
        _sum(self.incidents, {name: count for name, count in incidents.items() if count})

    def _share(self, shares: dict[str, tuple[int, int]]) -> None:
        for name, (hits, cases) in shares.items():
            before = self.shares.get(name, (0, 0))
            self.shares[name] = before[0] + hits, before[1] + cases

    def _add(self, requirement: str, found: Finding) -> None:
        kept = self.by_requirement.setdefault(requirement, Finding())
        kept.checks += found.checks
        kept.violations += found.violations
        kept.errors += found.errors
        kept.more += found.more
        for example in found.examples:
            kept.add(example)

    def to_json(self) -> dict[str, Any]:
        """Return the findings as a JSON value."""
        return {
            "requests": self.requests,
            "findings": {name: asdict(finding) for name, finding in self.by_requirement.items()},
            "scenarios": self.scenarios,
            "shares": self.shares,
            "cleaned": self.cleaned,
            "buckets": self.buckets,
            "incidents": self.incidents,
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Findings":
        """Read what `to_json` wrote."""
        found = {name: Finding(**finding) for name, finding in value["findings"].items()}
        shares = {name: (hits, cases) for name, (hits, cases) in value["shares"].items()}
        return cls(value["requests"], found, value["scenarios"], shares, value["cleaned"], value["buckets"], value["incidents"])


def _recorded(requirement: str, found: ledger.Finding, redact: Redact) -> Finding:
    """Return a finding as JSON values; a counterexample that cannot be written down must not take the record with it."""
    made = Finding(found.checks, found.violations, more=len(found.further), errors=[ours(redact, error) for error in found.errors])
    for kind, counterexample in found.kinds.items():
        try:
            record = counterexample_record(counterexample, redact, fingerprint=kind.fingerprint(requirement))
            example = redacted(record, redact)
            json.dumps(example)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the toolkit's error, and costs this row only
            made.errors.append(f"its counterexample cannot be recorded: {type(error).__name__}: {ours(redact, str(error))}")
        else:
            made.add(example)
    return made


def _sum(into: dict[str, int], more: dict[str, int]) -> None:
    for name, number in more.items():
        into[name] = into.get(name, 0) + number


def _outweighs(new: Example, old: Example) -> bool:
    """Whether a counterexample says more than the kept one: it was repeated, weighs more, or is shorter."""
    if (new["reproduced"] is None) != (old["reproduced"] is None):
        return new["reproduced"] is not None
    if (new["level"] is None) != (old["level"] is None):
        return new["level"] is None
    return len(new["exchanges"]) < len(old["exchanges"])
