"""Run a server in a process of its own, on a free port of this machine."""

import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def running_server(command: Callable[[int], list[str]], environment: dict[str, str] | None = None) -> Iterator[str]:
    """Start a server with the command for its port, wait until it accepts connections, and yield its URL. Kill it at the end.

    Raises:
        TimeoutError: the server does not accept connections within a minute.

    """
    port = _free_port()
    process = subprocess.Popen(
        command(port), env={**os.environ, **(environment or {})}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait_for(port: int) -> None:
    for _ in range(1200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError("the server did not start")
