"""Serving: the reference in a process of its own, with one named fault or one freedom taken, and a few things made on it.

`python reference_server.py NAME PORT` serves a variant of tests/variants.py, which the command line does not know.
"""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
if __name__ == "__main__":  # as a script this folder is searched first, and its modules have names of others
    sys.path[:1] = [str(ROOT / "benchmarks"), str(ROOT / "tests")]

from peers.openapi_document import Fixture  # noqa: E402

TOKEN_ENV, TOKEN, NAMESPACE, OTHER = "PEERS_TOKEN", "peers-token", "ns_one", "ns_two"
_DOCUMENTS = 40
_COLLECTION = {"collection_name": "peers", "source": {"type": "bucket", "bucket_id": "bkt_peers"}, "feature_extractors": []}


@contextmanager
def served(kind: str, name: str) -> Iterator[str]:
    """Serve the faithful reference (`faithful`), a `fault` or a `variant` until the block ends; yield its address."""
    port = _free_port()
    own = [sys.executable, str(Path(__file__)), name, str(port)]
    command = [sys.executable, "-m", "conformance", "serve", "--port", str(port), "--token-env", TOKEN_ENV]
    command = own if kind == "variant" else command + (["--fault", name] if kind == "fault" else [])
    process = subprocess.Popen(command, env={**os.environ, TOKEN_ENV: TOKEN}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
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


def made(url: str) -> Fixture:
    """Make collections and documents; a faulty server that gives them no ids gets some that could be."""
    home, spare = (str(_post(f"{url}/v1/collections/create", _COLLECTION).get("collection_id") or "col_none") for _ in range(2))
    documents = [_post(f"{url}/v1/collections/{home}/documents", {"collection_id": home, "n": n}) for n in range(_DOCUMENTS)]
    return Fixture(home, tuple(str(one.get("document_id") or f"doc_none{n}") for n, one in enumerate(documents)), spare)


def _post(url: str, body: dict[str, Any]) -> dict[str, Any]:
    headers = {"content-type": "application/json", "authorization": f"Bearer {TOKEN}", "x-namespace": NAMESPACE}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            found = json.loads(response.read())
    except (urllib.error.URLError, ValueError, OSError):
        return {}
    return found if isinstance(found, dict) else {}


def _serve_variant(name: str, port: int) -> None:
    import uvicorn
    from variants import VARIANTS

    from conformance.contracts.collections.reference.app import Reference

    reference = Reference(token=TOKEN, fault=VARIANTS[name])
    uvicorn.run(reference.app, host="127.0.0.1", port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    _serve_variant(sys.argv[1], int(sys.argv[2]))
