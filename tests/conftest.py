"""What every test may use."""

import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

# A contract for tests: its scenarios are no tests.
collect_ignore = ["toy"]
sys.path.insert(0, str(Path(__file__).parent))

from command import COMMAND, free_port, is_listening, wait_until  # noqa: E402 - it lies beside this file


@pytest.fixture
def serving(tmp_path):
    """Serve the reference from a file, and return its address and a way to count its collections."""
    port = free_port()
    process = subprocess.Popen([*COMMAND, "serve", "--port", str(port), "--database", "data.db"], cwd=tmp_path, stdout=subprocess.PIPE,
                               text=True)  # fmt: skip
    process.stdout.readline()
    wait_until(lambda: is_listening(port), 20)

    def count():
        with sqlite3.connect(tmp_path / "data.db") as connection:
            return connection.execute("SELECT COUNT(*) FROM collections").fetchone()[0]

    yield f"http://127.0.0.1:{port}", count
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
