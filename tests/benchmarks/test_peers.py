"""What a peer finds counts where it does not find it on the faithful server."""

import contextlib
import os
import xml.etree.ElementTree as ET
from pathlib import Path
from random import Random

import pytest
from peers import __main__ as command
from peers import markdown_report as page
from peers import openapi_document as document
from peers import sampling
from peers import schemathesis_adapter as st
from peers import specmatic_adapter as specmatic
from peers.finding import Finding, Report, Seen, first, subtracted
from peers.openapi_document import Fixture
from peers.run_record import Part, begun, read, written
from peers.tool import Tool, shown

SERVER_ERROR, SCHEMA = Finding("not_a_server_error", "POST /a"), Finding("response_schema_conformance", "POST /a")


def test_what_is_found_on_the_faithful_server_too_is_taken_off():
    faulty = Report({SERVER_ERROR: Seen(5, 1.0), SCHEMA: Seen(9, 2.0)})
    plain = [Report({SCHEMA: Seen(1, 0.1)}), Report()]
    assert subtracted(faulty, plain) == {SERVER_ERROR: Seen(5, 1.0)}


def test_the_same_check_on_another_operation_counts():
    other = Finding("not_a_server_error", "POST /b")
    assert subtracted(Report({other: Seen(1, 1.0)}), [Report({SERVER_ERROR: Seen(1, 1.0)})]) == {other: Seen(1, 1.0)}


def test_the_first_is_the_one_that_was_there_soonest():
    assert first({SERVER_ERROR: Seen(5, 2.0), SCHEMA: Seen(9, 1.0)}) == Seen(9, 1.0)
    assert first({}) is None


def event(name, at, *failed):
    case = {"value": {"method": "POST", "path": "/a"}}
    checks = [{"name": "not_a_server_error", "status": "success"}, *({"name": one, "status": "failure"} for one in failed)]
    return {
        "ScenarioFinished": {
            "recorder": {"cases": {name: case}, "checks": {name: checks}, "interactions": {name: {"timestamp": at}}}
        }
    }


def test_failures_of_schemathesis_are_read_with_when_they_were_first_seen():
    events = [{"EngineStarted": {}}, event("late", 14.0, SCHEMA.check), event("early", 12.0), event("later", 15.0, SCHEMA.check)]
    findings, requests = st.read(iter(events), started=10.0)
    assert findings == {SCHEMA: Seen(2, 4.0)}
    assert requests == 3


def test_failures_of_specmatic_are_told_apart_by_rule_or_status():
    root = ET.fromstring(
        '<testsuite><testcase name="X > Scenario: GET /a/(id:string) -&gt; 200 with b" time="1"/>'
        '<testcase name="X > Scenario: GET /a/(id:string) -&gt; 200" time="2"><failure message="R0002: HTTP status mismatch '
        'Specification expected status 200 but response contained status 500"/></testcase>'
        '<testcase name="X > Scenario: PUT /a -&gt; 200" time="1"><failure>R2003: Unknown property</failure></testcase></testsuite>'
    )
    findings, count = specmatic.read(root, before=5.0)
    assert findings == {
        Finding("status 200, not 500", "GET /a/(id:string)"): Seen(2, 8.0),
        Finding("R2003", "PUT /a"): Seen(3, 9.0),
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


def test_annotations_are_said_in_json_schema():
    made = document.stated(DOCUMENT, "http://x")
    assert made["components"]["schemas"]["Cache"]["properties"]["ttl"]["minimum"] == 0
    assert made["components"]["schemas"]["Source"]["oneOf"][0]["required"] == ["type", "bucket_id"]
    assert made["security"] == [{"bearer": []}]
    assert "servers" not in DOCUMENT


def test_what_is_deleted_is_nobody_elses():
    made = document.pinned(DOCUMENT, Fixture("col_1", ("doc_1", "doc_2"), "col_2"), "ns")
    path = made["paths"]["/c/{collection_id}"]
    assert [one["schema"]["enum"] for one in path["parameters"]] == [["col_1"], ["ns"]]
    assert [one["schema"]["enum"] for one in path["delete"]["parameters"]] == [["col_2"], ["ns"]]


def test_a_sample_is_spread_over_rarities_and_chapters():
    faults = [
        ("fault", f"{trigger}{chapter}{n}", trigger, f"{chapter}.one")
        for trigger in sampling.TRIGGERS
        for chapter in "ab"
        for n in range(5)
    ]
    picked = sampling.spread(faults, 6, Random(1))
    assert sorted(one[2] for one in picked) == ["always", "always", "edge", "edge", "rare", "rare"]
    assert {(one[2], one[3]) for one in picked} == {
        (trigger, f"{chapter}.one") for trigger in sampling.TRIGGERS for chapter in "ab"
    }
    assert picked == sampling.spread(faults, 6, Random(1))


def test_a_run_that_is_stopped_has_seen_some_of_each():
    faults, variants = [("fault", str(n), "", "") for n in range(6)], [("variant", str(n), "", "") for n in range(2)]
    assert [one[0] for one in sampling.mixed(faults, variants)][:4].count("variant") == 1


def part(**more):
    return Part(**{"command": "c", "seed": 1, "seconds": 30, "sample": 1, "variants": 1, "told": False, "planned": 4,
                   "tools": {"ours": "ours 1", "other": "other 2"}, "python": "3.11", "machine": "m", "niceness": 0, "load": 0.5, **more})  # fmt: skip


def test_the_page_tells_what_counts():
    def row(kind, name, tool, found, seconds):
        return {"kind": kind, "name": name, "trigger": "edge" if kind == "fault" else "", "breaks": "list.limit", "tool": tool, "error": "",
                "requests": 9, "seconds": 5.0, "caught": bool(found) and kind == "fault", "findings": found,
                "first_requests": 3 if found else None, "first_seconds": seconds}  # fmt: skip

    rows = [row("fault", "f", "ours", [["list.limit", ""]], 2.0), row("fault", "f", "other", [["check", "GET /a"]], 8.0),
            row("variant", "v", "ours", [], None), row("variant", "v", "other", [["check", "GET /a"]], 1.0)]  # fmt: skip
    told = page.page([part(runs=rows, commands={"ours": ["run"]})])
    assert "| edge | 1 | 1 | 1 |" in told
    assert "| caught within the time that ours took on the same server | | 1 | 0 |" in told
    assert "| of them with a false alarm | 0 | 1 |" in told


def test_what_a_document_can_say_is_told_from_what_only_the_contract_says():
    assert sampling.is_told("http.no-server-error")
    assert sampling.is_told("collections.create.requires-name")
    assert not sampling.is_told("filters.eval.nin")
    assert not sampling.is_told("collections.create.echoes-name")


def test_each_part_says_how_it_was_made():
    told = page.page([part(), part(command="d", seed=2, niceness=19, load=3.25, sample=None, told=True, planned=0)])
    assert (
        "`c`: a sample of 1 faults and a sample of 1 variants, seed 1: 0 faults and 0 variants; stopped after 0 of 4 runs" in told
    )
    assert "m, not niced, load average 0.5 at the start." in told
    assert (
        "`d`: all faults in what an OpenAPI document can say and a sample of 1 variants, seed 2: 0 faults and 0 variants; 30 s"
        in told
    )
    assert "with `nice -n 19`, load average 3.25" in told


def test_how_nice_a_part_is_is_measured():
    made = begun({"command": "c", "seed": 1, "seconds": 30, "sample": 1, "variants": 1, "told": False}, {"ours": "1"}, 4)
    assert made.niceness == os.getpriority(os.PRIO_PROCESS, 0)
    assert made.load >= 0
    assert read(written([made, part()])) == (made, part())


def test_a_command_line_names_nothing_of_this_machine():
    line = ["env", "K=V", "/usr/bin/java", "-jar", "/opt/x/tool.jar", "--url=http://h:1", "/tmp/f/openapi.json"]
    assert shown(line, "http://h:1", Path("/tmp/f")) == "env K=V java -jar tool.jar --url=URL DIR/openapi.json"


@pytest.fixture
def bench(tmp_path, monkeypatch):
    """The command with no server and one tool, which says of the faithful reference what it is told by its seed."""

    def run(line, _url, _folder):
        if line[0] == "fail":
            raise ValueError("no")
        return Report({Finding("check", one): Seen(1, 1.0) for one in line[1:]}, 1, 1.0)

    said = []
    tool = Tool("tool 1", lambda _url, _folder, _seed, _seconds: said.pop(0), run)
    monkeypatch.setattr(command, "served", lambda *_: contextlib.nullcontext("http://x"))
    monkeypatch.setattr(command, "tools", lambda: {"ours": tool})
    for name, path in (
        ("ROOT", ""),
        ("RECORD", "reports/peers.json"),
        ("PAGE", "docs/peers.md"),
        ("LOCAL", "reports/local/peers.json"),
    ):
        monkeypatch.setattr(command, name, tmp_path / path)

    def ran(words, *lines):
        said[:] = [list(one) for one in lines]
        monkeypatch.setattr("sys.argv", ["peers", *words.split()])
        return command.main()

    return ran


def test_what_is_subtracted_is_of_the_same_part(bench, tmp_path):
    assert bench("--sample 1 --variants 0", "ta", "t", "ta") == 0
    assert bench("--sample 1 --variants 0 --seed 2 --append", "t", "tb", "tab") == 0
    first_part, second = read((tmp_path / "reports/local/peers.json").read_text("utf-8"))
    assert first_part.runs[-1]["findings"] == []
    assert second.runs[-1]["findings"] == [["check", "a"]]
    assert second.commands == {"ours": ["t", "t b", "t a b"]}
    assert (first_part.planned, second.planned) == (3, 3)


def test_a_sample_is_not_published_unless_told(bench, tmp_path):
    bench("--sample 1 --variants 0", "t", "t", "t")
    assert not (tmp_path / "reports/peers.json").exists()
    assert not (tmp_path / "docs").exists()
    bench("--sample 1 --variants 0 --publish", "t", "t", "t")
    assert (tmp_path / "reports/peers.json").exists()
    assert (tmp_path / "docs/peers.md").exists()


def test_a_tool_that_fails_is_recorded_and_fails_the_run(bench, tmp_path):
    assert bench("--sample 2 --variants 0", "t", "t", ["fail"], "t") == 1
    (only,) = read((tmp_path / "reports/local/peers.json").read_text("utf-8"))
    assert [row["error"] for row in only.runs] == ["", "", "ValueError: no", ""]


@pytest.mark.parametrize("words", [["--sample", "-1"], ["--seconds", "0"], ["--variants", "x"], ["--append"], ["--page"]])
def test_what_makes_no_sense_is_said_in_one_line(words, tmp_path, monkeypatch, capsys):
    for name in ("ROOT", "RECORD", "LOCAL"):
        monkeypatch.setattr(command, name, tmp_path / name if name != "ROOT" else tmp_path)
    with pytest.raises(SystemExit) as end:
        command.options(words)
    assert end.value.code == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
