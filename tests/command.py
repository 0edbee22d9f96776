"""The command `conformance` in a process of its own, for tests that meet it as a person does; every record that it leaves is held."""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from recorded import held

COMMAND = [sys.executable, "-c", "import sys; from conformance.cli.main import main; sys.exit(main())"]
TOKEN = "s3cret-token-of-the-test"


def conformance(*arguments, cwd=None, env=None, timeout=120):
    environment, started = {**os.environ, "COLUMNS": "100", **(env or {})}, time.time()
    done = subprocess.run(
        [*COMMAND, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, timeout=timeout, check=False
    )
    for file in Path(cwd).rglob("results.json") if cwd is not None else ():
        if file.stat().st_mtime > started:
            held(json.loads(file.read_text("utf-8")))
    return done


def free_port():
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return opened.getsockname()[1]


def is_listening(port):
    with socket.socket() as opened:
        return opened.connect_ex(("127.0.0.1", port)) == 0
