"""The results of a run: what was run, how, and what came out, as far as the run got."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from triggers import TRIGGERS

from fault_detection.goals import evaluate_goals
from fault_detection.jobs import Result
from fault_detection.trial import FaultResult, VariantResult


@dataclass(frozen=True, slots=True)
class Results:
    """The results of trials, and how they were made.

    `how` has the command, the versions, the date, the seconds, and how many trials were `planned`.
    """

    how: dict[str, Any]
    faults: tuple[FaultResult, ...]
    variants: tuple[VariantResult, ...]

    @property
    def errors(self) -> list[str]:
        """Which errors ended trials, each with the trial."""
        return [f"{result.label}: {result.error}" for result in (*self.faults, *self.variants) if result.error]

    @property
    def is_complete(self) -> bool:
        """Whether every planned trial was run."""
        return bool(len(self.faults) + len(self.variants) == self.how["planned"])

    def to_json(self) -> dict[str, Any]:
        """Return the results, the goals and the totals as a JSON value."""
        return {
            "format": 2,
            "how": self.how,
            "goals": [asdict(goal) for goal in evaluate_goals(self.faults, self.variants)],
            "totals": totals(self.faults),
            "faults": [asdict(result) for result in self.faults],
            "freedoms": [asdict(result) for result in self.variants],
        }


def collect(how: dict[str, Any], results: Iterable[Result]) -> Results:
    """Return the results of a run, sorted into those of faults and those of benign variants."""
    ordered = list(results)
    faults = tuple(result for result in ordered if isinstance(result, FaultResult))
    return Results(how, faults, tuple(result for result in ordered if isinstance(result, VariantResult)))


def totals(results: Sequence[FaultResult]) -> dict[str, Any]:
    """Return how many faults were caught at each budget, by trigger and by chapter of the requirement."""
    chapters = {result.breaks: result.breaks.rpartition(".")[0] for result in results}
    by_trigger = {trigger: [result for result in results if result.trigger == trigger] for trigger in TRIGGERS}
    by_chapter = {
        chapter: [result for result in results if chapters[result.breaks] == chapter] for chapter in sorted(set(chapters.values()))
    }
    return {
        "by trigger": {trigger: _counts(group) for trigger, group in by_trigger.items()},
        "by chapter": {chapter: _counts(group) for chapter, group in by_chapter.items()},
    }


def _counts(results: Sequence[FaultResult]) -> dict[str, dict[str, int]]:
    budgets = dict.fromkeys(result.budget for result in results)
    by_budget = {budget: [result for result in results if result.budget == budget] for budget in budgets}
    return {
        budget: {
            "faults": len({result.name for result in group}),
            "runs": len(group),
            "caught": sum(bool(result.named) for result in group),
            "right": sum(result.is_right for result in group),
        }
        for budget, group in by_budget.items()
    }
