"""A contract of another field is judged by the same engine and gets all that the first one gets: the engine knows no contract."""

import json
from pathlib import Path

import pytest
from command import conformance
from recorded import read_results, read_rows

from conformance.core.errors import UsageError
from conformance.runner import contracts

TOY = Path(__file__).parent / "toy"
NAME = "keyvalue:KEY_VALUE"


def toy(command, *arguments):
    return conformance(command, *arguments, "--contract", NAME, cwd=TOY)


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    """Return a finished run on the toy's server with its fault."""
    output = tmp_path_factory.mktemp("toy") / "out"
    return output, toy("run", "--app", "keyvalue:faulty", "--seed", "1", "--output", str(output))


@pytest.mark.parametrize("workers", ["0", "2"])
def test_its_reference_conforms_by_all_its_requirements(tmp_path, workers):
    done = toy("run", "--seed", "1", "--output", str(tmp_path), "-n", workers)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {row["status"] for row in read_rows(tmp_path).values()} == {"passed"}
    assert len(read_rows(tmp_path)) == 6


def test_a_fault_of_its_server_is_caught_by_its_requirement_and_made_small(faulty):
    output, done = faulty
    assert done.returncode == 1, done.stdout + done.stderr
    failed = {name: row for name, row in read_rows(output).items() if row["status"] == "failed"}
    assert list(failed) == ["entries.create.echoes-value"]
    (exchange,) = failed["entries.create.echoes-value"]["counterexample"]["exchanges"]
    sent = json.loads(exchange["request"]["body"])
    assert list(sent) == ["value"]  # the note, which does not matter, is gone
    assert 8 < len(sent["value"]) < 17


def test_it_gets_the_same_reports_and_what_it_made_is_deleted(faulty):
    output, _done = faulty
    assert {"report.html", "results.json", "junit.xml", "results.sarif", "badge.json", "exchanges.jsonl.gz"} <= {
        file.name for file in output.iterdir()
    }
    report = (output / "report.html").read_text()
    assert "A body without a value is refused with 400 or 422." in report
    assert "curl -i -X POST" in report
    assert "collection" not in report.lower().replace("collections-conformance", "")
    results = read_results(output)
    assert results["cleaned"]["left"] == 0
    assert results["cleaned"]["deleted"] > 10


def test_its_counterexample_is_replayed_by_the_contract_that_the_record_names(faulty):
    output, _done = faulty
    again = conformance("replay", str(output / "results.json"), "entries.create.echoes-value", cwd=TOY)
    assert (again.returncode, "shown again" in again.stdout) == (1, True), again.stdout + again.stderr
    faithful = toy("replay", str(output / "results.json"), "entries.create.echoes-value", "--app", "keyvalue:faithful")
    assert faithful.returncode == 0, faithful.stdout + faithful.stderr


def test_a_declared_deviation_from_it_does_not_fail(tmp_path):
    target = tmp_path / "target.toml"
    written = toy(
        "run", "--app", "keyvalue:faulty", "--seed", "1", "--output", str(tmp_path / "a"), "--write-deviations", str(target)
    )
    assert written.returncode == 1
    done = toy("run", "--target", str(target), "--seed", "2", "--output", str(tmp_path / "b"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert read_rows(tmp_path / "b")["entries.create.echoes-value"]["status"] == "deviation"


def test_recorded_traffic_is_judged_by_it(tmp_path):
    entry = {
        "startedDateTime": "2026-01-01T00:00:00Z",
        "time": 1,
        "request": {
            "method": "POST",
            "url": "http://store.test/entries",
            "headers": [{"name": "Content-Type", "value": "application/json"}, {"name": "Content-Length", "value": "27"}],
            "postData": {"mimeType": "application/json", "text": '{"value":"longer than this"}'},
        },
        "response": {
            "status": 200,
            "headers": [
                {"name": "Content-Type", "value": "application/json"},
                {"name": "Date", "value": "Thu, 01 Jan 2026 00:00:00 GMT"},
            ],
            "content": {"mimeType": "application/json", "text": '{"entry_id":"e0","value":"longer t"}'},
        },
    }
    entry["request"]["headers"][1]["value"] = str(len(entry["request"]["postData"]["text"]))
    traffic = tmp_path / "t.har"
    traffic.write_text(json.dumps({"log": {"version": "1.2", "entries": [entry]}}))
    done = toy("check", str(traffic), "--output", str(tmp_path / "out"))
    assert done.returncode == 1, done.stdout + done.stderr
    assert read_rows(tmp_path / "out")["entries.create.echoes-value"]["status"] == "failed"


def test_its_requirements_are_explained_its_faults_listed_and_a_target_file_drafted(tmp_path):
    assert "A string as the value is accepted." in toy("explain", "entries.create.accepts-valid").stdout
    assert "undead" in toy("faults").stdout
    assert toy("init", str(tmp_path / "t.toml")).returncode == 0


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("colections", "no contract is called so; did you mean collections?"),
        ("nothing_here:CONTRACT", "No module named 'nothing_here'"),
        ("keyvalue:Server", "not a conformance Contract"),
        ("keyvalue:NOTHING", "has no attribute 'NOTHING'"),
    ],
)
def test_a_name_of_no_contract_is_refused_in_one_line(name, message):
    done = conformance("run", "--contract", name, cwd=TOY)
    assert done.returncode == 2, done.stdout + done.stderr
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_shipped_contract_is_found_by_its_entry_point():
    assert contracts.load("collections").title == "collections and documents API"
    with pytest.raises(UsageError):
        contracts.load("none")
