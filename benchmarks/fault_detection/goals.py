"""The goals of the two banks, and whether a set of trials meets them."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from fault_detection.counterexample_size import Size
from fault_detection.seed_series import series
from fault_detection.trial import Caught, Freed

TRIGGERS = ("always", "edge", "rare")
# The share of faults that each budget catches, by how rarely their trigger comes.
_GOALS = {
    "quick": {"always": 1.0, "edge": 0.95},
    "standard": {"always": 1.0, "edge": 1.0, "rare": 0.8},
    "thorough": {"rare": 0.95},
}
_RIGHT = 0.98
_OWN, _FIELDS = 1, 3
# The median of fewer says more about which they were.
_ENOUGH = 20
Verdict = Literal["met", "missed", "not run", "too few to judge"]


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal in words, what was reached, and whether that is enough."""

    text: str
    reached: str = "–"
    verdict: Verdict = "not run"


def goals(trials: Sequence[Caught], freedoms: Sequence[Freed]) -> list[Goal]:
    """Return how the trials stand to the goals, those of budgets that were not run too."""
    found = [one for budget in _GOALS for one in _of_budget(budget, [trial for trial in trials if trial.budget == budget])]
    return [*found, _alarms(freedoms)]


def _alarms(freedoms: Sequence[Freed]) -> Goal:
    text = "false alarms: none"
    alarms = sum(bool(one.named) for one in freedoms)
    return Goal(text, f"{alarms} in {len(freedoms)} runs of benign variants", _verdict(alarms == 0)) if freedoms else Goal(text)


def _of_budget(budget: str, trials: Sequence[Caught]) -> list[Goal]:
    made = [_share(budget, trigger, [one for one in trials if one.trigger == trigger]) for trigger in _GOALS[budget]]
    made.append(_right(budget, [one for one in trials if one.named]))
    # Sizes are in the middle of all faults; where the rare ones run alone, theirs would be held against them.
    sizes = [one.first.size for one in series(trials)]
    return made if set(_GOALS[budget]) == {"rare"} else [*made, _sizes(budget, [one for one in sizes if one is not None])]


def _share(budget: str, trigger: str, trials: Sequence[Caught]) -> Goal:
    share = _GOALS[budget][trigger]
    text = f"{budget} catches {share:.0%} of the {trigger} faults"
    caught = sum(bool(one.named) for one in trials)
    return Goal(text, _of(caught, trials), _verdict(caught >= share * len(trials))) if trials else Goal(text)


def _right(budget: str, caught: Sequence[Caught]) -> Goal:
    text = f"{budget} names the right requirement for {_RIGHT:.0%} of what it catches"
    right = sum(one.is_right for one in caught)
    return Goal(text, _of(right, caught), _verdict(right >= _RIGHT * len(caught))) if caught else Goal(text)


def _of(count: int, trials: Sequence[Caught]) -> str:
    faults = len({one.name for one in trials})
    return f"{count} of {len(trials)}" + (f" runs of {faults} faults" if faults != len(trials) else "")


def _sizes(budget: str, sizes: Sequence[Size]) -> Goal:
    """Return how large counterexamples are in the middle, and how many are larger than that.

    Most operations need a collection, and many a document: what only makes those is counted, and not held against anybody.
    """
    text = f"{budget}: the median counterexample is {_OWN} request, besides what makes the place it needs, with at most {_FIELDS} fields more"
    if not sizes:
        return Goal(text)
    requests, own, fields, nodes = (statistics.median(some) for some in zip(*map(_numbers, sizes), strict=True))
    reached = (
        f"medians: {requests:g} requests with what makes the place, {own:g} without; {fields:g} fields beyond the required ones; "
        f"{nodes:g} JSON values. Of {len(sizes)}, {sum(one.own > _OWN for one in sizes)} need more than {_OWN} request of their own, "
        f"{sum(one.fields > _FIELDS for one in sizes)} more than {_FIELDS} fields"
    )
    verdict = _verdict(own <= _OWN and fields <= _FIELDS)
    return Goal(text, reached, verdict if len(sizes) >= _ENOUGH else "too few to judge")


def _numbers(one: Size) -> tuple[int, int, int, int]:
    return one.requests, one.own, one.fields, one.nodes


def _verdict(is_met: bool) -> Verdict:  # noqa: FBT001 - it is what is asked
    return "met" if is_met else "missed"
