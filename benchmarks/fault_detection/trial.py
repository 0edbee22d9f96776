"""A trial: run the scenarios against the reference with one fault, or against one benign variant of the reference.

A benign variant takes a freedom that the contract leaves. It is correct, so anything reported about it is a false alarm.
"""

import time
from dataclasses import dataclass, field

from conformance.contracts.collections.reference.faults import Fault
from conformance.engine import minimize
from conformance.engine.budget import BUDGETS
from conformance.engine.run import Run
from conformance.evidence.ledger import Counterexample
from fault_detection.bank import ROOT, Bank
from fault_detection.counterexample_size import CounterexampleSize, measure

__all__ = ["ROOT", "FaultResult", "VariantResult", "run_fault", "run_variant"]


@dataclass(frozen=True, slots=True)
class FaultResult:
    """The result of a trial of one fault at one budget with one seed. The names of the members are those in reports/faults.json.

    - `breaks`: the requirement that the fault breaks.
    - `is_whole`: whether all scenarios ran. Otherwise only those ran that check the broken requirement, until it failed.
    - `named`: all requirements that failed.
    - `requests`, `seconds`, `scenario`: after how many requests and seconds the broken requirement failed, and in which scenario.
    - `size`: how large the reduced counterexample is.
    - `sent`, `took`: how many requests and seconds the whole trial took.
    - `error`: the error of ours that ended the trial. Such a trial shows nothing about the fault.
    """

    name: str
    trigger: str
    breaks: str
    budget: str
    seed: str
    is_whole: bool
    named: list[str] = field(default_factory=list)
    requests: int | None = None
    seconds: float | None = None
    scenario: str | None = None
    size: CounterexampleSize | None = None
    sent: int = 0
    took: float = 0.0
    error: str = ""

    @property
    def is_right(self) -> bool:
        """Whether the requirement that the fault breaks is among those that failed."""
        return self.breaks in self.named

    @property
    def label(self) -> str:
        """The trial in words: fault, budget and seed."""
        return f"{self.name} at {self.budget}, seed {self.seed}"


@dataclass(frozen=True, slots=True)
class VariantResult:
    """The result of a trial of one benign variant with one seed: `named` has the requirements that failed, which should be none."""

    name: str
    seed: str
    named: list[str] = field(default_factory=list)
    error: str = ""

    @property
    def label(self) -> str:
        """The trial in words: variant and seed."""
        return f"{self.name}, seed {self.seed}"


def run_fault(bank: Bank, name: str, budget: str, seed: str, *, whole: bool) -> FaultResult:
    """Run the scenarios against the reference with one fault.

    Run all of them if `whole`; otherwise only those that check the broken requirement, until it has failed.
    """
    fault, harness = bank.faults[name], bank.harness
    started = time.monotonic()
    with harness.reference(fault) as transport:
        run = harness.begun(transport, seed=seed, budget=BUDGETS[budget])
        seconds = _run_scenarios(bank, run, fault, started, whole=whole)
        sent, counterexample = run.exchanges, _counterexample(run, fault.breaks)
        size = (
            None
            if counterexample is None
            else measure(minimize.minimize(run, fault.breaks, counterexample).counterexample.exchanges)
        )
    last = None if counterexample is None else counterexample.exchanges[-1]
    return FaultResult(
        name, fault.trigger, fault.breaks, budget, seed, whole, sorted(run.ledger.failed()),
        requests=None if last is None else last.number, seconds=seconds,
        scenario=None if last is None else last.scenario.replace("/test_", "/"), size=size,
        sent=sent, took=round(time.monotonic() - started, 2),
    )  # fmt: skip


def _run_scenarios(bank: Bank, run: Run, fault: Fault, started: float, *, whole: bool) -> float | None:
    """Run scenarios against a fault. Return after how many seconds the broken requirement failed, or None if it did not."""
    seconds = None
    for name, scenario in (bank.harness.scenarios() if whole else bank.harness.showing(fault.breaks)).items():
        run.begin(name)
        scenario(run)
        if seconds is None and fault.breaks in run.ledger.failed():
            seconds = round(time.monotonic() - started, 2)
            if not whole:
                break
    return seconds


def _counterexample(run: Run, requirement: str) -> Counterexample | None:
    finding = run.ledger.tallies.get(requirement)
    return finding.counterexample if finding is not None else None


def run_variant(bank: Bank, variant: Fault, budget: str, seed: str) -> list[str]:
    """Run all scenarios against a benign variant. Return the requirements that failed or whose check crashed."""
    with bank.harness.reference(variant) as transport:
        run = bank.harness.begun(transport, seed=seed, budget=BUDGETS[budget])
        for name, scenario in bank.harness.scenarios().items():
            run.begin(name)
            scenario(run)
    crashed = [name for name, finding in run.ledger.tallies.items() if finding.errors]
    return sorted({*run.ledger.failed(), *crashed})
