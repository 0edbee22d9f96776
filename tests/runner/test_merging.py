"""Shards joined: one verdict on what all have seen, and a refusal of what does not belong together."""

from dataclasses import replace

import pytest
from recorded import example, exchange, held, row
from shards import EXCUSED, PASSED, record

from conformance.contracts.collections.contract import CONTRACT
from conformance.core.errors import UsageError
from conformance.evidence import results_file
from conformance.evidence.results import Capability, Share, Status, Verdict
from conformance.runner import merging

OLD, NEW = "0" * 12, "1" * 12


def joined(*shards):
    """Return the joined record and its only row, held to the schema."""
    together = merging.joined(shards, CONTRACT)
    held(results_file.to_json(together))
    return together, together.requirements[0]


UNSEEN = replace(row(Status.NOT_EXERCISED, reason="nothing in shard 1/2 could show it"), checks=0, violations=0)


def test_counts_are_added_and_one_failure_decides():
    together, only = joined(record(1, PASSED), record(2, row(counterexample=example())))
    assert (together.verdict, only.status, only.checks, only.violations) == (Verdict.NOT_CONFORMING, Status.FAILED, 6, 1)
    assert (together.requests, together.scenarios, together.operations["create_collection"].statuses) == (
        18,
        {"s": 18},
        {"200": 16, "none": 2},
    )
    assert together.shares == {"filters select some documents and not others": Share(2, 4)}
    assert together.causes[0].requirements == ("source.type-enum",)
    assert (together.manifest.part, together.manifest.shards) == (None, 2)


def test_what_one_shard_has_exercised_is_exercised_and_what_none_has_is_not():
    together, only = joined(record(1, UNSEEN), record(2, PASSED))
    assert (together.verdict, only.status, only.checks) == (Verdict.CONFORMING, Status.PASSED, 3)
    together, only = joined(record(1, UNSEEN), record(2, UNSEEN))
    assert (together.verdict, only.status) == (Verdict.INCOMPLETE, Status.NOT_EXERCISED)
    assert "shard" not in only.reason


def test_the_seconds_are_those_of_the_longest_shard_and_the_run_began_with_the_first():
    early, late = (record(number, PASSED, started=f"2026-01-01T00:0{number}:00+00:00") for number in (1, 2))
    late = replace(late, results=replace(late.results, seconds=9.5))
    together, _only = joined(early, late)
    assert (together.seconds, together.manifest.started) == (9.5, "2026-01-01T00:01:00+00:00")


def test_of_one_kind_of_violation_a_whole_counterexample_says_more_than_one_that_was_cut():
    whole = example(exchange(1), exchange(2), fingerprint=NEW)
    cut = example(exchange(2), fingerprint=NEW)
    first = replace(row(counterexample=example(fingerprint=OLD)), others=(cut,))
    _together, only = joined(record(1, first), record(2, row(counterexample=whole)))
    assert {kept.fingerprint: len(kept.exchanges) for kept in only.examples} == {OLD: 1, NEW: 1}  # further kinds are cut again
    _together, only = joined(
        record(1, replace(PASSED)), record(2, replace(row(counterexample=whole), others=(example(fingerprint=OLD),)))
    )
    assert only.counterexample == whole


def test_kinds_of_all_shards_are_kept():
    shards = [record(number, row(counterexample=example(fingerprint=kind))) for number, kind in ((1, OLD), (2, NEW))]
    _together, only = joined(*shards)
    assert [kept.fingerprint for kept in only.examples] == [OLD, NEW]


def test_a_declared_deviation_counts_for_what_all_shards_have_seen():
    failed = row(Status.DEVIATION, reason="known", counterexample=example(fingerprint=OLD))
    together, only = joined(record(1, failed, excused=(EXCUSED,)), record(2, PASSED, excused=(EXCUSED,)))
    assert (together.verdict, only.status, only.declared.reason) == (Verdict.CONFORMING, Status.DEVIATION, "known")
    limited = (replace(EXCUSED, fingerprints=(OLD,), since="2026-01-01"),)
    new = row(counterexample=example(fingerprint=NEW))
    together, only = joined(record(1, failed, excused=limited), record(2, new, excused=limited))
    assert (only.status, only.counterexample.fingerprint, only.declared.since) == (Status.FAILED, NEW, "2026-01-01")


def test_a_deviation_that_no_shard_shows_any_more_is_stale():
    shards = [record(number, PASSED, excused=(EXCUSED,), strict=True) for number in (1, 2)]
    together, _only = joined(*shards)
    assert (together.verdict, together.manifest.stale_deviations) == (Verdict.NOT_CONFORMING, ("source.*",))


def test_where_the_toolkit_failed_in_one_shard_the_verdict_is_open():
    together, only = joined(record(1, row(Status.ERROR, reason="a check raised")), record(2, PASSED))
    assert (together.verdict, only.status, only.reason) == (Verdict.INCOMPLETE, Status.ERROR, "a check raised")


@pytest.mark.parametrize(
    ("numbers", "because"),
    [((1, 3), "shard 2 of 3 is missing"), ((2,), "shards 1 and 3 of 3 are missing"), ((1, 2, 3), None)],
)
def test_shards_that_are_missing_are_named_and_leave_the_verdict_open(numbers, because):
    together, _only = joined(*(record(number, PASSED, count=3) for number in numbers))
    assert together.manifest.incomplete_because == because
    assert (together.verdict is Verdict.INCOMPLETE) == (because is not None)


def test_a_shard_that_was_cut_short_leaves_the_verdict_open():
    together, _only = joined(record(1, PASSED), record(2, PASSED, ended="interrupted"))
    assert together.manifest.incomplete_because == "shard 2 of 2 was cut short: interrupted"


@pytest.mark.parametrize("other", [Capability(served=False, why="probed: 404"), Capability(served=False, why="502", is_open=True)])
def test_shards_that_found_other_profiles_leave_the_verdict_open(other):
    together, _only = joined(record(1, PASSED), record(2, UNSEEN, capabilities={"core": other}))
    assert together.verdict is Verdict.INCOMPLETE
    assert "the shards disagree whether the target has the profile core" in together.manifest.incomplete_because


def test_records_of_another_edition_than_the_installed_one_are_refused():
    for manifest in ({"toolkit": "9"}, {"digests": {"openapi": "0" * 64}}):
        with pytest.raises(UsageError, match="it was judged by"):
            merging.joined([record(number, PASSED, **manifest) for number in (1, 2)], CONTRACT)
