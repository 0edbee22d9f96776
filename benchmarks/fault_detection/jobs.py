"""Jobs: the trials that a run consists of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conformance.contracts.collections.reference.faults import FAULTS
from fault_detection.trial import FaultResult, VariantResult, random_combination, run_fault, run_variant

_COMBINED = 5
# At this budget a trial takes seconds, so all scenarios and several seeds are run. At the larger ones a trial takes minutes.
_QUICK = "quick"


@dataclass(frozen=True, slots=True)
class FaultJob:
    """Try one fault at one budget with one seed. At quick all scenarios run, so that all requirements that fail are seen."""

    name: str
    budget: str
    seed: str

    def run(self) -> FaultResult:
        """Run the trial."""
        return run_fault(self.name, self.budget, self.seed, whole=self.budget == _QUICK)

    def error_result(self, error: str) -> FaultResult:
        """Return the result of a trial that was ended by an error."""
        fault = FAULTS[self.name]
        return FaultResult(self.name, fault.trigger, fault.breaks, self.budget, self.seed, self.budget == _QUICK, error=error)


@dataclass(frozen=True, slots=True)
class VariantJob:
    """Try one benign variant, or a random combination of several, at quick."""

    name: str
    seed: str

    def run(self) -> VariantResult:
        """Run the trial."""
        from variants import VARIANTS

        variant = VARIANTS[self.name] if self.name in VARIANTS else random_combination(self.seed, _COMBINED)
        return VariantResult(variant.name, self.seed, run_variant(variant, _QUICK, self.seed))

    def error_result(self, error: str) -> VariantResult:
        """Return the result of a trial that was ended by an error."""
        return VariantResult(self.name, self.seed, error=error)


Job = FaultJob | VariantJob
Result = FaultResult | VariantResult


def fault_jobs(names: Sequence[str], budgets: Sequence[str], seeds: int) -> Iterator[FaultJob]:
    """Yield the jobs for some faults.

    At quick each fault is tried with the seeds 1 to `seeds`, at the other budgets with seed 1, and at thorough only the rare faults are.
    """
    for budget in budgets:
        for seed in range(1, (seeds if budget == _QUICK else 1) + 1):
            yield from (FaultJob(name, budget, str(seed)) for name in names
                        if budget != "thorough" or FAULTS[name].trigger == "rare")  # fmt: skip


def variant_jobs(seeds: int) -> Iterator[VariantJob]:
    """Yield a job for every benign variant, and for one random combination, with each of the seeds 1 to `seeds`."""
    from variants import VARIANTS

    for seed in range(1, seeds + 1):
        yield from (VariantJob(name, str(seed)) for name in (*VARIANTS, f"{_COMBINED} drawn"))
