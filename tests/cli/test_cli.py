"""The command line as a person uses it: exit codes, mistakes in one line, and the files that a run leaves."""

import base64
import json
import re
import signal
import sqlite3
import subprocess
import time
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from command import COMMAND, TOKEN, conformance, run_python, wait_until, write_app
from recorded import files_with, read_exchanges, read_results, written_text

from conformance.contracts.collections.requirements import requirements
from conformance.evidence.results_file import FORMAT


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    """Return a finished run on an application with one fault."""
    folder = tmp_path_factory.mktemp("faulty")
    write_app(folder, "faulty", "zero-ttl-is-default")
    done = conformance("run", "--app", "faulty:app", "--seed", "7", "--output", "out", "--only", "cache-config.*", cwd=folder)
    return folder, done


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Return a finished run on the embedded reference, with a token."""
    folder = tmp_path_factory.mktemp("whole")
    done = conformance("run", "--seed", "5", "--token-env", "TEST_TOKEN", cwd=folder, env={"TEST_TOKEN": TOKEN})
    return folder / "reports" / "local", done


def test_without_arguments_the_embedded_reference_conforms(whole):
    folder, done = whole
    assert done.returncode == 0, done.stdout + done.stderr
    assert "CONFORMING" in done.stdout
    results = read_results(folder)
    assert results["format"] == FORMAT
    assert results["verdict"] == "conforming"
    assert results["manifest"]["seed"] == "5"
    assert 500 < results["requests"] < 1600
    rows = results["requirements"]
    assert [row["id"] for row in rows] == list(requirements())
    assert {row["status"] for row in rows} == {"passed"}
    assert all(row["checks"] > 0 and row["counterexample"] is None for row in rows)


def test_a_run_says_how_each_profile_was_decided_how_telling_its_filters_were_and_what_it_cleaned_up(whole):
    folder, _done = whole
    results = read_results(folder)
    capabilities = results["manifest"]["capabilities"]
    assert all(capability["served"] and capability["why"] for capability in capabilities.values())
    share = results["shares"]["filters select some documents and not others"]
    assert share["hits"] >= 0.9 * share["cases"] > 100
    assert results["cleaned"]["left"] == 0
    assert results["cleaned"]["deleted"] == results["scenarios"]["cleaning up"] > 100


FILES = ["badge.json", "contract.html", "exchanges.jsonl.gz", "junit.xml", "report.html", "results.json", "results.sarif"]


def test_a_run_leaves_its_files_and_no_token_in_any(whole):
    folder, done = whole
    assert sorted(path.name for path in folder.iterdir()) == FILES
    assert files_with(folder, TOKEN) == []
    assert TOKEN not in done.stdout + done.stderr
    lines = read_exchanges(folder)
    results = read_results(folder)
    assert sum(results["scenarios"].values()) == results["requests"]
    # The first look and the leaving are no exchanges: nothing is judged by them.
    assert len(lines) == results["requests"] - results["scenarios"]["probing"] - results["scenarios"]["cleaning up"]
    assert all("request" in line for line in lines)


def test_a_fault_is_named_with_a_minimal_counterexample(faulty):
    folder, done = faulty
    assert done.returncode == 1
    assert "NOT CONFORMING" in done.stdout
    results = read_results(folder / "out")
    (failed,) = [row for row in results["requirements"] if row["status"] == "failed"]
    assert failed["id"] == "cache-config.echoes"
    example = failed["counterexample"]
    assert example["reproduced"] is True
    assert (example["expected"], example["actual"], example["at"]) == (0, 604800, "/cache_config/ttl_seconds")
    assert json.loads(example["exchanges"][-1]["request"]["body"])["cache_config"] == {"ttl_seconds": 0}


def test_a_counterexample_can_be_replayed_against_its_target_and_another(faulty):
    folder, _done = faulty
    again = conformance("replay", "out/results.json", "cache-config.echoes", cwd=folder)
    assert again.returncode == 1
    assert "shown again" in again.stdout
    write_app(folder, "good")
    good = conformance("replay", "out/results.json", "cache-config.echoes", "--app", "good:app", cwd=folder)
    assert good.returncode == 0
    assert "not shown again" in good.stdout


def test_the_report_is_one_file_that_needs_nothing_else(faulty):
    report = (faulty[0] / "out" / "report.html").read_text()
    assert "Not conforming" in report
    assert "conformance replay" in report
    assert "curl -i -X POST" in report
    assert report.count("<script") == 1  # its own, which the policy names by its digest
    assert "script-src &#39;sha256-" in report
    # But for the contract in words, which lies beside it.
    assert re.findall(r'(?:src|href)="(?!#|contract\.html)[^"]*"', report) == []
    assert "@import" not in report
    assert "url(" not in report


def test_junit_has_one_case_for_each_requirement(faulty):
    suite = ET.parse(faulty[0] / "out" / "junit.xml").getroot().find("testsuite")
    assert suite.get("failures") == "1"
    (failed,) = [case for case in suite.iter("testcase") if case.find("failure") is not None]
    assert f"{failed.get('classname')}.{failed.get('name')}" == "conformance.cache-config.echoes"


def test_the_option_only_judges_the_requirements_that_it_names(faulty):
    rows = read_results(faulty[0] / "out")["requirements"]
    assert {row["id"].partition(".")[0] for row in rows} == {"cache-config"}


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["run", "--buget", "quick"], 2, "unknown option --buget; did you mean --budget?"),
        (["run", "--budget", "huge"], 2, "invalid choice: 'huge'"),
        (["run", "--target", "none.toml"], 2, "none.toml: No such file"),
        (["run", "--target", "bad.toml"], 2, "unknown key 'target.ulr'; did you mean 'url'?"),
        (["run", "http://127.0.0.1:1"], 3, "cannot reach http://127.0.0.1:1"),
        (["run", "http://127.0.0.1:1/a b"], 2, "' ' cannot stand in a path"),
        (["doctor", "http://127.0.0.1:1\n"], 2, "'\\n' cannot stand in a host"),
        (["run", "--target", "space.toml"], 2, "' ' cannot stand in a host"),
        (["run", "--target", "mark.toml"], 2, "mark.toml: not TOML: it begins with a byte order mark"),
        (["run", "--write-deviations", "mark.toml"], 2, "nothing can be added to it: it begins with a byte order mark"),
        (["run", "http://x", "--app", "a:b"], 2, "not both"),
        (["run", "--app", "no_such_module:app"], 2, "cannot import no_such_module"),
        (["run", "--app", "json:nothing"], 2, "no attribute"),
        (["run", "--app", "json"], 2, "MODULE:ATTRIBUTE"),
        (["run", "--app", "json:__name__"], 2, "is str, not an ASGI or a WSGI application"),
        (["run", "--app", "broken:app"], 2, "raised ZeroDivisionError"),
        (["run", "--app", "exits:app"], 2, "raised SystemExit: 0"),
        (["doctor", "--app", "exits:app"], 2, "raised SystemExit: 0"),
        (["run", "--only", "no.such.*"], 2, "no requirement has such an id"),
        (["run", "--token-env", "NO_SUCH_VARIABLE"], 2, "NO_SUCH_VARIABLE is not set"),
        (["run", "--max-time", "soon"], 2, "--max-time"),
        (["run", "--max-time", "-1"], 2, "--max-time"),
        (["run", "-n", "many"], 2, "-n"),
        (["run", "--seed", ""], 2, "--seed"),
        (["run", "--only", "linage.*"], 2, "did you mean 'lineage"),
        (["run", "--target", "inf.toml"], 2, "limits.timeout_seconds"),
        (["serve", "--port", "99999"], 2, "'99999' is no port"),
        (["run", "--profile", "raed"], 2, "no profile is called 'raed'"),
        (["run", "--output", "bad.toml/x"], 2, "--output"),
        (["explain", "source.type-enun"], 2, "did you mean 'source.type-enum'?"),
        (["replay", "bad.toml", "source.type-enum"], 2, "not the results.json of a run"),
        (["serve", "--fault", "no-such"], 2, "no such fault"),
        (["walk"], 2, "invalid choice: 'walk'"),
        ([], 2, "COMMAND"),
    ],
)
def test_a_mistake_is_one_line_and_an_exit_code(tmp_path, arguments, code, message):
    (tmp_path / "bad.toml").write_text('[target]\nulr = "x"\n')
    (tmp_path / "space.toml").write_text('[target]\nurl = "http://a b"\n')
    (tmp_path / "mark.toml").write_text("[target]\n", "utf-8-sig")
    (tmp_path / "inf.toml").write_text("[limits]\ntimeout_seconds = inf\n")
    (tmp_path / "broken.py").write_text("1 / 0\n")
    (tmp_path / "exits.py").write_text("import sys\nsys.exit(0)\n")
    done = conformance(*arguments, cwd=tmp_path)
    assert done.returncode == code
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_a_mistake_leaves_an_older_report_alone(tmp_path):
    (tmp_path / "results.json").write_text("old")
    assert conformance("run", "http://127.0.0.1:1", "--output", ".", cwd=tmp_path).returncode == 3
    assert (tmp_path / "results.json").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["results.json"]


APPS = """
from conformance.contracts.collections.reference.app import Reference

async def website(scope, receive, send):
    await send({"type": "http.response.start", "status": 404, "headers": [(b"content-type", b"text/html")]})
    await send({"type": "http.response.body", "body": b"<h1>Not Found</h1>"})

reference, asked = Reference(), []

async def dying(scope, receive, send):
    asked.append(1)
    if len(asked) > 40:
        import asyncio
        await asyncio.sleep(60)
    await reference.app(scope, receive, send)

locked = Reference(token="the right one").app
"""


@pytest.mark.parametrize(
    ("app", "code", "message"),
    [("website", 3, "is not a collections and documents API"), ("locked", 2, "wants a token: name the variable")],
)
def test_a_target_that_is_another_api_or_wants_a_token_is_named_in_one_line(tmp_path, app, code, message):
    (tmp_path / "apps.py").write_text(APPS)
    done = conformance("run", "--app", f"apps:{app}", cwd=tmp_path)
    assert done.returncode == code
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_target_that_dies_half_way_leaves_an_incomplete_record(tmp_path):
    (tmp_path / "apps.py").write_text(APPS)
    (tmp_path / "t.toml").write_text('[target]\napp = "apps:dying"\n[limits]\ntimeout_seconds = 0.3\n')
    done = conformance("run", "--target", "t.toml", "--output", "out", cwd=tmp_path)
    assert done.returncode == 3, done.stderr
    results = read_results(tmp_path / "out")
    assert results["verdict"] == "incomplete"
    assert "stopped answering" in results["manifest"]["incomplete_because"]


ODD = """
import json
from conformance.contracts.collections.reference.app import Reference

reference = Reference().app
CHANGES = {
    "huge": lambda body: body.replace(b'"enabled":true', b'"enabled":1e99999999999999999999'),
    "surrogate": lambda body: body.replace(b'"status":"PENDING"', b'"status":"PENDING","x":"\\\\ud800"'),
    "odd ids": lambda body: body.replace(b'"collection_id":"col_', b'"collection_id":"\\\\ud800col_'),
    "no object": lambda body: b"[]",
    "null": lambda body: b"null",
    "deep": lambda body: b"[" * 9000 + b"]" * 9000,
    "nothing": lambda body: b"",
    "numbers": lambda body: json.dumps({key: 5 for key in json.loads(body)}).encode(),
    "nulls": lambda body: json.dumps({key: None for key in json.loads(body)}).encode(),
    "lists": lambda body: json.dumps({key: [[]] for key in json.loads(body)}).encode(),
    "texts": lambda body: json.dumps({key: "x" for key in json.loads(body)}).encode(),
}

def odd(name):
    async def app(scope, receive, send):
        async def changed(message):
            if message["type"] == "http.response.start":
                message["headers"] = [pair for pair in message["headers"] if pair[0] != b"content-length"]
            if message.get("body"):
                message["body"] = CHANGES[name](message["body"])
            await send(message)
        await reference(scope, receive, changed)
    return app

for name in CHANGES:
    globals()[name.replace(" ", "_")] = odd(name)
"""


@pytest.mark.parametrize(
    "odd", ["huge", "surrogate", "odd_ids", "no_object", "null", "deep", "nothing", "numbers", "nulls", "lists", "texts"]
)
def test_odd_answers_are_judged_and_break_nothing_of_ours(tmp_path, odd):
    (tmp_path / "odd.py").write_text(ODD)
    done = conformance("run", "--app", f"odd:{odd}", "--output", "out", "--max-time", "60", cwd=tmp_path)
    assert "Traceback" not in done.stderr
    if done.returncode == 3:  # nothing there that could be this API
        return
    rows = read_results(tmp_path / "out")["requirements"]
    assert [row["reason"] for row in rows if row["status"] == "error"] == []
    assert done.returncode in (0, 1)


def test_a_folder_in_the_place_of_a_file_is_reported_before_anything_is_sent(tmp_path):
    (tmp_path / "out" / "report.html").mkdir(parents=True)
    done = conformance("run", "--output", "out", cwd=tmp_path)
    assert done.returncode == 2
    assert "report.html in it is a folder" in done.stderr
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["report.html"]


def test_what_a_killed_run_left_is_not_taken_for_a_part_of_the_next(tmp_path):
    (tmp_path / "exchanges.000.gw5.partial.jsonl").write_text('{"junk": true}\n')
    conformance("run", "--only", "source.*", "--output", ".", cwd=tmp_path)
    assert "junk" not in written_text(tmp_path / "exchanges.jsonl.gz")
    assert not (tmp_path / "exchanges.000.gw5.partial.jsonl").exists()


def test_a_reader_that_leaves_does_not_change_the_verdict(tmp_path):
    command = " ".join(f"'{part}'" for part in [*COMMAND, "run", "--only", "http.unknown-path", "--output", "."])
    done = subprocess.run(
        ["sh", "-c", f"({command}; echo code $? >&2) | true"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert "code 0" in done.stderr


def test_an_application_that_hangs_does_not_keep_the_command(tmp_path):
    (tmp_path / "hang.py").write_text("import time\n\ndef app(environ, start_response):\n    time.sleep(600)\n")
    (tmp_path / "t.toml").write_text('[target]\napp = "hang:app"\n[limits]\ntimeout_seconds = 0.2\n')
    done = conformance("run", "--target", "t.toml", cwd=tmp_path, timeout=30)
    assert done.returncode == 3
    assert "timed out" in done.stderr


EXITING = """
import asyncio, sys
from conformance.contracts.collections.reference.app import Reference

reference, seen = Reference().app, []

def exiting(does):
    async def app(scope, receive, send):
        if scope["type"] == "http":
            seen.append(scope["path"])
            does()
        await reference(scope, receive, send)
    return app

async def ends():
    sys.exit(0)

def later():
    if len(seen) > 60:
        sys.exit(0)

always, later, behind = exiting(lambda: sys.exit(0)), exiting(later), exiting(lambda: asyncio.ensure_future(ends()))

def wsgi(environ, start_response):
    sys.exit(0)
"""


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (
            ["run", "--app", "exiting:always"],
            3,
            "cannot reach the application exiting:always: the application raised SystemExit: 0",
        ),
        (["run", "--app", "exiting:wsgi"], 3, "cannot reach the application exiting:wsgi: the application raised SystemExit: 0"),
        (["doctor", "--app", "exiting:always"], 3, "the application raised SystemExit: 0 instead of an answer"),
        (["run", "--app", "exiting:later"], 3, "the target stopped answering: the application raised SystemExit: 0"),
        (["run", "--app", "exiting:behind"], 0, "CONFORMING"),
    ],
)
def test_an_application_that_exits_is_a_target_that_did_not_answer_and_never_our_exit_code(tmp_path, arguments, code, message):
    (tmp_path / "exiting.py").write_text(EXITING)
    only = ["--only", "collections.get.*"] if "run" in arguments else []
    done = conformance(*arguments, *only, cwd=tmp_path, timeout=30)
    assert done.returncode == code, done.stdout + done.stderr
    assert message in " ".join((done.stdout + done.stderr).split())
    assert "toolkit failed" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", [["run"], ["doctor"], ["replay", "out/results.json", "cache-config.echoes"]])
def test_what_an_application_exits_with_does_not_show_the_token(faulty, command):
    folder, _done = faulty
    (folder / "telling.py").write_text(
        "import sys\n\nasync def app(scope, receive, send):\n"
        "    if scope['type'] == 'http':\n        sys.exit(dict(scope['headers'])[b'authorization'].decode())\n"
    )
    done = conformance(*command, "--app", "telling:app", "--token-env", "TEST_TOKEN", cwd=folder, env={"TEST_TOKEN": TOKEN})
    assert done.returncode == 3
    assert "raised SystemExit: Bearer $TOKEN" in done.stderr
    assert TOKEN not in done.stdout + done.stderr


def test_a_replay_against_an_application_that_exits_shows_nothing(faulty):
    folder, _done = faulty
    (folder / "exiting.py").write_text(EXITING)
    done = conformance("replay", "out/results.json", "cache-config.echoes", "--app", "exiting:always", cwd=folder)
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    assert "raised SystemExit: 0" in done.stderr


@pytest.mark.parametrize("end", ["SystemExit(0)", "SystemExit()", "GeneratorExit()", "BaseException()"])
def test_nothing_that_ends_a_command_is_taken_for_its_verdict(end):
    code = f"import sys\ndef ends(_):\n    raise {end}\n"
    code += "from conformance.cli import commands; commands.command = lambda _: ends\n"
    code += "from conformance.cli.main import main; sys.exit(main(['explain', 'x']))"
    done = run_python(code)
    assert done.returncode == 4
    assert f"the toolkit failed: {end.partition('(')[0]}" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_bug_of_ours_is_no_verdict():
    code = "import sys; from conformance.cli import commands; commands.command = lambda _: lambda _: 1 / 0\n"
    code += "from conformance.cli.main import main; sys.exit(main(['explain', 'x']))"
    done = run_python(code)
    assert done.returncode == 4
    assert "the toolkit failed: ZeroDivisionError" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("blocks", [40, 2000])
def test_a_record_that_cannot_be_written_is_no_verdict_and_no_traceback(tmp_path, blocks):
    command = " ".join(f"'{part}'" for part in [*COMMAND, "run", "--output", "out"])
    done = subprocess.run(
        ["bash", "-c", f"ulimit -f {blocks}; {command}"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 4, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert "could not be written" in done.stdout + done.stderr


def test_a_run_that_judged_nothing_is_no_pass(tmp_path):
    write_app(tmp_path, "good")
    (tmp_path / "t.toml").write_text('[target]\napp = "good:app"\n[profiles]\nabsent = ["read"]\n')
    done = conformance("run", "--target", "t.toml", "--only", "collections.get.*", "--output", "out", cwd=tmp_path)
    assert done.returncode == 4
    assert "nothing was judged" in done.stdout


def test_time_that_is_over_leaves_an_incomplete_record(tmp_path):
    done = conformance("run", "--max-time", "0.4", "--output", ".", cwd=tmp_path)
    assert done.returncode == 4
    assert read_results(tmp_path)["verdict"] == "incomplete"


def test_ctrl_c_leaves_a_valid_record_of_what_was_seen(tmp_path):
    process = subprocess.Popen([*COMMAND, "run", "--budget", "thorough", "--output", "."], cwd=tmp_path, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)  # fmt: skip
    partial = tmp_path / "exchanges.000.main.partial.jsonl"
    wait_until(lambda: partial.exists() and partial.stat().st_size > 100_000, 30)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 4, err
    assert "Traceback" not in err
    results = read_results(tmp_path)
    assert results["verdict"] == "incomplete"
    assert results["manifest"]["incomplete_because"] == "interrupted"
    assert all(read_exchanges(tmp_path))
    assert "INCOMPLETE" in out


def test_ctrl_c_deletes_what_was_made_until_then(tmp_path, serving):
    url, count = serving
    process = subprocess.Popen([*COMMAND, "run", url, "--budget", "standard", "--output", "out"], cwd=tmp_path, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)  # fmt: skip
    wait_until(lambda: count() >= 20, 30)
    process.send_signal(signal.SIGINT)
    _out, err = process.communicate(timeout=30)
    assert (process.returncode, count()) == (4, 0), err


def test_what_a_run_makes_is_kept_on_request_and_can_be_found_by_its_prefix(tmp_path, serving):
    url, count = serving
    done = conformance("run", url, "--keep", "--only", "source.*", "--output", "out", cwd=tmp_path)
    prefix = read_results(tmp_path / "out")["manifest"]["prefix"]
    assert count() > 0
    assert f"its names begin with {prefix}" in done.stdout
    with sqlite3.connect(tmp_path / "data.db") as connection:
        names = [json.loads(row[0])["collection_name"] for row in connection.execute("SELECT body FROM collections")]
    assert all(name.startswith(prefix) for name in names)


PARTIAL = """
import json
from conformance.contracts.collections.reference.app import Reference
full = Reference().app

async def app(scope, receive, send):
    if scope["type"] == "http" and (scope["method"] != "POST" or scope["path"].endswith(("/list", "/buckets/create"))):
        body = b'{"success": false, "status": 404, "error": {"message": "no", "type": "none"}}'
        await send({"type": "http.response.start", "status": 404, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": body})
    else:
        await full(scope, receive, send)
"""


def test_a_target_with_the_core_alone_conforms_and_the_report_says_what_was_not_judged(tmp_path):
    (tmp_path / "partial.py").write_text(PARTIAL)
    done = conformance("run", "--app", "partial:app", "--output", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    of_core = sum(row.profile == "core" and not row.needs for row in requirements().values())
    assert f"{of_core} passed, {len(requirements()) - of_core} not-applicable" in done.stdout
    for name in ("read", "query", "write", "buckets", "auth", "namespaces", "vectors", "blobs"):
        assert f"not judged: {name} (" in done.stdout


def test_a_declared_profile_that_is_not_served_fails(tmp_path):
    (tmp_path / "partial.py").write_text(PARTIAL)
    (tmp_path / "target.toml").write_text('[target]\napp = "partial:app"\n[profiles]\ndeclared = ["read"]\n')
    done = conformance("run", "--target", "target.toml", "--only", "collections.get.*", "--output", "out", cwd=tmp_path)
    assert done.returncode == 1
    assert "failed MUST   collections.get.equals-created" in done.stdout
    rows = {row["id"]: row["status"] for row in read_results(tmp_path / "out")["requirements"]}
    # A 404 for what is unknown shows nothing where everything is 404.
    assert rows["collections.get.unknown"] == "not-exercised"


def test_workers_reach_the_same_verdict(tmp_path):
    done = conformance("run", "-n", "2", "--seed", "5", "--output", ".", "--only", "http.*", "--only", "source.*", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = read_results(tmp_path)["requirements"]
    assert {row["status"] for row in rows} == {"passed"}
    assert sorted(path.name for path in tmp_path.iterdir()) == FILES


def sent(folder):
    lines = read_exchanges(folder)
    for line in lines:
        if "body_base64" in line["request"]:
            line["request"]["body"] = base64.b64decode(line["request"].pop("body_base64")).decode("latin-1")
    # Ids are the target's to choose.
    return [re.sub(r"(col|doc|bkt)_[0-9a-f]+", r"\1_", json.dumps(line["request"])) for line in lines]


def test_the_same_seed_sends_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        conformance("run", "--seed", "9", "--output", name, cwd=tmp_path)
    assert sent(tmp_path / "one") == sent(tmp_path / "two")


def test_results_fit_a_narrow_terminal(faulty):
    folder, _done = faulty
    done = conformance("run", "--app", "faulty:app", "--seed", "7", "--output", "narrow", "--only", "cache-config.*", cwd=folder,
                       env={"COLUMNS": "40"})  # fmt: skip
    lines = [line for line in done.stdout.splitlines() if "/" not in line]
    assert max(map(len, lines)) <= 40


WSGI = """
import atexit
from urllib.parse import quote
from conformance.evidence.exchange import Request
from conformance.contracts.collections.reference.app import Reference
from conformance.client.transports.asgi import open_asgi

opened = open_asgi(Reference().app)
inner = opened.__enter__()
atexit.register(opened.__exit__, None, None, None)

def app(environ, start_response):
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    headers = (("content-type", environ["CONTENT_TYPE"]),) if "CONTENT_TYPE" in environ else ()
    answer = inner.send(Request(environ["REQUEST_METHOD"], quote(environ["PATH_INFO"].encode("latin-1")) + "?" + environ["QUERY_STRING"], headers, body), 30)
    start_response(f"{answer.status} -", [*answer.headers])
    return [answer.body]
"""


def test_a_wsgi_application_is_judged_in_process(tmp_path):
    (tmp_path / "bridge.py").write_text(WSGI)
    done = conformance("run", "--app", "bridge:app", "--output", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_explain_says_what_a_requirement_promises_and_where_it_comes_from():
    done = conformance("explain", "filters.rejects-unknown-operator")
    assert done.returncode == 0
    assert "SHOULD" in done.stdout
    assert "source " in done.stdout


def test_help_lists_the_commands_and_version_shows_the_version():
    assert "replay" in conformance("--help").stdout
    assert re.match(r"conformance \d", conformance("--version").stdout)


def test_a_damaged_specification_is_named_in_one_line(tmp_path):
    code = (
        "import sys; from conformance.core import resources; from pathlib import Path\n"
        "found = resources.find\n"
        "resources.find = lambda name: Path('broken') if name.endswith('.yaml') else found(name)\n"
        "from conformance.cli.main import main; sys.exit(main(['run']))"
    )
    (tmp_path / "broken").write_text("openapi: [")
    done = run_python(code, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert "openapi.yaml is no OpenAPI document" in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_served_reference_keeps_its_data_over_a_restart(tmp_path):
    import httpx

    collection = None
    for _ in range(2):
        process = subprocess.Popen([*COMMAND, "serve", "--port", "18765", "--database", "data.db"], cwd=tmp_path, stdout=subprocess.PIPE,
                                   text=True)  # fmt: skip
        try:
            assert "http://127.0.0.1:18765" in process.stdout.readline()
            collection = _create_or_read(httpx, collection)
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=20)
    assert collection["description"] == "kept"


def _create_or_read(httpx, collection):
    base = "http://127.0.0.1:18765/v1/collections"
    body = {
        "collection_name": "n",
        "description": "kept",
        "source": {"type": "bucket", "bucket_id": "b"},
        "feature_extractors": [],
    }
    for _ in range(100):
        try:
            response = (
                httpx.post(f"{base}/create", json=body)
                if collection is None
                else httpx.get(f"{base}/{collection['collection_id']}")
            )
        except httpx.TransportError:
            time.sleep(0.05)
            continue
        assert response.status_code == 200
        return response.json()
    raise AssertionError("the reference did not start")


def test_no_command_needs_the_folder_it_runs_in(tmp_path):
    assert conformance("explain", "source.type-enum", cwd=tmp_path).returncode == 0
    assert list(Path(tmp_path).iterdir()) == []


@pytest.mark.parametrize("command", [("run",), ("explain", "source.type-enum"), ("doctor", "http://127.0.0.1:1"), ("faults",)])
def test_a_working_directory_that_was_deleted_is_no_failure_of_the_toolkit(tmp_path, command):
    folder = tmp_path / "gone"
    folder.mkdir()
    code = f"import os, shutil, sys; shutil.rmtree({str(folder)!r}); from conformance.cli.main import main; sys.exit(main({list(command)!r}))"
    done = run_python(code, cwd=folder)
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("conformance: the working directory is not there any more")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("option", ["--output", "--write-deviations"])
def test_a_folder_that_cannot_be_written_is_reported_before_the_run(tmp_path, option):
    done = conformance("run", option, "/proc/nowhere.toml", cwd=tmp_path)
    assert done.returncode == 2, done.stdout
    assert done.stderr.startswith(f"conformance: {option} /proc/nowhere.toml: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("command", [("explain", "filters.eval.text"), ("spec", "check", "specs/collections/openapi.yaml")])
def test_text_is_wrapped_to_a_narrow_terminal(command):
    done = conformance(*command, cwd=Path(__file__).parents[2], env={"COLUMNS": "40"})
    words = [line for line in done.stdout.splitlines() if len(line) > 40]
    assert all(" " not in line.strip() for line in words), words
    assert len(done.stdout.splitlines()) > 6
