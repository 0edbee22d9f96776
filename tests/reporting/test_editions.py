"""Records of different editions of a contract: they stand beside each other, and only what they share is compared."""

import json
import re
from dataclasses import replace

import pytest
from command import conformance
from recorded import EVIL, example, results, row

from conformance.contracts.collections_2026_01.contract import CONTRACT as LATER_CONTRACT
from conformance.evidence import features
from conformance.evidence.features import Feature
from conformance.evidence.results import Capability, Level, Status, Target
from conformance.reporting import history, matrix
from conformance.reporting.comparison import Change, compare
from conformance.reporting.editions import Editions
from conformance.reporting.submission import Submission

FIRST, LATER = "collections", "collections@2026-01"


def record(contract, *rows, name="a", **manifest):
    outcome = results()
    by = replace(outcome.manifest.contract, name=contract)
    return replace(
        outcome,
        requirements=rows,
        manifest=replace(outcome.manifest, contract=by, target=Target(name, None, None), **{"only": (), **manifest}),
    )


def one(identifier, status=Status.PASSED, level=Level.MUST, **more):
    shown = example() if status in (Status.FAILED, Status.DEVIATION) else None
    return replace(row(status, level, counterexample=shown), id=identifier, **more)


def submitted(contract, *rows, name="a", **manifest):
    return Submission(record(contract, *rows, name=name, **manifest), name, "", "", (), is_edited=False)


def lines(page):
    """Return the words of the cells of each line."""
    found = {}
    for line in re.findall(r"<tr data-item.*?</tr>", page, re.DOTALL):
        name = re.search(r'scope="row">(?:<code>)?([^<]+)', line)[1]
        found[name] = re.findall(r'<td class="[^"]+"[^>]*><(?:a|span)[^>]*aria-label="([^"]*)"', line)
    return found


KEPT, GONE, NEW = "http.kept", "http.gone", "http.new"
OLD_SERVER = submitted(FIRST, one(KEPT), one(GONE, Status.FAILED), name="old")
NEW_SERVER = submitted(LATER, one(KEPT, Status.FAILED), one(NEW), name="new")


def test_the_rows_are_those_of_all_editions_and_what_an_edition_lacks_is_no_verdict():
    page = matrix.render([NEW_SERVER, OLD_SERVER], [])
    assert lines(page) == {
        KEPT: ["failed (MUST)", "passed (MUST)"],
        GONE: ["not in this edition", "failed (MUST)"],
        NEW: ["passed (MUST)", "not in this edition"],
    }
    assert re.findall(r'data-shows="([^"]*)"', page) == ["differ one-fails", "one-fails", ""]


def test_each_column_names_its_edition_and_no_run_is_marked_for_it():
    page = matrix.render([OLD_SERVER, NEW_SERVER], [])
    assert page.count(f'<span class="edition">{LATER}</span>') == page.count(f'<span class="edition">{FIRST}</span>') == 1
    assert "⚠ Other" not in page
    assert f"conformance run --contract {LATER} --token-env" in page
    assert 'class="edition"' not in matrix.render([OLD_SERVER, OLD_SERVER], [])


def test_what_is_counted_is_what_the_editions_share_and_that_is_said():
    page = matrix.render([OLD_SERVER, NEW_SERVER], [])
    assert "Edition collections: 1 target, 2 requirements, 1 of them in no other edition here" in page
    assert "Compared and counted is what all of them have: 1 requirements" in page
    assert "Of the 1 requirements that the editions share: 1 passed." in page
    assert "Of the 1 requirements that the editions share: 1 failed." in page
    assert "that the editions share" not in matrix.render([OLD_SERVER], [])


def test_what_was_not_selected_is_not_said_to_be_lacking():
    part = submitted(FIRST, one(KEPT), name="part", only=("http.k*", "http.n*"))
    assert lines(matrix.render([part, NEW_SERVER, OLD_SERVER], []))[GONE][2] == "not selected in this run"
    assert lines(matrix.render([part, NEW_SERVER], []))[NEW] == ["passed (MUST)", "not in this edition"]


def test_a_run_by_another_contract_and_one_by_another_version_of_its_edition_are_marked():
    others = [
        submitted("shops", one("shop.kept"), name="s"),
        submitted(LATER, one(KEPT), name="v", digests={"requirements": "9" * 64}),
    ]
    page = matrix.render([OLD_SERVER, NEW_SERVER, NEW_SERVER, *others], [])
    assert "⚠ Other contract: shops" in page
    assert page.count("⚠ Other edition of the contract: 999999999999") == 1
    assert "not in this edition" not in page


def test_an_edition_that_says_something_else_of_a_requirement_is_quoted():
    other = submitted(LATER, one(KEPT, level=Level.SHOULD, stated_level=Level.SHOULD, text=f"May be kept. {EVIL}"), name="new")
    page = matrix.render([OLD_SERVER, other], [])
    assert f"{LATER}: SHOULD, May be kept. " in page
    assert EVIL not in page


def test_a_feature_is_judged_by_what_the_editions_share_of_it():
    both, gone, disjoint = (
        Feature("Both", "", ("http.kept", "http.gone")),
        Feature("Gone", "", ("http.gone",)),
        Feature("Apart", "", ("http.gone", "http.new")),
    )
    page = matrix.render([OLD_SERVER, NEW_SERVER], [both, gone, disjoint])
    found = lines(page)
    assert found["Both"] == ["no: 1 of 1 fail", "yes"]  # the failure of the older one is in what the other does not have
    assert found["Gone"] == ["not in this edition", "no: 1 of 1 fail"]
    assert found["Apart"] == ["yes", "no: 1 of 1 fail"]
    assert "By the 1 requirements of it that the editions share; 1 more are one edition&#39;s own." in page


def test_evidence_links_the_page_of_its_own_edition():
    page = matrix.render([OLD_SERVER, NEW_SERVER], [], {FIRST: "contract.html", LATER: "contract-2026-01.html"})
    assert f'href="contract.html#{GONE}"' in page
    assert f'href="contract-2026-01.html#{KEPT}"' in page
    assert f'<a href="contract.html">{FIRST}</a>, <a href="contract-2026-01.html">{LATER}</a>.' in page


def test_the_same_records_in_any_order_give_the_same_bytes():
    some = [OLD_SERVER, NEW_SERVER, submitted(LATER, one(KEPT), one(NEW), name="old")]
    assert matrix.render(some, []) == matrix.render(some[::-1], [])


def test_editions_know_what_they_share():
    editions = Editions.of([record(LATER, one(KEPT), one(NEW)), record(FIRST, one(KEPT), one(GONE))])
    assert list(editions.requirements) == [FIRST, LATER]
    assert editions.shared == {KEPT}
    assert (editions.only_in(FIRST), editions.only_in(LATER)) == ({GONE}, {NEW})
    assert editions.lacks(LATER, GONE)
    assert not editions.lacks(FIRST, GONE)
    assert not Editions.of([record(FIRST, one(KEPT)), record("shops", one(KEPT))]).are_several


def test_of_two_editions_only_what_both_have_is_compared_and_that_is_said():
    served = {"core": Capability(served=True, why="")}
    before = record(FIRST, one(KEPT), one(GONE), capabilities={**served, "blobs": Capability(served=True, why="")})
    after = record(LATER, one(KEPT, Status.FAILED), one(NEW, Status.FAILED), capabilities=served, digests={"openapi": "9" * 64})
    comparison = compare(before, after)
    assert [(changed.change, changed.requirement) for changed in comparison.changes] == [(Change.NEWLY_FAILING, KEPT)]
    assert comparison.circumstances == (
        f"contract: {FIRST}, then {LATER}",
        "these are two editions of the contract: the 1 requirements of both are compared, 1 of the old and 1 of the new edition alone are not",
    )
    assert compare(before, replace(before, requirements=(one(KEPT),))).changes[0].change is Change.GONE_FROM_CONTRACT


def test_runs_by_two_editions_are_two_series_that_say_which():
    runs = [
        record(FIRST, one(KEPT), one(GONE)),
        record(LATER, one(KEPT, Status.FAILED), one(NEW)),
        record(FIRST, one(KEPT), name="b"),
    ]
    assert [(of_target.name, len(of_target.runs)) for of_target in history.series(runs)] == [
        (f"a, by {FIRST}", 1), (f"a, by {LATER}", 1), ("b", 1),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with a record of each edition, and one of another contract."""
    made = tmp_path_factory.mktemp("editions")
    for name, contract in (("first", FIRST), ("later", LATER)):
        done = conformance("run", "--contract", contract, "--only", "source.*", "--output", name, cwd=made)
        assert done.returncode == 0, done.stdout
    other = json.loads((made / "first" / "results.json").read_text())
    other["manifest"]["contract"]["name"] = "shops"
    (made / "shops.json").write_text(json.dumps(other))
    return made


def test_the_page_has_both_editions_with_the_words_of_each(folder):
    done = conformance("matrix", "later/results.json", "first/results.json", "--output", "page", cwd=folder)
    assert done.returncode == 0, done.stderr
    words = lines((folder / "page" / "index.html").read_text())
    assert words["source.type-known"] == ["not in this edition", "passed (MUST)"]
    assert words["source.type-enum"] == ["passed (MUST)", "not in this edition"]
    assert "source.type-enum" in (folder / "page" / "contract.html").read_text()
    assert "source.type-known" in (folder / "page" / "contract-2026-01.html").read_text()


def test_one_edition_alone_has_the_plain_page(folder):
    done = conformance("matrix", "later/results.json", "--output", "alone", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "source.type-known" in (folder / "alone" / "contract.html").read_text()
    assert not (folder / "alone" / "contract-2026-01.html").exists()


def test_the_difference_of_two_editions_is_told_and_that_of_two_contracts_refused(folder):
    done = conformance("diff", "first/results.json", "later/results.json", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "two editions of the contract" in done.stdout
    done = conformance("diff", "first/results.json", "shops.json", cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert "they have nothing in common" in done.stderr
    assert done.stderr.count("\n") == 1


def test_shards_of_two_editions_are_refused_by_name(tmp_path):
    for number, contract in ((1, FIRST), (2, LATER)):
        conformance(
            "run",
            "--contract",
            contract,
            "--only",
            "source.*",
            "--seed",
            "1",
            "--shard",
            f"{number}/2",
            "--output",
            str(number),
            cwd=tmp_path,
        )
    done = conformance("merge", "1/results.json", "2/results.json", "--output", "joined/results.json", cwd=tmp_path)
    assert done.returncode == 2
    assert f"the contract is {FIRST} in 1/results.json and {LATER} in 2/results.json" in done.stderr
    assert done.stderr.count("\n") == 1


def test_every_feature_that_the_edition_adds_has_requirements():
    for feature in features.read(LATER_CONTRACT.features_file):
        for glob in feature.requirements:
            assert Feature("", "", (glob,)).among(LATER_CONTRACT.api.requirements), (feature.name, glob)


def test_a_feature_of_two_editions_has_the_requirements_of_both():
    one_list, another = (Feature("A", "first", ("a.*",)), Feature("B", "", ("b",))), (Feature("A", "later", ("a.*", "c.*")),)
    assert features.together(one_list, another) == (Feature("A", "first", ("a.*", "c.*")), Feature("B", "", ("b",)))
