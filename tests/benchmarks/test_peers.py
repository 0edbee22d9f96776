"""The comparison with other tools: a finding counts if the tool does not report it for the unchanged reference."""

import contextlib
import os
import xml.etree.ElementTree as ET
from pathlib import Path
from random import Random

import pytest
from peers import __main__ as command
from peers import openapi_document, sampling
from peers.finding import Finding, FirstSeen, Report, earliest, new_findings
from peers.markdown_report import markdown_report
from peers.openapi_document import Fixture
from peers.run_record import RunRecord, from_json, start_record, to_json
from peers.sampling import Server
from peers.schemathesis_adapter import parse_events
from peers.specmatic_adapter import parse_junit
from peers.tool import Tool, portable_command
from triggers import TRIGGERS

SERVER_ERROR, SCHEMA = Finding("not_a_server_error", "POST /a"), Finding("response_schema_conformance", "POST /a")


def test_a_finding_about_the_unchanged_reference_does_not_count():
    faulty = Report({SERVER_ERROR: FirstSeen(5, 1.0), SCHEMA: FirstSeen(9, 2.0)})
    unchanged = [Report({SCHEMA: FirstSeen(1, 0.1)}), Report()]
    assert new_findings(faulty, unchanged) == {SERVER_ERROR: FirstSeen(5, 1.0)}


def test_the_same_check_on_another_operation_counts():
    other = Finding("not_a_server_error", "POST /b")
    assert new_findings(Report({other: FirstSeen(1, 1.0)}), [Report({SERVER_ERROR: FirstSeen(1, 1.0)})]) == {
        other: FirstSeen(1, 1.0)
    }


def test_the_earliest_finding_is_the_one_with_the_least_seconds():
    assert earliest({SERVER_ERROR: FirstSeen(5, 2.0), SCHEMA: FirstSeen(9, 1.0)}) == FirstSeen(9, 1.0)
    assert earliest({}) is None


def event(name, at, *failed):
    case = {"value": {"method": "POST", "path": "/a"}}
    checks = [{"name": "not_a_server_error", "status": "success"}, *({"name": check, "status": "failure"} for check in failed)]
    return {
        "ScenarioFinished": {
            "recorder": {"cases": {name: case}, "checks": {name: checks}, "interactions": {name: {"timestamp": at}}}
        }
    }


def test_findings_are_read_from_the_events_of_schemathesis():
    events = [{"EngineStarted": {}}, event("late", 14.0, SCHEMA.check), event("early", 12.0), event("later", 15.0, SCHEMA.check)]
    findings, requests = parse_events(iter(events), started=10.0)
    assert findings == {SCHEMA: FirstSeen(2, 4.0)}
    assert requests == 3


def test_findings_are_read_from_the_junit_report_of_specmatic():
    root = ET.fromstring(
        '<testsuite><testcase name="X > Scenario: GET /a/(id:string) -&gt; 200 with b" time="1"/>'
        '<testcase name="X > Scenario: GET /a/(id:string) -&gt; 200" time="2"><failure message="R0002: HTTP status mismatch '
        'Specification expected status 200 but response contained status 500"/></testcase>'
        '<testcase name="X > Scenario: PUT /a -&gt; 200" time="1"><failure>R2003: Unknown property</failure></testcase></testsuite>'
    )
    findings, count = parse_junit(root, startup_seconds=5.0)
    assert findings == {
        Finding("status 200, not 500", "GET /a/(id:string)"): FirstSeen(2, 8.0),
        Finding("R2003", "PUT /a"): FirstSeen(3, 9.0),
    }
    assert count == 3


DOCUMENT = {
    "paths": {"/c/{collection_id}": {"parameters": [{"name": "collection_id", "in": "path"}, {"$ref": "#/components/parameters/Namespace"}],
                                     "get": {}, "delete": {}}},
    "components": {
        "parameters": {"Namespace": {"name": "X-Namespace", "in": "header", "schema": {"type": "string"}}},
        "schemas": {"Source": {"x-needs": {"bucket": {"field": "bucket_id", "requirement": "r"}}},
                    "Cache": {"properties": {"ttl": {"type": "integer", "x-minimum": {"value": 0, "requirement": "r"}}}}},
    },
}  # fmt: skip


def test_annotations_are_expressed_in_json_schema():
    result = openapi_document.for_server(DOCUMENT, "http://x")
    assert result["components"]["schemas"]["Cache"]["properties"]["ttl"]["minimum"] == 0
    assert result["components"]["schemas"]["Source"]["oneOf"][0]["required"] == ["type", "bucket_id"]
    assert result["security"] == [{"bearer": []}]
    assert "servers" not in DOCUMENT


def test_deletions_get_ids_that_no_other_operation_uses():
    result = openapi_document.with_fixed_ids(DOCUMENT, Fixture("col_1", ("doc_1", "doc_2"), "col_2"), "ns")
    path = result["paths"]["/c/{collection_id}"]
    assert [parameter["schema"]["enum"] for parameter in path["parameters"]] == [["col_1"], ["ns"]]
    assert [parameter["schema"]["enum"] for parameter in path["delete"]["parameters"]] == [["col_2"], ["ns"]]


def test_a_sample_has_every_trigger_and_chapter():
    faults = [
        Server("fault", f"{trigger}{chapter}{n}", trigger, f"{chapter}.one")
        for trigger in TRIGGERS
        for chapter in "ab"
        for n in range(5)
    ]
    sample = sampling.stratified_sample(faults, 6, Random(1))
    assert sorted(fault.trigger for fault in sample) == ["always", "always", "edge", "edge", "rare", "rare"]
    assert {(fault.trigger, fault.breaks) for fault in sample} == {
        (trigger, f"{chapter}.one") for trigger in TRIGGERS for chapter in "ab"
    }
    assert sample == sampling.stratified_sample(faults, 6, Random(1))


def test_faults_and_variants_are_interleaved():
    faults, variants = [Server("fault", str(n)) for n in range(6)], [Server("variant", str(n)) for n in range(2)]
    assert [server.kind for server in sampling.interleave(faults, variants)][:4].count("variant") == 1


def run_record(**more):
    return RunRecord(**{"command": "c", "seed": 1, "seconds": 30, "sample": 1, "variants": 1, "told": False, "planned": 4,
                   "tools": {"ours": "ours 1", "other": "other 2"}, "python": "3.11", "machine": "m", "niceness": 0, "load": 0.5, **more})  # fmt: skip


def test_the_page_counts_caught_faults_and_false_alarms():
    def row(kind, name, tool, findings, seconds):
        return {"kind": kind, "name": name, "trigger": "edge" if kind == "fault" else "", "breaks": "list.limit", "tool": tool, "error": "",
                "requests": 9, "seconds": 5.0, "caught": bool(findings) and kind == "fault", "findings": findings,
                "first_requests": 3 if findings else None, "first_seconds": seconds}  # fmt: skip

    rows = [row("fault", "f", "ours", [["list.limit", ""]], 2.0), row("fault", "f", "other", [["check", "GET /a"]], 8.0),
            row("variant", "v", "ours", [], None), row("variant", "v", "other", [["check", "GET /a"]], 1.0)]  # fmt: skip
    text = markdown_report([run_record(runs=rows, commands={"ours": ["run"]})])
    assert "| edge | 1 | 1 | 1 |" in text
    assert "| caught within the time that ours took on the same server | | 1 | 0 |" in text
    assert "| of them with a false alarm | 0 | 1 |" in text


def test_which_requirements_an_openapi_document_can_express():
    assert sampling.is_expressible_in_openapi("http.no-server-error")
    assert sampling.is_expressible_in_openapi("collections.create.requires-name")
    assert not sampling.is_expressible_in_openapi("filters.eval.nin")
    assert not sampling.is_expressible_in_openapi("collections.create.echoes-name")


def test_the_page_tells_how_each_record_was_made():
    text = markdown_report(
        [run_record(), run_record(command="d", seed=2, niceness=19, load=3.25, sample=None, told=True, planned=0)]
    )
    assert (
        "`c`: a sample of 1 faults and a sample of 1 variants, seed 1: 0 faults and 0 variants; stopped after 0 of 4 runs" in text
    )
    assert "m, not niced, load average 0.5 at the start." in text
    assert (
        "`d`: all faults in what an OpenAPI document can say and a sample of 1 variants, seed 2: 0 faults and 0 variants; 30 s"
        in text
    )
    assert "with `nice -n 19`, load average 3.25" in text


def test_niceness_and_load_are_measured_and_survive_the_file():
    record = start_record({"command": "c", "seed": 1, "seconds": 30, "sample": 1, "variants": 1, "told": False}, {"ours": "1"}, 4)
    assert record.niceness == os.getpriority(os.PRIO_PROCESS, 0)
    assert record.load >= 0
    assert from_json(to_json([record, run_record()])) == (record, run_record())


def test_a_published_command_line_has_no_path_of_this_machine():
    line = ["env", "K=V", "/usr/bin/java", "-jar", "/opt/x/tool.jar", "--url=http://h:1", "/tmp/f/openapi.json"]
    assert portable_command(line, "http://h:1", Path("/tmp/f")) == "env K=V java -jar tool.jar --url=URL DIR/openapi.json"


@pytest.fixture
def run_with_lines(tmp_path, monkeypatch):
    """The command without a server and with one tool. The test gives the words of each command line; they are the findings too."""

    def run(line, _url, _folder):
        if line[0] == "fail":
            raise ValueError("no")
        return Report({Finding("check", word): FirstSeen(1, 1.0) for word in line[1:]}, 1, 1.0)

    lines_to_run = []
    tool = Tool("tool 1", lambda _url, _folder, _seed, _seconds: lines_to_run.pop(0), run)
    monkeypatch.setattr(command, "serve_reference", lambda *_: contextlib.nullcontext("http://x"))
    monkeypatch.setattr(command, "installed_tools", lambda: {"ours": tool})
    for name, path in (
        ("ROOT", ""),
        ("RECORD", "reports/peers.json"),
        ("PAGE", "docs/peers.md"),
        ("LOCAL", "reports/local/peers.json"),
    ):
        monkeypatch.setattr(command, name, tmp_path / path)

    def run_command(words, *lines):
        lines_to_run[:] = [list(line) for line in lines]
        monkeypatch.setattr("sys.argv", ["peers", *words.split()])
        return command.main()

    return run_command


def test_findings_are_compared_with_the_unchanged_reference_of_the_same_run(run_with_lines, tmp_path):
    assert run_with_lines("--sample 1 --variants 0", "ta", "t", "ta") == 0
    assert run_with_lines("--sample 1 --variants 0 --seed 2 --append", "t", "tb", "tab") == 0
    first, second = from_json((tmp_path / "reports/local/peers.json").read_text("utf-8"))
    assert first.runs[-1]["findings"] == []
    assert second.runs[-1]["findings"] == [["check", "a"]]
    assert second.commands == {"ours": ["t", "t b", "t a b"]}
    assert (first.planned, second.planned) == (3, 3)


def test_a_sample_is_published_only_on_request(run_with_lines, tmp_path):
    run_with_lines("--sample 1 --variants 0", "t", "t", "t")
    assert not (tmp_path / "reports/peers.json").exists()
    assert not (tmp_path / "docs").exists()
    run_with_lines("--sample 1 --variants 0 --publish", "t", "t", "t")
    assert (tmp_path / "reports/peers.json").exists()
    assert (tmp_path / "docs/peers.md").exists()


def test_a_tool_that_fails_is_recorded_and_fails_the_run(run_with_lines, tmp_path):
    assert run_with_lines("--sample 2 --variants 0", "t", "t", ["fail"], "t") == 1
    (record,) = from_json((tmp_path / "reports/local/peers.json").read_text("utf-8"))
    assert [row["error"] for row in record.runs] == ["", "", "ValueError: no", ""]


@pytest.mark.parametrize("words", [["--sample", "-1"], ["--seconds", "0"], ["--variants", "x"], ["--append"], ["--page"]])
def test_wrong_arguments_are_reported_in_one_line(words, tmp_path, monkeypatch, capsys):
    for name in ("ROOT", "RECORD", "LOCAL"):
        monkeypatch.setattr(command, name, tmp_path / name if name != "ROOT" else tmp_path)
    with pytest.raises(SystemExit) as ended:
        command.parse_arguments(words)
    assert ended.value.code == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
