"""What reports say of a shard, and of a record that was joined from shards."""

from dataclasses import replace

import pytest
from command import conformance
from recorded import results
from shards import PASSED, record

from conformance.core.errors import UsageError
from conformance.evidence import results_file
from conformance.evidence.results import Status
from conformance.reporting import github, html, messages, submission

SHARD = record(2, PASSED).results
CUT = record(2, PASSED, ended="interrupted").results
CRASHED = replace(SHARD, requirements=(replace(PASSED, status=Status.ERROR, reason="a check raised"),))


def test_a_shard_whose_part_was_judged_is_no_error_in_github_but_one_that_was_cut_or_crashed_is():
    assert github.annotations(SHARD)[0].startswith("::notice title=incomplete::")
    assert github.annotations(CUT)[0].startswith("::error title=incomplete::")
    assert github.annotations(CRASHED)[0].startswith("::error title=incomplete::")


def test_the_page_of_a_shard_says_first_that_it_is_to_be_joined():
    assert "Join it with the others: a shard." in html.render(SHARD)
    assert "Find out why the run is incomplete: a shard." in html.render(CUT)


def test_a_shard_is_a_part_that_is_not_fit_to_be_published(tmp_path):
    assert messages.selection(SHARD.manifest).startswith("shard 2 of 2; ")
    folder = tmp_path / "vendor" / "1"
    folder.mkdir(parents=True)
    (folder / "results.json").write_text(results_file.text(SHARD))
    with pytest.raises(UsageError, match=r"only a part was judged \(shard 2 of 2"):
        submission.read(tmp_path, lambda file: results_file.read(file, {}))


def test_a_joined_record_says_of_how_many_shards():
    joined = results()
    joined = replace(joined, manifest=replace(joined.manifest, shards=8))
    assert messages.effort(joined).endswith("seed 1, joined from 8 shards")
    assert messages.selection(joined.manifest) == messages.selection(results().manifest)


def test_a_history_has_runs_and_no_shards(tmp_path):
    for name, given in (("shard", SHARD), ("run", results())):
        (tmp_path / name).mkdir()
        (tmp_path / name / "results.json").write_text(results_file.text(given))
    done = conformance("history", str(tmp_path))
    assert (done.returncode, done.stdout.count("2026-01-01")) == (0, 1), done.stdout
    done = conformance("history", str(tmp_path / "shard"))
    assert (done.returncode, "only shards are in it" in done.stderr) == (2, True)
