"""The results of one fault at one budget, with each of its seeds."""

from collections.abc import Iterable
from dataclasses import dataclass

from fault_detection.trial import FaultResult


@dataclass(frozen=True, slots=True)
class SeedSeries:
    """The results of one fault at one budget, in the order of their seeds."""

    results: tuple[FaultResult, ...]

    @property
    def first(self) -> FaultResult:
        """The result of the first seed. Its counterexample is shown and measured."""
        return self.results[0]

    @property
    def caught(self) -> int:
        """With how many seeds any requirement failed."""
        return sum(bool(result.named) for result in self.results)

    @property
    def right(self) -> int:
        """With how many seeds the broken requirement failed."""
        return sum(result.is_right for result in self.results)

    @property
    def right_share(self) -> str:
        """How many of the runs that caught the fault named the broken requirement, in words."""
        return "" if not self.caught else "always" if self.right == self.caught else f"{self.right} of {self.caught}"

    @property
    def other_requirements(self) -> list[str]:
        """Which other requirements failed, with any seed."""
        return sorted({name for result in self.results for name in result.named} - {self.first.breaks})

    @property
    def errors(self) -> list[str]:
        """Which errors ended trials."""
        return [f"seed {result.seed}: {result.error}" for result in self.results if result.error]


def group_by_fault(results: Iterable[FaultResult]) -> list[SeedSeries]:
    """Group results by budget and fault, in the order in which these first appear."""
    groups: dict[tuple[str, str], list[FaultResult]] = {}
    for result in results:
        groups.setdefault((result.budget, result.name), []).append(result)
    return [SeedSeries(tuple(sorted(group, key=lambda result: int(result.seed)))) for group in groups.values()]
