"""SIGTERM and Ctrl-C end a run alike: a record, a report, a clean target; and two runs do not write into one folder."""

import os
import signal
import subprocess
import sys

import pytest
from command import COMMAND, conformance, wait_until
from recorded import read_results


def started(folder, *arguments):
    return subprocess.Popen([*COMMAND, "run", "--output", "out", *arguments], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            text=True, start_new_session=True)  # fmt: skip


def wait_for_exchanges(folder, size=100_000):
    wait_until(lambda: sum(file.stat().st_size for file in folder.glob("out/*.partial.jsonl")) >= size)


def leave_a_killed_run(folder):
    process = started(folder, "--budget", "standard")
    wait_for_exchanges(folder)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_signal_to_the_run_leaves_a_record_and_nothing_on_the_target(tmp_path, serving, number, workers):
    url, count = serving
    process = started(tmp_path, url, "--budget", "standard", "-n", workers)
    wait_for_exchanges(tmp_path)
    process.send_signal(number)  # to the leading process alone, as a service manager does
    out, err = process.communicate(timeout=60)
    assert process.returncode == 4, out + err
    assert "Traceback" not in out + err
    assert "INCOMPLETE" in out
    results = read_results(tmp_path / "out")
    assert results["manifest"]["incomplete_because"] == "interrupted"
    assert (tmp_path / "out" / "report.html").exists()
    assert results["requests"] > 10
    assert count() == 0


def test_a_second_run_in_the_folder_of_a_first_is_refused_and_spoils_nothing(tmp_path):
    process = started(tmp_path, "--seed", "5", "--budget", "standard")
    wait_for_exchanges(tmp_path)
    second = conformance("run", "--output", "out", cwd=tmp_path)
    third = conformance("run", "--resume", "out", cwd=tmp_path)
    process.send_signal(signal.SIGTERM)
    _out, err = process.communicate(timeout=60)
    assert (second.returncode, third.returncode) == (2, 2), second.stderr + third.stderr
    for done in (second, third):
        assert "another run is writing there" in done.stderr
        assert done.stderr.count("\n") == 1
    assert read_results(tmp_path / "out")["manifest"]["seed"] == "5", err


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot be killed so there")
def test_a_run_that_was_killed_does_not_hold_its_folder(tmp_path):
    leave_a_killed_run(tmp_path)
    done = conformance("run", "--only", "source.*", "--output", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "was cut short is replaced here" in done.stderr


def test_a_run_that_is_not_begun_says_nothing_of_the_record_that_is_there(tmp_path):
    leave_a_killed_run(tmp_path)
    done = conformance("run", "--app", "nowhere:app", "--output", "out", cwd=tmp_path)
    assert done.returncode == 2
    assert "replaced" not in done.stderr
    assert list(tmp_path.glob("out/.checkpoint*"))


SLOW = """
import asyncio
from conformance.contracts.collections.reference.app import Reference
inner = Reference(namespaces=False).app

async def app(scope, receive, send):
    if scope["type"] == "http":
        open("asked", "a").write(scope["path"] + "\\n")
        await asyncio.sleep(0.3)
    await inner(scope, receive, send)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_while_the_target_is_looked_at_leaves_a_record_and_deletes_what_was_made(tmp_path, number):
    (tmp_path / "slow.py").write_text(SLOW)
    process = started(tmp_path, "--app", "slow:app")
    wait_until(lambda: (tmp_path / "asked").exists() and (tmp_path / "asked").read_text().count("\n") > 3)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 4, out + err
    results = read_results(tmp_path / "out")
    assert results["verdict"] == "incomplete"
    assert "interrupted" in results["manifest"]["incomplete_because"]
    assert "Traceback" not in out + err
