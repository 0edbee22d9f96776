"""The compatibility page: targets side by side, what differs between them, and how each was made."""

import re
from dataclasses import replace

from recorded import EVIL, example, results, row

from conformance.contracts.collections.contract import CONTRACT
from conformance.contracts.collections.requirements import requirements
from conformance.evidence import features
from conformance.evidence.features import Feature
from conformance.evidence.results import Declared, Level, Status, Target, Verdict
from conformance.reporting import badge, matrix
from conformance.reporting.submission import Submission

FEATURE = Feature("Sources", "what collections are made of", ("source.*",))


def submission(name, *rows, is_edited=False, steps=(), **manifest):
    outcome = results()
    outcome = replace(
        outcome, requirements=rows, manifest=replace(outcome.manifest, target=Target(name, "http://127.0.0.1:1", None), **manifest)
    )
    return Submission(outcome, name, "1", "", steps, is_edited)


def one(status, level=Level.MUST, name="source.type-enum", **more):
    shown = example() if status in (Status.FAILED, Status.DEVIATION) else None
    return replace(row(status, level, counterexample=shown), id=name, **more)


def lines(page):
    """Return the classes and signs of the cells of each line."""
    found = {}
    for line in re.findall(r"<tr data-item.*?</tr>", page, re.DOTALL):
        name = re.search(r'scope="row">(?:<code>)?([^<]+)', line)[1]
        cells = re.findall(r'<td class="([^"]+)"[^>]*><(?:a|span)[^>]*>([^<]+)<', line)
        found[name] = ([f"{status} {sign}" for status, sign in cells], re.search(r'data-shows="([^"]*)"', line)[1])
    return found


def test_a_line_has_the_status_of_each_target_by_sign_and_letter():
    page = matrix.render(
        [submission("b", one(Status.FAILED)), submission("a", one(Status.PASSED)), submission("c", one(Status.FAILED, Level.SHOULD)),
         submission("d", one(Status.NOT_APPLICABLE)), submission("e", one(Status.PASSED, name="source.other"))], [FEATURE],
    )  # fmt: skip
    assert lines(page)["source.type-enum"] == (["passed ✓P", "failed ✗F", "failed ✗f", "not-applicable –N", "absent ·"], "differ")
    assert lines(page)["Sources"][0] == ["passed ✓", "failed ✗", "deviation ≈", "not-applicable –", "passed ✓"]


def test_where_one_target_alone_fails_the_line_says_so():
    page = matrix.render([submission(name, one(status)) for name, status in (("a", Status.PASSED), ("b", Status.FAILED))], [])
    assert lines(page)["source.type-enum"][1] == "differ one-fails"


def test_a_run_of_another_kind_is_marked_and_no_number_is_made_of_all():
    same = [submission(name, one(Status.PASSED)) for name in "ab"]
    other = submission(
        "c",
        one(Status.PASSED),
        budget="thorough",
        toolkit="9",
        digests={"requirements": "9" * 64},
        only=("source.*",),
        is_edited=True,
    )
    cut = replace(submission("d", one(Status.PASSED), incomplete_because="it was cut short").results, verdict=Verdict.INCOMPLETE)
    page = matrix.render([*same, other, replace(same[0], results=cut, vendor="d")], [])
    for mark in (
        "Other edition of the contract: 999999999999",
        "Other budget: thorough",
        "Other toolkit: 9",
        "A part: only source.*",
        "Edited: ",
        "Incomplete: it was cut short",
    ):
        assert f"⚠ {mark}" in page, mark
    assert "%" not in re.sub(r"<style>.*?</style>|<script>.*?</script>", "", page, flags=re.DOTALL)


def test_how_to_reproduce_stands_there_for_each():
    page = matrix.render(
        [submission("a", one(Status.PASSED), steps=("make it", "run it")), submission("b", one(Status.PASSED))], []
    )
    assert "make it\nrun it" in page
    assert "conformance run http://127.0.0.1:1 --token-env MY_TOKEN --budget quick --seed 1" in page


def test_evidence_and_deviations_are_shown_and_nothing_of_a_server_is_markup():
    declared = one(Status.DEVIATION, declared=Declared("known <b>", "2025-01-01", None, None))
    page = matrix.render([submission(EVIL, declared)], [FEATURE])
    assert "declared: known &lt;b&gt;" in page
    assert EVIL not in page
    assert "\x1b" not in page
    assert "\x00" not in page
    assert 'href="#t1-source.type-enum"' in page
    assert 'id="t1-source.type-enum"' in page


def test_the_same_records_in_any_order_give_the_same_bytes():
    some = [submission(name, one(Status.FAILED)) for name in ("v10", "v9", "a")]
    page = matrix.render(some, [FEATURE])
    assert page == matrix.render(some[::-1], [FEATURE])
    assert page.index("v9 1") < page.index("v10 1")


def test_thirty_targets_fit_into_a_page():
    every = [replace(row(Status.FAILED, Level.MUST, counterexample=example(message="m" * 60, expected="e" * 60, actual="a" * 60, at="/x")), id=name)
             for name in list(requirements())[:60]]  # fmt: skip
    rest = [replace(row(Status.PASSED, Level.MUST), id=name) for name in list(requirements())[60:]]
    page = matrix.render(
        [submission(f"Vendor {number}", *every, *rest) for number in range(30)], features.read(CONTRACT.features_file)
    )
    assert len(page.encode()) < 1_500_000


def test_every_feature_of_the_contract_has_requirements():
    for feature in features.read(CONTRACT.features_file):
        for glob in feature.requirements:
            assert Feature("", "", (glob,)).among(requirements()), (feature.name, glob)


def test_a_badge_is_a_picture_of_its_own_too():
    picture = badge.svg(submission("a", one(Status.FAILED)).results)
    assert "not conforming" in picture
    assert picture.startswith("<svg ")
