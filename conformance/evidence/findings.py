"""Findings: what is known of each requirement, as values that workers send, checkpoints keep and verdicts are given on."""

import json
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.core import typed_json
from conformance.evidence.answer_kinds import AnswerKinds
from conformance.evidence.ledger import MOST_KINDS, Ledger, Tally
from conformance.evidence.record import counterexample_record
from conformance.evidence.redaction import Redactor
from conformance.evidence.results import Example, Usage


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known of one requirement: an example of each kind of violation, and how many kinds were seen `more`."""

    checks: int = 0
    violations: int = 0
    examples: tuple[Example, ...] = ()
    more: int = 0
    errors: tuple[str, ...] = ()

    @property
    def counterexample(self) -> Example | None:
        """The one that says most."""
        return self.examples[0] if self.examples else None

    def with_example(self, example: Example) -> "Finding":
        """Keep an example too, in the place of one of its kind that says less; those that say most come first."""
        kept = next((known for known in self.examples if known.fingerprint == example.fingerprint), None)
        if kept is not None and not _outweighs(example, kept):
            return self
        examples = [known for known in self.examples if known is not kept] + [example]
        examples.sort(key=lambda known: (known.level is not None, known.reproduced is None))
        too_many = max(0, len(examples) - MOST_KINDS)
        return replace(self, examples=tuple(examples[:MOST_KINDS]), more=self.more + too_many)

    def with_error(self, error: str) -> "Finding":
        """Note that the toolkit itself failed."""
        return replace(self, errors=(*self.errors, error))

    def merged(self, other: "Finding") -> "Finding":
        """Return what both know together."""
        both = replace(
            self,
            checks=self.checks + other.checks,
            violations=self.violations + other.violations,
            more=self.more + other.more,
            errors=self.errors + other.errors,
        )
        for example in other.examples:
            both = both.with_example(example)
        return both


def _outweighs(new: Example, old: Example) -> bool:
    """Whether a counterexample says more than the kept one: it was repeated, weighs more, or is shorter."""
    if (new.reproduced is None) != (old.reproduced is None):
        return new.reproduced is not None
    if (new.level is None) != (old.level is None):
        return new.level is None
    return len(new.exchanges) < len(old.exchanges)


@dataclass(slots=True)
class Findings:
    """The findings of one process, or of several that were merged."""

    requests: int = 0
    by_requirement: dict[str, Finding] = field(default_factory=dict)
    scenarios: dict[str, int] = field(default_factory=dict)
    operations: dict[str, Usage] = field(default_factory=dict)
    shares: dict[str, tuple[int, int]] = field(default_factory=dict)
    cleaned: dict[str, int] = field(default_factory=dict)
    supplies: tuple[str, ...] = ()
    # What a person should know of how the run went, counted: answers that asked to wait, names that were taken.
    incidents: dict[str, int] = field(default_factory=dict)
    kinds: AnswerKinds = field(default_factory=AnswerKinds)

    def add_ledger(self, ledger: Ledger, redactor: Redactor) -> None:
        """Take over what a run's ledger holds, without secrets."""
        for requirement, tally in ledger.tallies.items():
            self._add(requirement, _recorded(requirement, tally, redactor))
        self._share(ledger.shares)
        self._use(ledger.usage)

    def merge(self, other: "Findings") -> None:
        """Add what another process has found."""
        self.requests += other.requests
        for requirement, finding in other.by_requirement.items():
            self._add(requirement, finding)
        self.count(other.scenarios)
        self._share(other.shares)
        self._use(other.operations)
        self.clean(other.cleaned)
        self.supplies += other.supplies
        self.note(other.incidents)
        self.kinds.merge(other.kinds)

    def count(self, scenarios: dict[str, int]) -> None:
        """Add how many requests scenarios sent."""
        _sum(self.scenarios, scenarios)

    def clean(self, cleaned: dict[str, int]) -> None:
        """Add what became of what a process had made."""
        _sum(self.cleaned, cleaned)

    def note(self, incidents: dict[str, int]) -> None:
        """Add what a person should know of how a process went."""
        _sum(self.incidents, {name: count for name, count in incidents.items() if count})

    def repeated(self, requirement: str, example: Example) -> None:
        """Put a counterexample that was repeated in the place of the first one of a requirement."""
        finding = self.by_requirement[requirement]
        self.by_requirement[requirement] = replace(finding, examples=(example, *finding.examples[1:]))

    def crashed(self, requirement: str, error: str) -> None:
        """Note that the toolkit itself failed while it repeated what a requirement's counterexample shows."""
        self.by_requirement[requirement] = self.by_requirement[requirement].with_error(error)

    def _share(self, shares: dict[str, tuple[int, int]]) -> None:
        for name, (hits, cases) in shares.items():
            before = self.shares.get(name, (0, 0))
            self.shares[name] = before[0] + hits, before[1] + cases

    def _use(self, operations: dict[str, Usage]) -> None:
        for name, usage in operations.items():
            self.operations[name] = self.operations[name].merged(usage) if name in self.operations else usage

    def _add(self, requirement: str, finding: Finding) -> None:
        self.by_requirement[requirement] = self.by_requirement.get(requirement, Finding()).merged(finding)

    def to_json(self) -> dict[str, Any]:
        """Return the findings as a JSON value."""
        value: dict[str, Any] = typed_json.to_json(self)
        return value

    @classmethod
    def from_json(cls, value: Any) -> "Findings":
        """Read what `to_json` wrote.

        Raises:
            ValueError: it is something else.

        """
        return typed_json.from_json(cls, value)


def _recorded(requirement: str, tally: Tally, redactor: Redactor) -> Finding:
    """Return a finding without secrets; a counterexample that cannot be written down must not take the record with it."""
    finding = Finding(tally.checks, tally.violations, more=len(tally.further), errors=tuple(map(redactor.ours, tally.errors)))
    for kind, counterexample in tally.kinds.items():
        try:
            example = counterexample_record(counterexample, redactor, fingerprint=kind.fingerprint(requirement))
            json.dumps(typed_json.to_json(example))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the toolkit's error, and costs this row only
            message = redactor.ours(f"{type(error).__name__}: {error}")
            finding = finding.with_error(f"its counterexample cannot be recorded: {message}")
        else:
            finding = finding.with_example(example)
    return finding


def _sum(into: dict[str, int], more: dict[str, int]) -> None:
    for name, number in more.items():
        into[name] = into.get(name, 0) + number
