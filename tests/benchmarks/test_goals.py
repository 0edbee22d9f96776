"""The goals of the fault bank: what counts as caught, and what makes a run of it fail."""

import pytest
from fault_detection.counterexample_size import Size
from fault_detection.goals import goals
from fault_detection.trial import Caught, Freed

SIZES = "quick: the median counterexample is 1 request, besides what makes the place it needs, with at most 3 fields more"


def trial(name="a", trigger="edge", named=("source.type-enum",), budget="quick", seed="1", own=1, fields=1):
    return Caught(name, trigger, "source.type-enum", budget, seed, is_whole=True, named=list(named),
                  scenario="core/x" if "source.type-enum" in named else None, size=Size(own + 1, own, fields, 9, []))  # fmt: skip


def verdicts(*trials, freedoms=()):
    return {one.text: one.verdict for one in goals(trials, freedoms)}


def reached(*trials):
    return {one.text: one.reached for one in goals(trials, ())}


def test_a_missed_fault_misses_the_goal_of_its_rarity():
    many = [trial(str(number)) for number in range(19)]
    assert verdicts(*many, trial("m", named=()))["quick catches 95% of the edge faults"] == "met"
    assert verdicts(*many[:9], trial("m", named=()))["quick catches 95% of the edge faults"] == "missed"
    assert verdicts(trial(trigger="always", named=()))["quick catches 100% of the always faults"] == "missed"


def test_what_was_not_run_is_said_and_neither_met_nor_missed():
    found = verdicts(trial())
    assert found["quick catches 100% of the always faults"] == "not run"
    assert found["thorough catches 95% of the rare faults"] == "not run"
    assert found["standard names the right requirement for 98% of what it catches"] == "not run"
    assert found["false alarms: none"] == "not run"


def test_runs_with_several_seeds_count_each():
    text = "quick catches 95% of the edge faults"
    assert reached(trial(), trial(seed="2"), trial(seed="3", named=()))[text] == "2 of 3 runs of 1 faults"


def test_what_is_caught_by_another_requirement_only_is_not_rightly_named():
    text = "quick names the right requirement for 98% of what it catches"
    assert verdicts(trial(), trial("b", named=("list.limit",)))[text] == "missed"
    assert verdicts(trial())[text] == "met"


@pytest.mark.parametrize(("own", "fields", "verdict"), [(1, 3, "met"), (2, 0, "missed"), (1, 4, "missed")])
def test_large_counterexamples_miss_the_goal(own, fields, verdict):
    assert verdicts(*(trial(str(number), own=own, fields=fields) for number in range(20)))[SIZES] == verdict


def test_the_median_of_a_few_is_not_judged():
    assert verdicts(*(trial(str(number), own=9) for number in range(19)))[SIZES] == "too few to judge"


def test_both_medians_and_the_tail_are_said_of_the_first_seeds():
    many = [trial(str(number)) for number in range(18)] + [trial("x", own=5), trial("y", fields=4)]
    text = reached(*many, *(trial(str(number), seed="2", own=7) for number in range(18)))[SIZES]
    assert "2 requests with what makes the place, 1 without" in text
    assert "Of 20, 1 need more than 1 request of their own, 1 more than 3 fields" in text


def test_one_false_alarm_is_too_many():
    quiet = [Freed("v", str(seed)) for seed in range(100)]
    assert verdicts(freedoms=quiet)["false alarms: none"] == "met"
    assert verdicts(freedoms=[*quiet, Freed("w", "1", ["list.limit"])])["false alarms: none"] == "missed"
