"""The goals of the two banks, and whether a set of trials meets them."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from bank.trial import Caught

TRIGGERS = ("always", "edge", "rare")
# The share of faults that each budget catches, by how rarely their trigger comes.
_GOALS = {
    "quick": {"always": 1.0, "edge": 0.95},
    "standard": {"always": 1.0, "edge": 1.0, "rare": 0.8},
    "thorough": {"rare": 0.95},
}
_RIGHT = 0.98
_REQUESTS, _FIELDS = 1, 3


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal in words, what was reached, and whether that is enough."""

    text: str
    reached: str
    is_met: bool


def goals(trials: Sequence[Caught], alarms: int, judged: int) -> list[Goal]:
    """Return how the trials stand to the goals; `alarms` are the false ones, over so many runs of benign variants."""
    found = [one for budget in _GOALS for one in _of_budget(budget, [trial for trial in trials if trial.budget == budget])]
    if judged:
        found.append(Goal("false alarms: none", f"{alarms} in {judged} runs of benign variants", alarms == 0))
    return found


def _of_budget(budget: str, trials: Sequence[Caught]) -> list[Goal]:
    made = []
    for trigger, share in _GOALS[budget].items():
        some = [one for one in trials if one.trigger == trigger]
        if some:
            caught = sum(bool(one.named) for one in some)
            text = f"{budget} catches {share:.0%} of the {trigger} faults"
            made.append(Goal(text, f"{caught} of {len(some)}", caught >= share * len(some)))
    caught_ones = [one for one in trials if one.named]
    if caught_ones:
        right = sum(one.is_right for one in caught_ones)
        text = f"{budget} names the right requirement for {_RIGHT:.0%} of what it catches"
        made.append(Goal(text, f"{right} of {len(caught_ones)}", right >= _RIGHT * len(caught_ones)))
    return made + _sizes(budget, [one for one in trials if one.size is not None])


def _sizes(budget: str, trials: Sequence[Caught]) -> list[Goal]:
    if not trials:
        return []
    size = statistics.median(one.size or 0 for one in trials)
    own = statistics.median(one.own or 0 for one in trials)
    fields = statistics.median(one.fields or 0 for one in trials)
    nodes = statistics.median(one.nodes or 0 for one in trials)
    # Most operations need a collection, and many a document: what only makes those is counted, and not held against anybody.
    text = f"{budget}: the median counterexample is {_REQUESTS} request, and what it needs to be there, with at most {_FIELDS} fields more"
    reached = f"{own:g} of {size:g} requests, {fields:g} fields beyond the required ones, {nodes:g} JSON values"
    return [Goal(text, reached, own <= _REQUESTS and fields <= _FIELDS)]
