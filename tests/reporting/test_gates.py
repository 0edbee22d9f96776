"""What CI servers read: SARIF, the badge, GitHub's annotations and summary, and a baseline of deviations."""

import json
import re
import tomllib
from dataclasses import replace

import pytest
from recorded import EVIL, exchange, results

from conformance.core.errors import UsageError
from conformance.evidence import results_file
from conformance.evidence.results import Level, Repetitions, Status
from conformance.reporting import badge, baseline, github, sarif

FLAKY = {"repetitions": Repetitions(2, 3)}


def test_a_badge_says_the_verdict_and_what_passed_of_what_applies():
    content = json.loads(badge.render(results()))
    assert (content["schemaVersion"], content["message"], content["color"]) == (1, "not conforming, 0 of 1", "red")
    assert content["label"] == "collections API"


def test_a_badge_names_the_contract_of_its_record():
    outcome = results()
    other = replace(outcome.manifest, contract=replace(outcome.manifest.contract, title="ledgers API"))
    assert json.loads(badge.render(replace(outcome, manifest=other)))["label"] == "ledgers API"


def log(outcome):
    text = results_file.text(outcome)
    return text, json.loads(sarif.render(outcome, results_file="my out/results.json", results_text=text))["runs"][0]


def test_a_finding_of_sarif_has_its_rule_its_place_and_what_was_seen():
    text, run = log(results(expected=0, actual=604800))
    (finding,) = run["results"]
    rule = run["tool"]["driver"]["rules"][finding["ruleIndex"]]
    assert finding["ruleId"] == rule["id"] == "source.type-enum"
    assert (finding["level"], "604800" in finding["message"]["text"]) == ("error", True)
    line = finding["locations"][0]["physicalLocation"]["region"]["startLine"]
    assert finding["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "my%20out/results.json"
    assert '"id": "source.type-enum"' in text.split("\n")[line - 1]


def test_a_finding_of_sarif_stands_in_its_row_though_a_target_sent_what_looks_like_one():
    vocabulary = {"id": "source.type-enum"}
    text, run = log(replace(results(), manifest=replace(results().manifest, vocabulary=vocabulary)))
    line = run["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"]
    assert text.split("\n")[line - 1] == '   "id": "source.type-enum",'
    assert '"id": "source.type-enum"' in text.partition('"requirements": [')[0]


def test_a_declared_deviation_is_suppressed_in_sarif_and_a_should_is_a_warning():
    outcome = results(status=Status.DEVIATION, reason="known")
    (finding,) = log(outcome)[1]["results"]
    assert finding["suppressions"][0]["justification"] == "known"
    assert log(results(level=Level.SHOULD))[1]["results"][0]["level"] == "warning"


def test_an_annotation_is_one_line_whatever_a_target_sent():
    (line,) = github.annotations(results(message="a\n::set-output name=x::y\r%"))
    assert line.startswith("::error title=MUST source.type-enum::")
    assert "\n" not in line
    assert "\r" not in line


def test_an_incomplete_run_is_annotated_first():
    assert github.annotations(results().incomplete("gone"))[0] == "::error title=incomplete::gone"


def test_ten_annotations_of_a_kind_are_shown():
    outcome = results()
    assert len(github.annotations(replace(outcome, requirements=outcome.requirements * 30))) == 10


def test_nothing_that_a_target_sent_is_markup_in_the_summary():
    summary = github.step_summary(results(message=EVIL + "|`[x](y)`"), ["report.html"])
    assert "<script" not in summary
    assert "|`" not in summary
    rows = [line for line in summary.split("\n") if line.startswith("| <code>")]
    assert len(rows) == 1
    assert len(re.findall(r"(?<!\\)\|", rows[0])) == 4


def test_a_baseline_declares_what_fails_and_says_what_was_seen(tmp_path):
    path = tmp_path / "base.toml"
    outcome = results(message=EVIL, fingerprint="0a1b2c3d4e5f")
    assert baseline.write(outcome, path) == f"{path}: declared 1 as deviations; each with what was seen as its reason"
    file = tomllib.loads(path.read_text())
    assert file["target"]["url"] == "http://127.0.0.1:1/it's"
    assert file["auth"] == {"token_env": "MY_TOKEN"}
    (declared,) = file["deviations"]
    assert (declared["requirement"], declared["fingerprints"]) == ("source.type-enum", ["0a1b2c3d4e5f"])
    assert declared["reason"].startswith("</pre><script>alert(1)</script>")
    assert "expected" in declared["reason"]


def test_what_is_flaky_is_listed_apart(tmp_path):
    path = tmp_path / "base.toml"
    outcome = results(**FLAKY, not_shown_by=(exchange(9),), flaky=True)
    assert "1 as flaky" in baseline.write(outcome, path)
    file = tomllib.loads(path.read_text())
    assert "deviations" not in file
    assert file["flaky"][0]["requirement"] == "source.type-enum"


def test_a_baseline_is_added_to_a_file_that_is_there(tmp_path):
    path = tmp_path / "t.toml"
    path.write_text('[target]\nname = "kept"  # and this')
    baseline.write(results(), path)
    assert path.read_text().startswith('[target]\nname = "kept"  # and this\n')
    assert tomllib.loads(path.read_text())["deviations"]


@pytest.mark.parametrize("before", ["deviations = []\n", "[target\n", "\xff"])
def test_a_file_that_cannot_be_added_to_stays_as_it_is(tmp_path, before):
    path = tmp_path / "t.toml"
    path.write_bytes(before.encode("latin-1"))
    with pytest.raises(UsageError, match="nothing can be added"):
        baseline.write(results(), path)
    assert path.read_bytes() == before.encode("latin-1")
