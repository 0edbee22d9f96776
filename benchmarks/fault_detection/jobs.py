"""Jobs: the trials that a run consists of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fault_detection.bank import bank
from fault_detection.trial import FaultResult, VariantResult, run_fault, run_variant

_COMBINED = 5
# At this budget a trial takes seconds, so all scenarios and several seeds are run. At the larger ones a trial takes minutes.
_QUICK = "quick"


@dataclass(frozen=True, slots=True)
class FaultJob:
    """Try one fault at one budget with one seed. At quick all scenarios run, so that all requirements that fail are seen."""

    name: str
    budget: str
    seed: str
    contract: str = "collections"

    def run(self) -> FaultResult:
        """Run the trial."""
        return run_fault(bank(self.contract), self.name, self.budget, self.seed, whole=self.budget == _QUICK)

    def error_result(self, error: str) -> FaultResult:
        """Return the result of a trial that was ended by an error."""
        fault = bank(self.contract).faults[self.name]
        return FaultResult(self.name, fault.trigger, fault.breaks, self.budget, self.seed, self.budget == _QUICK, error=error)


@dataclass(frozen=True, slots=True)
class VariantJob:
    """Try one benign variant, or a random combination of several, at quick."""

    name: str
    seed: str
    contract: str = "collections"

    def run(self) -> VariantResult:
        """Run the trial."""
        own = bank(self.contract)
        variant = own.variants[self.name] if self.name in own.variants else own.combination(self.seed, _COMBINED)
        return VariantResult(variant.name, self.seed, run_variant(own, variant, _QUICK, self.seed))

    def error_result(self, error: str) -> VariantResult:
        """Return the result of a trial that was ended by an error."""
        return VariantResult(self.name, self.seed, error=error)


Job = FaultJob | VariantJob
Result = FaultResult | VariantResult


def fault_jobs(contract: str, names: Sequence[str], budgets: Sequence[str], seeds: int) -> Iterator[FaultJob]:
    """Yield the jobs for some faults.

    At quick each fault is tried with the seeds 1 to `seeds`, at the other budgets with seed 1, and at thorough only the rare faults are.
    """
    faults = bank(contract).faults
    for budget in budgets:
        for seed in range(1, (seeds if budget == _QUICK else 1) + 1):
            yield from (FaultJob(name, budget, str(seed), contract) for name in names
                        if budget != "thorough" or faults[name].trigger == "rare")  # fmt: skip


def variant_jobs(contract: str, seeds: int) -> Iterator[VariantJob]:
    """Yield a job for every benign variant, and for one random combination, with each of the seeds 1 to `seeds`."""
    for seed in range(1, seeds + 1):
        yield from (VariantJob(name, str(seed), contract) for name in (*bank(contract).variants, f"{_COMBINED} drawn"))
