"""The goals for detecting faults and for avoiding false alarms, and whether results meet them."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from fault_detection.counterexample_size import CounterexampleSize
from fault_detection.seed_series import group_by_fault
from fault_detection.trial import FaultResult, VariantResult

# The share of faults that each budget must catch, by trigger.
_CATCH_RATES = {
    "quick": {"always": 1.0, "edge": 0.95},
    "standard": {"always": 1.0, "edge": 1.0, "rare": 0.8},
    "thorough": {"rare": 0.95},
}
_RIGHT_REQUIREMENT_RATE = 0.98
_MOST_OWN_REQUESTS, _MOST_FIELDS = 1, 3
# The median of fewer counterexamples depends too much on which faults were run.
_ENOUGH_FOR_MEDIAN = 20
Verdict = Literal["met", "missed", "not run", "too few to judge"]


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal in words, what was reached, and whether the goal is met."""

    text: str
    reached: str = "–"
    verdict: Verdict = "not run"


def evaluate_goals(faults: Sequence[FaultResult], variants: Sequence[VariantResult]) -> list[Goal]:
    """Return every goal with its verdict. The goals of budgets that were not run are included."""
    goals = [
        goal for budget in _CATCH_RATES for goal in _budget_goals(budget, [result for result in faults if result.budget == budget])
    ]
    return [*goals, _false_alarm_goal(variants)]


def _false_alarm_goal(variants: Sequence[VariantResult]) -> Goal:
    text = "false alarms: none"
    alarms = sum(bool(result.named) for result in variants)
    return Goal(text, f"{alarms} in {len(variants)} runs of benign variants", _verdict(alarms == 0)) if variants else Goal(text)


def _budget_goals(budget: str, results: Sequence[FaultResult]) -> list[Goal]:
    goals = [
        _catch_rate_goal(budget, trigger, [result for result in results if result.trigger == trigger])
        for trigger in _CATCH_RATES[budget]
    ]
    goals.append(_right_requirement_goal(budget, [result for result in results if result.named]))
    # The goal for sizes is a median over all kinds of faults. Rare faults alone need larger counterexamples.
    if set(_CATCH_RATES[budget]) != {"rare"}:
        sizes = [series.first.size for series in group_by_fault(results)]
        goals.append(_size_goal(budget, [size for size in sizes if size is not None]))
    return goals


def _catch_rate_goal(budget: str, trigger: str, results: Sequence[FaultResult]) -> Goal:
    rate = _CATCH_RATES[budget][trigger]
    text = f"{budget} catches {rate:.0%} of the {trigger} faults"
    caught = sum(bool(result.named) for result in results)
    return Goal(text, _count_of(caught, results), _verdict(caught >= rate * len(results))) if results else Goal(text)


def _right_requirement_goal(budget: str, caught: Sequence[FaultResult]) -> Goal:
    text = f"{budget} names the right requirement for {_RIGHT_REQUIREMENT_RATE:.0%} of what it catches"
    right = sum(result.is_right for result in caught)
    return Goal(text, _count_of(right, caught), _verdict(right >= _RIGHT_REQUIREMENT_RATE * len(caught))) if caught else Goal(text)


def _count_of(count: int, results: Sequence[FaultResult]) -> str:
    faults = len({result.name for result in results})
    return f"{count} of {len(results)}" + (f" runs of {faults} faults" if faults != len(results) else "")


def _size_goal(budget: str, sizes: Sequence[CounterexampleSize]) -> Goal:
    """Return the goal for the median counterexample, and how many counterexamples are larger.

    Most operations need a collection, and many need a document. Requests that only create those are counted, but not judged.
    """
    text = (
        f"{budget}: the median counterexample is {_MOST_OWN_REQUESTS} request, besides what makes the place it needs, "
        f"with at most {_MOST_FIELDS} fields more"
    )
    if not sizes:
        return Goal(text)
    columns = zip(*((size.requests, size.own, size.fields, size.nodes) for size in sizes), strict=True)
    requests, own, fields, nodes = (statistics.median(column) for column in columns)
    reached = (
        f"medians: {requests:g} requests with what makes the place, {own:g} without; {fields:g} fields beyond the required ones; "
        f"{nodes:g} JSON values. Of {len(sizes)}, {sum(size.own > _MOST_OWN_REQUESTS for size in sizes)} need more than "
        f"{_MOST_OWN_REQUESTS} request of their own, {sum(size.fields > _MOST_FIELDS for size in sizes)} more than {_MOST_FIELDS} fields"
    )
    verdict = _verdict(own <= _MOST_OWN_REQUESTS and fields <= _MOST_FIELDS)
    return Goal(text, reached, verdict if len(sizes) >= _ENOUGH_FOR_MEDIAN else "too few to judge")


def _verdict(is_met: bool) -> Verdict:  # noqa: FBT001 - the argument is the question itself
    return "met" if is_met else "missed"
