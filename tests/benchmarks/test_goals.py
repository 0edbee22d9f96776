"""The goals of benchmarks/faults.py: what counts as caught, and when a goal is missed."""

import pytest
from fault_detection.counterexample_size import CounterexampleSize
from fault_detection.goals import evaluate_goals
from fault_detection.trial import FaultResult, VariantResult

SIZES = "quick: the median counterexample is 1 request, besides what makes the place it needs, with at most 3 fields more"


def fault_result(name="a", trigger="edge", named=("source.type-enum",), budget="quick", seed="1", own=1, fields=1):
    return FaultResult(name, trigger, "source.type-enum", budget, seed, is_whole=True, named=list(named),
                  scenario="core/x" if "source.type-enum" in named else None, size=CounterexampleSize(own + 1, own, fields, 9, []))  # fmt: skip


def verdicts(*faults, variants=()):
    return {goal.text: goal.verdict for goal in evaluate_goals(faults, variants)}


def reached(*faults):
    return {goal.text: goal.reached for goal in evaluate_goals(faults, ())}


def test_a_missed_fault_counts_for_the_goal_of_its_trigger():
    caught = [fault_result(str(number)) for number in range(19)]
    assert verdicts(*caught, fault_result("m", named=()))["quick catches 95% of the edge faults"] == "met"
    assert verdicts(*caught[:9], fault_result("m", named=()))["quick catches 95% of the edge faults"] == "missed"
    assert verdicts(fault_result(trigger="always", named=()))["quick catches 100% of the always faults"] == "missed"


def test_a_goal_that_was_not_run_is_neither_met_nor_missed():
    by_goal = verdicts(fault_result())
    assert by_goal["quick catches 100% of the always faults"] == "not run"
    assert by_goal["thorough catches 95% of the rare faults"] == "not run"
    assert by_goal["standard names the right requirement for 98% of what it catches"] == "not run"
    assert by_goal["false alarms: none"] == "not run"


def test_each_seed_counts_as_a_run():
    text = "quick catches 95% of the edge faults"
    assert reached(fault_result(), fault_result(seed="2"), fault_result(seed="3", named=()))[text] == "2 of 3 runs of 1 faults"


def test_a_fault_that_only_fails_another_requirement_does_not_count_as_right():
    text = "quick names the right requirement for 98% of what it catches"
    assert verdicts(fault_result(), fault_result("b", named=("list.limit",)))[text] == "missed"
    assert verdicts(fault_result())[text] == "met"


@pytest.mark.parametrize(("own", "fields", "verdict"), [(1, 3, "met"), (2, 0, "missed"), (1, 4, "missed")])
def test_large_counterexamples_miss_the_size_goal(own, fields, verdict):
    assert verdicts(*(fault_result(str(number), own=own, fields=fields) for number in range(20)))[SIZES] == verdict


def test_the_median_of_few_counterexamples_is_not_judged():
    assert verdicts(*(fault_result(str(number), own=9) for number in range(19)))[SIZES] == "too few to judge"


def test_the_size_goal_tells_the_medians_and_the_outliers_of_the_first_seed():
    caught = [fault_result(str(number)) for number in range(18)] + [fault_result("x", own=5), fault_result("y", fields=4)]
    text = reached(*caught, *(fault_result(str(number), seed="2", own=7) for number in range(18)))[SIZES]
    assert "2 requests with what makes the place, 1 without" in text
    assert "Of 20, 1 need more than 1 request of their own, 1 more than 3 fields" in text


def test_one_false_alarm_misses_the_goal():
    without_alarm = [VariantResult("v", str(seed)) for seed in range(100)]
    assert verdicts(variants=without_alarm)["false alarms: none"] == "met"
    assert verdicts(variants=[*without_alarm, VariantResult("w", "1", ["list.limit"])])["false alarms: none"] == "missed"
