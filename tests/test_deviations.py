"""Declared deviations at the command line: excused, stale, expired, flaky, and a baseline to start from."""

import subprocess
import sys
import time

import pytest
from command import conformance, write_app
from recorded import read_rows

ONLY = ("--only", "cache-config.*", "--seed", "7", "--output", "out")


def judged(folder, table, *, fault="zero-ttl-is-default", options=()):
    write_app(folder, "faulty", fault)
    (folder / "t.toml").write_text(f'[target]\napp = "faulty:app"\n{table}')
    done = conformance("run", "--target", "t.toml", *ONLY, *options, cwd=folder)
    return done, read_rows(folder / "out") if (folder / "out" / "results.json").exists() else {}


def declared(requirement="cache-config.echoes", more="", table="deviations"):
    return f'[[{table}]]\nrequirement = "{requirement}"\nreason = "zero is unset"\n{more}\n'


@pytest.mark.parametrize("requirement", ["cache-config.echoes", "cache-config.*", "*.echoes"])
def test_a_declared_deviation_does_not_fail_a_run(tmp_path, requirement):
    done, rows = judged(tmp_path, declared(requirement), options=("--strict",))
    assert done.returncode == 0, done.stdout
    assert (rows["cache-config.echoes"]["status"], rows["cache-config.echoes"]["reason"]) == ("deviation", "zero is unset")
    assert rows["cache-config.echoes"]["counterexample"] is not None
    assert "deviation MUST   cache-config.echoes" in done.stdout
    assert "zero is unset" in done.stdout


def test_a_declared_deviation_that_does_not_show_is_reported_and_fails_a_strict_run(tmp_path):
    done, _rows = judged(tmp_path, declared(), fault=None)
    assert done.returncode == 0
    assert "cache-config.echoes does not show any more" in done.stdout
    assert judged(tmp_path, declared(), fault=None, options=("--strict",))[0].returncode == 1


def test_a_declared_deviation_that_has_expired_fails_and_the_report_says_so(tmp_path):
    done, rows = judged(tmp_path, declared(more="expires = 2020-01-31"))
    assert done.returncode == 1
    assert rows["cache-config.echoes"]["status"] == "failed"
    assert "expired on 2020-01-31" in done.stdout


@pytest.mark.parametrize("table", ["deviations", "flaky"])
def test_a_declared_deviation_that_matches_no_requirement_is_a_mistake(tmp_path, table):
    done, _rows = judged(tmp_path, declared("cache-confg.*", table=table))
    assert done.returncode == 2
    assert "cache-config" in done.stderr


def test_what_is_declared_flaky_may_pass_or_fail(tmp_path):
    done, rows = judged(tmp_path, declared(table="flaky"), options=("--strict",))
    assert (done.returncode, rows["cache-config.echoes"]["status"]) == (0, "deviation")
    assert judged(tmp_path, declared(table="flaky"), fault=None, options=("--strict",))[0].returncode == 0


def test_what_fails_today_is_a_baseline_for_tomorrow(tmp_path):
    done, _rows = judged(tmp_path, "", options=("--write-deviations", "t.toml"))
    assert done.returncode == 1
    assert "t.toml: declared 1 as deviations" in done.stdout
    assert conformance("run", "--target", "t.toml", *ONLY, "--write-deviations", "t.toml", cwd=tmp_path).returncode == 0
    assert (tmp_path / "t.toml").read_text().count("[[deviations]]") == 1


FLAKY = """
import itertools
from conformance.contracts.collections.reference.app import Reference
from conformance.contracts.collections.reference.faults import FAULTS

good, bad = Reference(), Reference(fault=FAULTS["zero-ttl-is-default"])
# By turns and by content: one create in five of those that the fault is about.
turn = itertools.count()

async def app(scope, receive, send):
    if scope["type"] != "http" or not scope["path"].endswith("/create"):
        return await good.app(scope, receive, send)
    message = await receive()

    async def again():
        return message

    faulty = b'"ttl_seconds":0' in message["body"] and next(turn) % 5 == 0
    await (bad if faulty else good).app(scope, again, send)
"""


def test_what_shows_only_sometimes_is_reported_with_both_outcomes(tmp_path):
    (tmp_path / "flaky.py").write_text(FLAKY)
    done = conformance("run", "--app", "flaky:app", *ONLY, "--write-deviations", "base.toml", cwd=tmp_path)
    assert done.returncode == 1, done.stdout
    row = read_rows(tmp_path / "out")["cache-config.echoes"]
    assert (row["status"], row["flaky"]) == ("failed", True)
    counterexample = row["counterexample"]
    assert counterexample["repetitions"]["not_shown"] > 0
    assert '"ttl_seconds":0' in counterexample["not_shown_by"][-1]["response"]["body"].replace(" ", "")
    assert "flaky" in done.stdout
    assert "repetitions showed it; where not, the answer was 200" in " ".join(done.stdout.split())
    assert "Flaky:" in (tmp_path / "out" / "report.html").read_text()
    assert "[[flaky]]" in (tmp_path / "base.toml").read_text()
    replayed = conformance("replay", "out/results.json", "cache-config.echoes", cwd=tmp_path)
    assert replayed.returncode in (0, 1)


# The doctor and init.


def test_init_writes_a_file_once(tmp_path):
    assert conformance("init", cwd=tmp_path).returncode == 0
    before = (tmp_path / "target.toml").read_text()
    done = conformance("init", cwd=tmp_path)
    assert done.returncode == 2
    assert "is there already" in done.stderr
    assert (tmp_path / "target.toml").read_text() == before


@pytest.fixture
def strict_server(tmp_path):
    """Serve a reference that knows two extractors only, wants a token and lags with its lists."""
    (tmp_path / "strict.py").write_text(
        "import json, time\nfrom conformance.contracts.collections.reference.app import Reference\n"
        "reference = Reference(token='doctor-token-123', namespaces=False)\n"
        "async def app(scope, receive, send):\n"
        "    if scope['type'] == 'http' and scope['path'].endswith('/create'):\n"
        "        message = await receive()\n"
        "        async def again():\n            return message\n"
        "        if b'text_extractor' in message['body']:\n"
        "            body = json.dumps({'success': False, 'status': 422, 'error': {'message': 'no such extractor', 'type': 'x'}}).encode()\n"
        "            await send({'type': 'http.response.start', 'status': 422, 'headers': [(b'content-type', b'application/json')]})\n"
        "            return await send({'type': 'http.response.body', 'body': body})\n"
        "        return await reference.app(scope, again, send)\n"
        "    await reference.app(scope, receive, send)\n"
    )
    server = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "strict:app", "--port", "18770", "--log-level", "error"], cwd=tmp_path
    )
    time.sleep(2.5)
    yield "http://127.0.0.1:18770"
    server.terminate()
    server.wait()


def test_a_doctor_says_what_is_needed_and_prints_a_file_that_can_be_used(tmp_path, strict_server):
    done = conformance("doctor", strict_server, cwd=tmp_path)
    assert done.returncode == 2
    assert "wants a token" in done.stderr
    assert 'token_env = "ACME_TOKEN"' in done.stdout
    (tmp_path / "t.toml").write_text(done.stdout)
    done = conformance("doctor", "--target", "t.toml", cwd=tmp_path, env={"ACME_TOKEN": "doctor-token-123"})
    assert done.returncode == 2, done.stderr
    assert "refuses a feature extractor it does not know, here with 422" in done.stderr
    assert "doctor-token-123" not in done.stdout + done.stderr
    known = done.stdout.replace('# feature_extractors = [{ name = "text_extractor"', 'feature_extractors = [{ name = "known"')
    assert known != done.stdout
    (tmp_path / "t.toml").write_text(known)
    done = conformance("doctor", "--target", "t.toml", cwd=tmp_path, env={"ACME_TOKEN": "doctor-token-123"})
    assert done.returncode == 0, done.stderr
    assert "serves  read" in done.stderr


def test_a_doctor_of_nothing_says_that_nothing_is_there(tmp_path):
    done = conformance("doctor", "http://127.0.0.1:1", cwd=tmp_path)
    assert done.returncode == 3
    assert "cannot reach" in done.stderr
