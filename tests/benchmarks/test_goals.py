"""The goals of the fault bank: what counts as caught, and what makes a run of it fail."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent.parent / "benchmarks"))

import pytest
from bank import page
from bank.goals import goals
from bank.trial import Caught


def trial(name="a", trigger="edge", named=("source.type-enum",), budget="quick", size=1, fields=1):
    return Caught(name, trigger, "source.type-enum", budget, "1", list(named), 5, 0.5, "core/x" if "source.type-enum" in named else None,
                  size, size, fields, 9, ["POST / <script>"], 10, 1.0)  # fmt: skip


def met(*trials, alarms=0, judged=0):
    return {one.text: one.is_met for one in goals(trials, alarms, judged)}


def test_a_missed_fault_misses_the_goal_of_its_rarity():
    many = [trial(str(number)) for number in range(19)]
    assert met(*many, trial("m", named=()))["quick catches 95% of the edge faults"]
    assert not met(*many[:9], trial("m", named=()))["quick catches 95% of the edge faults"]
    assert not met(trial(trigger="always", named=()))["quick catches 100% of the always faults"]


def test_what_is_caught_by_another_requirement_only_is_not_rightly_named():
    text = "quick names the right requirement for 98% of what it catches"
    assert not met(trial(), trial(named=("list.limit",)))[text]
    assert met(trial())[text]


@pytest.mark.parametrize(("size", "fields", "is_met"), [(1, 3, True), (2, 0, False), (1, 4, False)])
def test_a_large_counterexample_misses_the_goal(size, fields, is_met):
    found = met(trial(size=size, fields=fields))
    assert (
        found["quick: the median counterexample is 1 request, and what it needs to be there, with at most 3 fields more"] == is_met
    )


def test_one_false_alarm_is_too_many():
    assert met(judged=100)["false alarms: none"]
    assert not met(alarms=1, judged=100)["false alarms: none"]


def test_the_page_shows_what_was_missed_and_nothing_as_markup():
    how = {"text": "t", "command": "c", "toolkit": "0", "date": "d", "python": "3", "processes": 2, "seconds": 1.0}
    trials = [trial(), trial("b", named=(), size=None, fields=None)]
    results = page.as_json(trials, {"v, seed 1": ["list.limit"]}, goals(trials, 1, 1), how)
    text = page.html(results)
    assert results["totals"]["by trigger"]["edge"]["quick"] == {"faults": 2, "caught": 1, "right": 1}
    assert "missed" in text
    assert "<script>" not in text
