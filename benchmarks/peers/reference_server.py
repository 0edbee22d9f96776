"""Serve the reference in a process of its own, with one fault or as one benign variant, and create collections and documents on it.

`python reference_server.py NAME PORT` serves a variant of tests/variants.py, which `conformance serve` cannot do.
"""

import json
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
if __name__ == "__main__":  # Python puts the folder of a script first, and `import peers` needs the folder above
    sys.path[:1] = [str(ROOT / "benchmarks"), str(ROOT / "tests")]

from local_server import running_server  # noqa: E402
from peers.openapi_document import Fixture  # noqa: E402

TOKEN_ENV, TOKEN, NAMESPACE, OTHER_NAMESPACE = "PEERS_TOKEN", "peers-token", "ns_one", "ns_two"
_DOCUMENTS = 40
_COLLECTION = {"collection_name": "peers", "source": {"type": "bucket", "bucket_id": "bkt_peers"}, "feature_extractors": []}


@contextmanager
def serve_reference(kind: str, name: str) -> Iterator[str]:
    """Serve the unchanged reference (`faithful`), a `fault` or a `variant` until the block ends, and yield its URL."""

    def command(port: int) -> list[str]:
        if kind == "variant":
            return [sys.executable, str(Path(__file__)), name, str(port)]
        serve = [sys.executable, "-m", "conformance", "serve", "--port", str(port), "--token-env", TOKEN_ENV]
        return [*serve, "--fault", name] if kind == "fault" else serve

    with running_server(command, {TOKEN_ENV: TOKEN}) as url:
        yield url


def create_fixture(url: str) -> Fixture:
    """Create collections and documents. If a faulty server returns no ids, the fixture has ids that do not exist."""
    create_collection = f"{url}/v1/collections/create"
    collection, spare = (str(_post(create_collection, _COLLECTION).get("collection_id") or "col_none") for _ in range(2))
    documents = [
        _post(f"{url}/v1/collections/{collection}/documents", {"collection_id": collection, "n": n}) for n in range(_DOCUMENTS)
    ]
    ids = tuple(str(document.get("document_id") or f"doc_none{n}") for n, document in enumerate(documents))
    return Fixture(collection, ids, spare)


def _post(url: str, body: dict[str, Any]) -> dict[str, Any]:
    """Return the answer, or an empty object if it is an error or not an object."""
    headers = {"content-type": "application/json", "authorization": f"Bearer {TOKEN}", "x-namespace": NAMESPACE}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            answer = json.loads(response.read())
    except (urllib.error.URLError, ValueError, OSError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _serve_variant(name: str, port: int) -> None:
    import uvicorn
    from variants import VARIANTS

    from conformance.contracts.collections.reference.app import Reference

    reference = Reference(token=TOKEN, fault=VARIANTS[name])
    uvicorn.run(reference.app, host="127.0.0.1", port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    _serve_variant(sys.argv[1], int(sys.argv[2]))
