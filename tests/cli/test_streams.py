"""Standard streams that are closed, full or left do not change what a command comes to, and nothing else gets their numbers."""

import os
import shlex
import subprocess
from pathlib import Path

import pytest
from command import COMMAND, write_app
from recorded import read_exchanges, read_results

from conformance.core import resources
from conformance.reporting import terminal

SHELL_COMMAND = shlex.join(COMMAND)
JUDGING = "run --only http.unknown-path --seed 1 --output out"
FULL = pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no file that is always full")
CLOSED = [">&-", "2>&-", "<&-", "<&- >&- 2>&-", "| head -1", "| true"]


def shell(command, cwd):
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {SHELL_COMMAND} {command}"],
        cwd=cwd, capture_output=True, text=True, timeout=60, check=False, env={**os.environ, "COLUMNS": "100"},
    )  # fmt: skip


def is_whole(output):
    """Whether a record is complete, and nothing that was printed is in it."""
    assert read_results(output)["verdict"] == "conforming"
    return all(read_exchanges(output))


@pytest.mark.parametrize("streams", [*CLOSED, pytest.param(">/dev/full", marks=FULL), pytest.param("2>/dev/full", marks=FULL)])
def test_a_run_comes_to_its_verdict_whoever_listens(tmp_path, streams):
    done = shell(f"{JUDGING} {streams}", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert is_whole(tmp_path / "out")


def test_workers_come_to_their_verdict_with_nobody_listening(tmp_path):
    done = shell(f"{JUDGING} -n 2 <&- >&- 2>&-", tmp_path)
    assert done.returncode == 0
    assert is_whole(tmp_path / "out")


@pytest.mark.parametrize("streams", ["<&- >&- 2>&-", "| true"])
@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("explain source.type-enum", 0),
        ("faults", 0),
        ("--version", 0),
        ("run --help", 0),
        ("run --buget", 2),
        ("run http://127.0.0.1:1", 3),
        ("run --app exits:app", 2),
        (f"spec check {shlex.quote(str(resources.find('specs/collections/openapi.yaml')))}", 0),
    ],
)
def test_a_command_has_its_exit_code_whoever_listens(tmp_path, command, code, streams):
    (tmp_path / "exits.py").write_text("import sys\nsys.exit(0)\n")
    done = shell(f"{command} {streams}", tmp_path)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert "toolkit failed" not in done.stderr


@pytest.mark.parametrize("streams", ["<&- >&- 2>&-", "| head -1"])
def test_a_doctor_and_a_replay_have_their_exit_codes_whoever_listens(tmp_path, streams):
    write_app(tmp_path, "faulty", "zero-ttl-is-default")
    assert shell(f"doctor --app faulty:app {streams}", tmp_path).returncode == 0
    assert shell(f"run --app faulty:app --only cache-config.echoes --seed 7 --output out {streams}", tmp_path).returncode == 1
    assert shell(f"replay out/results.json cache-config.echoes {streams}", tmp_path).returncode == 1


@FULL
def test_a_full_disk_behind_standard_output_is_reported_and_changes_no_verdict(tmp_path):
    done = shell(f"{JUDGING} >/dev/full", tmp_path)
    assert done.returncode == 0
    assert done.stderr.endswith("conformance: standard output could not be written\n")


@FULL
@pytest.mark.parametrize("command", ["explain source.type-enum", "faults", "doctor"])
def test_what_was_to_be_printed_and_is_lost_is_no_success(tmp_path, command):
    done = shell(f"{command} >/dev/full", tmp_path)
    assert done.returncode == 4
    assert "standard output could not be written" in done.stderr


def test_an_application_that_closes_standard_output_takes_no_verdict_away(tmp_path):
    (tmp_path / "closing.py").write_text(
        "import sys\nfrom conformance.contracts.collections.reference.app import Reference\napp = Reference().app\nsys.__stdout__.close()\n"
    )
    assert shell(f"{JUDGING} --app closing:app", tmp_path).returncode == 0


def test_what_an_encoding_lacks_is_shown_as_an_escape(tmp_path):
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        ["bash", "-c", f"{SHELL_COMMAND} run --only http.unknown-path --output münchen"],
        cwd=tmp_path, capture_output=True, text=True, check=False, env=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "m\\xfcnchen/results.json" in done.stdout


class Screen:
    """A terminal that remembers what it was sent."""

    closed = False

    def __init__(self):
        self.text = ""

    def isatty(self):
        return True

    def write(self, text):
        self.text += text

    def flush(self):
        pass


@pytest.mark.parametrize(("kind", "has_codes"), [("xterm-256color", True), ("dumb", False), ("unknown", False), ("DUMB", False)])
def test_a_terminal_without_cursor_codes_gets_none(monkeypatch, kind, has_codes):
    monkeypatch.setenv("TERM", kind)
    screen = Screen()
    progress = terminal.Progress(screen)
    progress._next = 0.0
    progress.show("a scenario", 3, 1)
    progress.clear()
    assert "3 exchanges, 1 violated | a scenario" in screen.text
    assert ("\x1b" in screen.text) is has_codes
    assert ("\r" in screen.text) is has_codes


class Broken(Screen):
    def write(self, text):
        raise OSError(28, "No space left on device")

    def fileno(self):
        raise ValueError("no descriptor")


def test_progress_that_cannot_be_shown_is_not_shown():
    progress = terminal.Progress(Broken())
    progress.show("a scenario", 3, 1)
    progress.clear()
