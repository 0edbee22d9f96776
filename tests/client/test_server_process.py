"""A server that is started for a run: it answers on the port it is given, what it prints is kept, and nothing of it is left."""

import os
import subprocess
import sys
import time
import urllib.request

import pytest

from conformance.client.server_output import ServerOutput
from conformance.client.server_process import serving
from conformance.core.errors import TargetError

SERVER = """
import http.server, subprocess, sys, os
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print("child", child.pid, flush=True)
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        print("asked", self.path, "at port", os.environ["PORT"], flush=True)
        self.send_response(200); self.end_headers()
    def log_message(self, *arguments): pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def is_running(pid):
    return subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout.strip()[
        :1
    ] not in ("", "Z")


@pytest.fixture
def command(tmp_path):
    (tmp_path / "server.py").write_text(SERVER)
    return f"{sys.executable} {tmp_path / 'server.py'} {{port}}"


def test_a_server_is_started_and_stopped_with_its_children_and_what_it_printed_is_kept(command):
    output = ServerOutput()
    with serving(command, output) as url:
        started = time.time()
        urllib.request.urlopen(f"{url}/here").close()
        deadline = time.monotonic() + 5
        while not output.between(started, time.time()) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert [line for line in output.between(started, time.time()) if "asked /here at port" in line]
    child = int(output.lines()[0].split()[1])
    assert not is_running(child)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("echo no configuration; exit 3", "ended with exit code 3 before it answered: no configuration"),
        ("no-such-command-here", "ended with exit code 127"),
    ],
)
def test_a_server_that_does_not_start_is_told_with_what_it_printed(line, message):
    with pytest.raises(TargetError, match=message), serving(line, ServerOutput()):
        pass


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="no groups of processes here")
def test_a_server_that_does_not_want_to_end_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr("conformance.client.server_process._END_SECONDS", 0.2)
    (tmp_path / "server.py").write_text("import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + SERVER)
    output = ServerOutput()
    with serving(f"{sys.executable} {tmp_path / 'server.py'} {{port}}", output):
        pass
    assert not is_running(int(output.lines()[0].split()[1]))
