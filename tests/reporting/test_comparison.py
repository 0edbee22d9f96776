"""What changed between two runs: what got worse, what got better, and what else is different."""

import json
from dataclasses import replace

import pytest
from recorded import EVIL, example, results, row

from conformance.evidence.results import Capability, Level, Status, Verdict
from conformance.reporting import difference
from conformance.reporting.comparison import Change, compare


def run(*rows, **manifest):
    outcome = results()
    return replace(outcome, requirements=rows, manifest=replace(outcome.manifest, **manifest))


def one(status, level=Level.MUST, fingerprint="a" * 12, **more):
    shown = example(fingerprint=fingerprint) if status in (Status.FAILED, Status.DEVIATION) else None
    return row(status, level, counterexample=shown, **more)


@pytest.mark.parametrize(
    ("before", "after", "change", "is_worse"),
    [
        (one(Status.PASSED), one(Status.FAILED), Change.NEWLY_FAILING, True),
        (one(Status.DEVIATION), one(Status.FAILED), Change.NEWLY_FAILING, True),
        (one(Status.PASSED), one(Status.NOT_EXERCISED), Change.NO_LONGER_JUDGED, True),
        (one(Status.PASSED), one(Status.ERROR), Change.NO_LONGER_JUDGED, True),
        (one(Status.PASSED, Level.SHOULD), one(Status.FAILED, Level.SHOULD), Change.NEWLY_FAILING, False),
        (one(Status.NOT_APPLICABLE), one(Status.FAILED), Change.NEWLY_FAILING, False),
        (one(Status.FAILED), one(Status.PASSED), Change.NEWLY_PASSING, False),
        (one(Status.FAILED), one(Status.FAILED, fingerprint="b" * 12), Change.CHANGED_EVIDENCE, False),
        (one(Status.NOT_EXERCISED), one(Status.PASSED), Change.NEWLY_JUDGED, False),
        (one(Status.PASSED), replace(one(Status.PASSED), text="Another text."), Change.CHANGED_CONTRACT, False),
    ],
)
def test_a_change_is_told_and_whether_what_bound_got_worse(before, after, change, is_worse):
    comparison = compare(run(before), run(after))
    assert [(changed.change, changed.is_worse) for changed in comparison.changes] == [(change, is_worse)]
    assert comparison.is_worse is is_worse


@pytest.mark.parametrize("status", Status)
def test_what_stays_as_it_is_is_no_change(status):
    assert compare(run(one(status)), run(one(status))).changes == ()


def test_what_came_into_the_contract_and_what_left_it_is_told():
    comparison = compare(run(one(Status.PASSED)), run(replace(one(Status.FAILED), id="source.new")))
    assert [(changed.change, changed.is_worse) for changed in comparison.changes] == [
        (Change.NEW_IN_CONTRACT, False),
        (Change.GONE_FROM_CONTRACT, False),
    ]


def test_a_should_that_fails_is_worse_where_it_binds():
    before, after = one(Status.PASSED, Level.SHOULD), one(Status.FAILED, Level.SHOULD)
    assert compare(run(before), run(after, strict=True)).is_worse


def test_what_else_differs_is_told():
    new = run(one(Status.PASSED), budget="standard", toolkit="9", digests={"openapi": "0" * 64, "requirements": "2" * 64},
              capabilities={"core": Capability(served=True, why=""), "write": Capability(served=True, why="")},
              incomplete_because="it was cut short")  # fmt: skip
    told = compare(run(one(Status.PASSED)), replace(new, verdict=Verdict.INCOMPLETE)).circumstances
    assert told == (
        "toolkit: 0, then 9", "budget: quick, then standard", "verdict: not conforming, then incomplete", "the contract's requirements changed",
        "profile write: not served, then served", "the new run is incomplete: it was cut short",
    )  # fmt: skip


@pytest.mark.parametrize("form", difference.FORMATS)
def test_each_form_says_what_got_worse_and_nothing_of_a_server_is_markup(form):
    text = difference.FORMATS[form](compare(run(one(Status.PASSED)), run(one(Status.FAILED))))
    assert "source.type-enum" in text
    assert "\x1b" not in text
    assert "\x00" not in text
    assert form == "json" or "1 requirement that binds held before, and no more" in text
    assert form != "html" or EVIL not in text
    assert form != "json" or json.loads(text)["is_worse"] is True
