"""What a person sees of a run that several workers share."""

import os
import pty
import re
import subprocess
import sys

import pytest

from conformance.runner import worker_progress
from conformance.runner.worker_progress import ProgressFile


class Ledger:
    def failed(self):
        return {"b", "a"}


class Run:
    stage = "core/http"
    exchanges = 3
    ledger = Ledger()


def test_workers_tell_in_a_file_each_and_not_for_each_exchange(tmp_path):
    first, second = ProgressFile(tmp_path, "gw0"), ProgressFile(tmp_path, "gw1")
    for file in (first, second):
        file.tell(Run())
    later = Run()
    later.exchanges = 4
    first.tell(later)
    assert [worker.exchanges for worker in worker_progress.read(tmp_path)] == [3, 3]
    assert worker_progress.read(tmp_path)[0] == worker_progress.WorkerProgress("core/http", 3, ["a", "b"])


def test_a_worker_that_cannot_tell_goes_on(tmp_path):
    ProgressFile(tmp_path / "not there", "gw0").tell(Run())
    assert worker_progress.read(tmp_path) == []


def in_terminal(*arguments, cwd):
    """Run the command with a terminal as its standard error, and return what that showed."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "200"}
    with subprocess.Popen([sys.executable, "-m", "conformance", *arguments], cwd=cwd, env=environment, stderr=theirs,
                          stdout=subprocess.DEVNULL) as process:  # fmt: skip
        os.close(theirs)
        shown = b""
        try:
            while part := os.read(ours, 4096):
                shown += part
        except OSError:  # Linux says so when the other end is closed
            pass
    os.close(ours)
    return process.returncode, shown.decode()


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such terminals")
def test_one_line_shows_all_workers_together(tmp_path):
    code, shown = in_terminal("run", "-n", "2", "--seed", "1", "--output", "out", cwd=tmp_path)
    assert code == 0, shown
    lines = re.findall(r"(\d+) exchanges, 0 violated \| \S[^|\r]* \| \S", shown)
    assert lines, shown
    assert list(map(int, lines)) == sorted(map(int, lines))
    assert shown.endswith("\r\x1b[2K")
