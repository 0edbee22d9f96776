"""The command `conformance` in a process of its own, for tests that meet it as a person does."""

import os
import socket
import subprocess
import sys

COMMAND = [sys.executable, "-c", "import sys; from conformance.cli.main import main; sys.exit(main())"]
TOKEN = "s3cret-token-of-the-test"


def conformance(*arguments, cwd=None, env=None, timeout=120):
    environment = {**os.environ, "COLUMNS": "100", **(env or {})}
    return subprocess.run(
        [*COMMAND, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, timeout=timeout, check=False
    )


def free_port():
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return opened.getsockname()[1]


def is_listening(port):
    with socket.socket() as opened:
        return opened.connect_ex(("127.0.0.1", port)) == 0
