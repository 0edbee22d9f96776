"""How many kinds of answers were seen, and how many are likely left."""

import random

import pytest

from conformance.core import typed_json
from conformance.evidence import answer_kinds
from conformance.evidence.answer_kinds import AnswerKinds, unseen


def looked_at(at_first, *rounds):
    kinds = AnswerKinds()
    for shown in at_first:
        kinds.saw(set(shown))
    for shown in rounds:
        kinds.rounds = 1
        kinds.saw(set(shown))
    return kinds


def test_a_kind_is_new_once_and_what_the_scenarios_have_shown_is_new_to_no_round():
    kinds = looked_at(["ab"], "a")
    assert [len(kinds.saw(set(shown))) for shown in ("ab", "ac", "c", "cde")] == [0, 1, 0, 2]
    seen = kinds.exploration()
    assert (seen.requests, seen.kinds, seen.new_kinds, seen.last_new) == (5, 5, 3, 5)


def test_without_a_round_there_is_nothing_to_say():
    assert looked_at(["ab", "c"]).exploration() is None


@pytest.mark.parametrize(
    ("samples", "once", "twice", "expected"), [(100, 0, 5, 0), (100, 10, 5, 9.9), (100, 4, 0, 5.94), (1, 7, 0, 0)]
)
def test_the_lower_bound_of_what_is_unseen_is_that_of_chao(samples, once, twice, expected):
    assert unseen(samples, once, twice) == pytest.approx(expected)


def test_the_estimates_come_close_to_what_is_there():
    """Two hundred kinds, of which most are rare: after some requests the estimate of all is nearer to that than what was seen."""
    chance = random.Random(1)
    likely = {f"kind {number}": 1 / (1 + number) for number in range(200)}
    drawn = [{kind for kind, odds in likely.items() if chance.random() < odds} for _ in range(1000)]
    kinds = looked_at([], *drawn[:100])
    seen, later = kinds.exploration(), drawn[100:]
    assert seen.kinds < 0.85 * len(likely)
    assert seen.kinds + seen.unseen_at_least == pytest.approx(len(likely), rel=0.25)
    fresh = sum(len(shown - kinds.later.keys()) for shown in later) / len(later)
    assert seen.chance_of_new == pytest.approx(min(1, fresh), rel=0.5)


def test_what_several_processes_saw_is_added_and_survives_a_checkpoint():
    one, other = looked_at(["a"], "ab"), looked_at(["c"], "b", "bd")
    one.merge(typed_json.from_json(AnswerKinds, typed_json.to_json(other)))
    seen = one.exploration()
    assert (seen.rounds, seen.requests, seen.kinds, seen.new_kinds) == (2, 3, 4, 2)


def test_a_target_that_answers_something_new_each_time_does_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr(answer_kinds, "_MOST", 10)
    kinds = looked_at([], *([f"kind {number}"] for number in range(100)))
    assert len(kinds.later) == 10
    assert kinds.saw({"kind 5", "another"}) == []
    assert kinds.later["kind 5"] == 2
