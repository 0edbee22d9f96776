"""The record of a run of the banks: what was run and how, as far as it got."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from conformance.evidence.requirements import registry
from fault_detection.goals import TRIGGERS, goals
from fault_detection.jobs import Outcome
from fault_detection.trial import Caught, Freed


@dataclass(frozen=True, slots=True)
class Record:
    """Trials and how they were made; `how` has the command, the versions, the date, the seconds, and how many were `planned`."""

    how: dict[str, Any]
    trials: tuple[Caught, ...]
    freedoms: tuple[Freed, ...]

    @property
    def errors(self) -> list[str]:
        """What ended trials, each with which one it was."""
        faults = [f"{one.name} at {one.budget}, seed {one.seed}: {one.error}" for one in self.trials if one.error]
        return faults + [f"{one.name}, seed {one.seed}: {one.error}" for one in self.freedoms if one.error]

    @property
    def is_complete(self) -> bool:
        """Whether all that was planned is in it."""
        return bool(len(self.trials) + len(self.freedoms) == self.how["planned"])

    def to_json(self) -> dict[str, Any]:
        """Return all of it as a JSON value, with what is counted of it."""
        return {
            "format": 2,
            "how": self.how,
            "goals": [asdict(one) for one in goals(self.trials, self.freedoms)],
            "totals": totals(self.trials),
            "faults": [asdict(one) for one in self.trials],
            "freedoms": [asdict(one) for one in self.freedoms],
        }


def record(how: dict[str, Any], outcomes: Iterable[Outcome]) -> Record:
    """Return the record of what became of trials."""
    found = list(outcomes)
    trials = tuple(one for one in found if isinstance(one, Caught))
    return Record(how, trials, tuple(one for one in found if isinstance(one, Freed)))


def totals(trials: Sequence[Caught]) -> dict[str, Any]:
    """Return how many were caught at each budget, by how rare they are and by chapter."""
    chapters = {one.breaks: registry()[one.breaks].chapter for one in trials}
    by_trigger = {name: [one for one in trials if one.trigger == name] for name in TRIGGERS}
    by_chapter = {name: [one for one in trials if chapters[one.breaks] == name] for name in sorted(set(chapters.values()))}
    return {
        "by trigger": {name: _counts(some) for name, some in by_trigger.items()},
        "by chapter": {name: _counts(some) for name, some in by_chapter.items()},
    }


def _counts(trials: Sequence[Caught]) -> dict[str, dict[str, int]]:
    budgets = {budget: [one for one in trials if one.budget == budget] for budget in dict.fromkeys(one.budget for one in trials)}
    return {
        budget: {
            "faults": len({one.name for one in some}),
            "runs": len(some),
            "caught": sum(bool(one.named) for one in some),
            "right": sum(one.is_right for one in some),
        }
        for budget, some in budgets.items()
    }
