"""A server in any language, started for a run: a command, a free port, what it prints, and its end with all that it started."""

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from conformance.client.server_output import ServerOutput
from conformance.core.errors import TargetError

_START_SECONDS = 60.0
_END_SECONDS = 5.0
_LOOK_SECONDS = 0.05


@contextmanager
def serving(command: str, output: ServerOutput) -> Iterator[str]:
    """Start a server by a shell command, and yield its URL once it takes connections; stop it and its children in the end.

    `{port}` in the command becomes a free port, which the environment variable PORT holds too. What it prints goes into `output`.

    Raises:
        TargetError: it ends before it takes connections, or does not take them within a minute.

    """
    port = _free_port()
    process = subprocess.Popen(  # noqa: S602 - the user's own command line, as a shell takes it
        command.replace("{port}", str(port)),
        shell=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "PORT": str(port)},
        start_new_session=True,
    )
    assert process.stdout is not None
    reader = threading.Thread(target=output.read, args=(process.stdout,), daemon=True)
    reader.start()
    try:
        _wait(process, port, output, reader)
        yield f"http://127.0.0.1:{port}"
    finally:
        _stop(process)
        reader.join(_END_SECONDS)
        process.stdout.close()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _wait(process: "subprocess.Popen[bytes]", port: int, output: ServerOutput, reader: threading.Thread) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            reader.join(_END_SECONDS)
            raise TargetError(f"--command: the server ended with exit code {process.returncode} before it answered{_last(output)}")
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(_LOOK_SECONDS)
    raise TargetError(
        f"--command: nothing listens on port {port} after {_START_SECONDS:.0f} s; does the command use {{port}}?{_last(output)}"
    )


def _last(output: ServerOutput) -> str:
    """Return what the server printed last, for a message, or an empty string."""
    lines = output.lines()
    return f": {lines[-1]}" if lines else ""


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """End the server and what it started: asked to first, then at once."""
    _signal(process, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(_END_SECONDS)
    _signal(process, getattr(signal, "SIGKILL", signal.SIGTERM))
    process.wait()


def _signal(process: "subprocess.Popen[bytes]", number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
