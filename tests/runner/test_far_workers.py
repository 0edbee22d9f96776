"""Workers of pytest-xdist on other machines give the verdicts of one process: tried between network namespaces with addresses of their own."""

import os
import shutil
import subprocess
import sys
from contextlib import ExitStack, contextmanager

import pytest
from command import wait_until, write_app
from recorded import read_results

# The first two numbers of the addresses: nothing outside of the namespaces sees them.
NET = "10.77.0"
SERVER, LEADER, WORKER = (f"conf-{os.getpid()}-{name}" for name in ("s", "l", "w"))
OPTIONS = (
    "-p",
    "no:schemathesis",
    "-p",
    "no:cacheprovider",
    f"--conformance-url=http://{NET}.1:8000",
    "--conformance-only=source.*",
)


def ip(*arguments, check=True):
    return subprocess.run(["ip", *arguments], capture_output=True, text=True, check=check)


@pytest.fixture(scope="module")
def namespaces():
    """Make three machines of this one, joined by a bridge in the first: for a server, the leading process, and a worker."""
    if shutil.which("ip") is None or ip("netns", "add", SERVER, check=False).returncode:
        pytest.skip("network namespaces are not permitted here: it takes Linux, root and iproute2")
    try:
        ip("-n", SERVER, "link", "add", "bridge", "type", "bridge")
        ip("-n", SERVER, "addr", "add", f"{NET}.1/24", "dev", "bridge")
        ip("-n", SERVER, "link", "set", "bridge", "up")
        for number, name in ((2, LEADER), (3, WORKER)):
            ip("netns", "add", name)
            ip("link", "add", "net", "netns", name, "type", "veth", "peer", "name", f"to{number}", "netns", SERVER)
            ip("-n", SERVER, "link", "set", f"to{number}", "master", "bridge", "up")
            ip("-n", name, "addr", "add", f"{NET}.{number}/24", "dev", "net")
            for device in ("net", "lo"):
                ip("-n", name, "link", "set", device, "up")
        yield
    finally:
        for name in (SERVER, LEADER, WORKER):
            ip("netns", "del", name, check=False)


@contextmanager
def listening(namespace, address, command, folder):
    """Run a program in a namespace while the block runs, from when it listens."""
    process = subprocess.Popen(
        ["ip", "netns", "exec", namespace, *command], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT
    )
    place = address.rpartition(":")
    answers = f"import socket; socket.create_connection(({place[0]!r}, {place[2]}), 1)"
    try:
        wait_until(lambda: process.poll() is not None or in_namespace(LEADER, folder, "-c", answers).returncode == 0, 30)
        yield
    finally:
        process.terminate()
        process.wait(20)


def in_namespace(namespace, folder, *arguments):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    command = ["ip", "netns", "exec", namespace, sys.executable, *arguments]
    return subprocess.run(command, cwd=folder, env={**environment, "TMPDIR": str(folder / "tmp")}, capture_output=True, text=True, timeout=120,
                          check=False)  # fmt: skip


@pytest.fixture
def machines(namespaces, tmp_path):
    """Serve a faulty implementation on one machine, and return a way to judge it from the others."""
    for name in ("tmp", "far"):
        (tmp_path / name).mkdir()
    write_app(tmp_path, "shop", "type-case-ignored")
    serve = [sys.executable, "-m", "uvicorn", "shop:app", "--host", f"{NET}.1", "--port", "8000", "--log-level", "error"]
    gateway = [sys.executable, "-m", "execnet.script.socketserver", f"{NET}.3:8888"]
    # A machine of its own has a folder for temporary files of its own.
    apart = ["unshare", "--mount", "sh", "-c", f'mount -t tmpfs none {tmp_path}/tmp && exec "$@"', "sh"]

    def judge(output, *options):
        done = in_namespace(LEADER, tmp_path, "-m", "pytest", *OPTIONS, f"--conformance-output={output}", *options)
        assert done.returncode == 1, done.stdout + done.stderr
        return {row["id"]: row["status"] for row in read_results(tmp_path / output)["requirements"]}, done.stdout

    with ExitStack() as stack:
        stack.enter_context(listening(SERVER, f"{NET}.1:8000", serve, tmp_path))

        def far(*, shares_files):
            command = gateway if shares_files else [*apart, *gateway]
            return stack.enter_context(listening(WORKER, f"{NET}.3:8888", command, tmp_path / "far"))

        yield judge, far


@pytest.mark.parametrize("shares_files", [True, False])
def test_a_worker_on_another_machine_gives_the_verdicts_of_one_process_whether_or_not_it_shares_files(
    machines, tmp_path, shares_files
):
    judge, far = machines
    alone, _told = judge("alone")
    far(shares_files=shares_files)
    together, told = judge("together", "-d", "--tx", f"socket={NET}.3:8888", "--tx", "popen")
    assert together == alone
    assert alone["source.type-enum"] == "failed"
    assert "1 failed, 4 passed" in told
    # What a machine of its own cannot share, it performs too.
    assert (requests(tmp_path / "together") > 1.5 * requests(tmp_path / "alone")) is not shares_files


def requests(folder):
    return read_results(folder)["requests"]
