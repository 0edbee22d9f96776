"""A record is fit to be published if it is whole, as the toolkit wrote it, and says how to make it again."""

import json
from dataclasses import replace

import pytest
from recorded import results

from conformance import records
from conformance.core.errors import UsageError
from conformance.evidence import results_file
from conformance.evidence.results import Recording, Verdict
from conformance.reporting import submission

ABOUT = 'vendor = "Vendor"\nversion = "1.2"\nabout = "What it is."\nsteps = ["start it", "conformance run http://127.0.0.1:1"]\n'


def submitted(folder, outcome=None, about=ABOUT, target="[target]\n"):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.json").write_text(results_file.text(outcome or whole()))
    (folder / "report.toml").write_text(about)
    if target:
        (folder / "target.toml").write_text(target)
    return folder


def whole(**manifest):
    outcome = results()
    return replace(outcome, manifest=replace(outcome.manifest, **manifest))


def test_what_a_folder_says_of_itself_is_read(tmp_path):
    (read,) = submission.read(submitted(tmp_path / "vendor" / "1.2").parent.parent, records.read)
    assert (read.name, read.about, read.steps[-1], read.is_edited) == (
        "Vendor 1.2", "What it is.", "conformance run http://127.0.0.1:1", False,
    )  # fmt: skip
    assert read.slug == "vendor-1-2"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"about": ABOUT.replace("steps", "stops")}, "does not say how to make the record again"),
        ({"about": ABOUT.replace("about", "a_bout")}, "does not say who made the target"),
        ({"about": "vendor = ["}, "report.toml: "),
        ({"target": ""}, "its target file, target.toml, is not there"),
        (
            {"outcome": replace(whole(incomplete_because="it was cut short"), verdict=Verdict.INCOMPLETE)},
            "its run is incomplete (it was cut short)",
        ),
        ({"outcome": whole(only=("filters.*",))}, "only a part was judged (only filters.*)"),
        ({"outcome": whole(profiles=("core",))}, "only a part was judged (profiles core)"),
        ({"outcome": whole(recording=Recording("a.har", 1, {}, {}, "exchanges.jsonl.gz"))}, "recorded traffic was judged"),
    ],
)
def test_what_is_not_fit_to_be_published_is_refused_and_it_says_why(tmp_path, change, why):
    submitted(tmp_path / "a" / "1")
    submitted(tmp_path / "b" / "1", **change)
    with pytest.raises(UsageError) as error:
        submission.read(tmp_path, records.read)
    assert why in str(error.value)
    assert str(tmp_path / "a" / "1") not in str(error.value)


def test_an_edited_record_is_found_out(tmp_path):
    file = submitted(tmp_path / "a" / "1") / "results.json"
    file.write_text(file.read_text().replace('"status": "failed"', '"status": "passed"'))
    with pytest.raises(UsageError, match="its record was edited after the run"):
        submission.read(tmp_path, records.read)
    (alone,) = submission.read(file, records.read)
    assert alone.is_edited


def test_a_record_that_is_written_again_in_another_form_is_not_edited(tmp_path):
    file = submitted(tmp_path / "a" / "1") / "results.json"
    file.write_text(json.dumps(json.loads(file.read_text()), indent=4))
    assert not submission.read(tmp_path, records.read)[0].is_edited


def test_a_run_of_ones_own_beside_them_is_not_looked_at(tmp_path):
    submitted(tmp_path / "a" / "1")
    submitted(tmp_path / "local", about="")
    assert len(submission.read(tmp_path, records.read)) == 1


def test_a_folder_without_a_record_is_told(tmp_path):
    with pytest.raises(UsageError, match="no record is in it"):
        submission.read(tmp_path, records.read)
