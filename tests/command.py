"""Processes that tests start: the command `conformance`, pytest, Python, on applications that are written for a test.

Every record that the command leaves is held to its schema.
"""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from recorded import held, read_results

COMMAND = [sys.executable, "-c", "import sys; from conformance.cli.main import main; sys.exit(main())"]
TOKEN = "s3cret-token-of-the-test"
IMPORTS = """
from conformance.contracts.collections.reference.app import Reference
from conformance.contracts.collections.reference.faults import FAULTS
"""


def conformance(*arguments, cwd=None, env=None, timeout=120):
    """Run the command and return the process when it has ended."""
    environment, started = {**os.environ, "COLUMNS": "100", **(env or {})}, time.time()
    done = subprocess.run(
        [*COMMAND, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, timeout=timeout, check=False
    )
    for file in Path(cwd).rglob("results.json") if cwd is not None else ():
        if file.stat().st_mtime > started:
            held(read_results(file.parent))
    return done


def run_pytest(folder, *arguments, cache=False):
    """Run pytest in a folder of somebody's own, without the plugins and options of this project."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    command = [sys.executable, "-m", "pytest", "-p", "no:schemathesis", *([] if cache else ["-p", "no:cacheprovider"]), *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False)


def run_python(code, *arguments, cwd=None, env=None):
    """Run Python code in a process of its own."""
    environment = {**os.environ, **(env or {})}
    return subprocess.run([sys.executable, "-c", code, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, timeout=120,
                          check=False)  # fmt: skip


def write_app(folder, module, fault=None, **settings):
    """Write a module whose `app` is the reference, with a fault if one is named."""
    arguments = [f"fault=FAULTS[{fault!r}]"] if fault else []
    arguments += [f"{name}={value!r}" for name, value in settings.items()]
    (folder / f"{module}.py").write_text(f"{IMPORTS}app = Reference({', '.join(arguments)}).app\n")


def wait_until(condition, seconds=60):
    """Wait until a condition holds, or some seconds have passed."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not condition():
        time.sleep(0.02)


def free_port():
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return opened.getsockname()[1]


def is_listening(port):
    with socket.socket() as opened:
        return opened.connect_ex(("127.0.0.1", port)) == 0
