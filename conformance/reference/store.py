"""The store: collections and documents as JSON text in SQLite, by namespace."""

import json
import sqlite3
import threading
from pathlib import Path
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS collections (namespace TEXT, id TEXT, body TEXT NOT NULL, PRIMARY KEY (namespace, id));
CREATE TABLE IF NOT EXISTS documents (namespace TEXT, collection TEXT, id TEXT, body TEXT NOT NULL,
                                      PRIMARY KEY (namespace, collection, id));
"""


class Store:
    """What the reference remembers; in a file it survives a restart, without one it lives in memory."""

    def __init__(self, path: Path | None = None) -> None:
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        # A crash of the machine may cost the last writes; a crash of the process costs none.
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the database."""
        self._connection.close()

    def add_collection(self, namespace: str, identifier: str, body: dict[str, Any]) -> None:
        """Keep a new collection."""
        self._execute("INSERT INTO collections VALUES (?, ?, ?)", namespace, identifier, json.dumps(body))

    def collection(self, namespace: str, identifier: str) -> dict[str, Any] | None:
        """Return a collection, or None."""
        return self._one("SELECT body FROM collections WHERE namespace = ? AND id = ?", namespace, identifier)

    def add_document(self, namespace: str, collection: str, identifier: str, body: dict[str, Any]) -> None:
        """Keep a new document."""
        self._execute("INSERT INTO documents VALUES (?, ?, ?, ?)", namespace, collection, identifier, json.dumps(body))

    def document(self, namespace: str, collection: str, identifier: str) -> dict[str, Any] | None:
        """Return a document, or None."""
        statement = "SELECT body FROM documents WHERE namespace = ? AND collection = ? AND id = ?"
        return self._one(statement, namespace, collection, identifier)

    def _execute(self, statement: str, *values: str) -> None:
        with self._lock:
            self._connection.execute(statement, values)

    def _one(self, statement: str, *values: str) -> dict[str, Any] | None:
        try:
            with self._lock:
                row = self._connection.execute(statement, values).fetchone()
        except UnicodeEncodeError:  # an identifier that is no text was never stored
            return None
        return None if row is None else json.loads(row[0])
