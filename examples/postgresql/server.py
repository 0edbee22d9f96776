"""Serve the reference implementation on PostgreSQL: bodies are JSONB, and filters are judged by PostgreSQL's operators.

`python server.py PORT CONNECTION`, for example `python server.py 8080 'host=/tmp/cluster user=postgres'`; the token that it wants is in
CONFORMANCE_TOKEN. The database must be empty.
"""

import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg
import uvicorn
from psycopg.types.string import TextLoader

from conformance.contracts.collections.reference.app import Reference
from conformance.contracts.collections.reference.service import Service
from conformance.contracts.collections.reference.store import Store


class PostgresStore(Store):
    """The reference's store with another database under it."""

    def __init__(self, address: str) -> None:
        self._lock = threading.RLock()
        self._database = psycopg.connect(address, autocommit=True)
        self._database.adapters.register_loader("jsonb", TextLoader)  # the store reads JSON itself
        self._database.execute(Path(__file__).with_name("schema.sql").read_bytes())

    def close(self) -> None:
        """Close the connection."""
        self._database.close()

    def _execute(self, statement: str, *values: str) -> None:
        with self._lock:
            self._database.execute(_translated(statement), values)

    def _all(self, statement: str, *values: str | int) -> Sequence[tuple[Any, ...]]:
        with self._lock:
            return self._database.execute(_translated(statement), values).fetchall()


def _translated(statement: str) -> bytes:
    """Return a statement in the dialect of PostgreSQL; one without a filter says 1 for true."""
    text = statement.replace("body -> ?", "json_extract(body, ?)").replace("(1)", "(true)")
    return text.replace("?", "%s").encode()


def main() -> None:
    """Serve until interrupted."""
    port, address = sys.argv[1:]
    reference = Reference(token=os.environ["CONFORMANCE_TOKEN"])
    reference.close()
    reference.service = Service(PostgresStore(address))
    uvicorn.run(reference.app, port=int(port), log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
