"""The store: collections and documents as JSON text in SQLite, by namespace."""

import json
import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from conformance.contracts.collections.reference import selection
from conformance.contracts.collections.reference.selection import Sql

Body = dict[str, Any]
_SCHEMA = """
CREATE TABLE IF NOT EXISTS collections (namespace TEXT, id TEXT, body TEXT NOT NULL, PRIMARY KEY (namespace, id));
CREATE TABLE IF NOT EXISTS documents (namespace TEXT, collection TEXT, id TEXT, body TEXT NOT NULL,
                                      PRIMARY KEY (namespace, collection, id));
CREATE TABLE IF NOT EXISTS buckets (namespace TEXT, id TEXT, body TEXT NOT NULL, PRIMARY KEY (namespace, id));
"""
_DOCUMENT = "namespace = ? AND collection = ? AND id = ?"


class Store:
    """What the reference remembers; in a file it survives a restart, without one it lives in memory."""

    def __init__(self, path: Path | None = None) -> None:
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
        # Whoever drops an app need not know of its database: since 3.13 Python complains of one that nobody closed.
        weakref.finalize(self, self._connection.close)
        self._connection.execute("PRAGMA journal_mode=WAL")
        # A crash of the machine may cost the last writes; a crash of the process costs none.
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.executescript(_SCHEMA)
        selection.register(self._connection)

    def close(self) -> None:
        """Close the database."""
        self._connection.close()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep everybody else out while something is read, changed and written."""
        with self._lock:
            yield

    def add_collection(self, namespace: str, identifier: str, body: Body) -> None:
        """Keep a new collection."""
        self._execute("INSERT INTO collections VALUES (?, ?, ?)", namespace, identifier, _dump(body))

    def collection(self, namespace: str, identifier: str) -> Body | None:
        """Return a collection, or None."""
        return self._one("SELECT body FROM collections WHERE namespace = ? AND id = ?", namespace, identifier)

    def collections(self, namespace: str) -> list[Body]:
        """Return the collections of a namespace, in the order in which they were added."""
        rows = self._all("SELECT body FROM collections WHERE namespace = ? ORDER BY rowid", namespace)
        return [json.loads(row[0]) for row in rows]

    def collection_named(self, namespace: str, name: str) -> Body | None:
        """Return the collection of a name that was added last, or None."""
        by_name = "namespace = ? AND json_extract(body, '$.collection_name') = ?"
        return self._one(f"SELECT body FROM collections WHERE {by_name} ORDER BY rowid DESC", namespace, name)  # noqa: S608 - fixed text

    def replace_collection(self, namespace: str, identifier: str, body: Body) -> None:
        """Keep a collection in place of what it was."""
        self._execute("UPDATE collections SET body = ? WHERE namespace = ? AND id = ?", _dump(body), namespace, identifier)

    def remove_collection(self, namespace: str, identifier: str) -> None:
        """Forget a collection and its documents."""
        self._execute("DELETE FROM documents WHERE namespace = ? AND collection = ?", namespace, identifier)
        self._execute("DELETE FROM collections WHERE namespace = ? AND id = ?", namespace, identifier)

    def add_bucket(self, namespace: str, identifier: str, body: Body) -> None:
        """Keep a new bucket."""
        self._execute("INSERT INTO buckets VALUES (?, ?, ?)", namespace, identifier, _dump(body))

    def bucket(self, namespace: str, identifier: str) -> Body | None:
        """Return a bucket, or None."""
        return self._one("SELECT body FROM buckets WHERE namespace = ? AND id = ?", namespace, identifier)

    def replace_bucket(self, namespace: str, identifier: str, body: Body) -> None:
        """Keep a bucket in place of what it was."""
        self._execute("UPDATE buckets SET body = ? WHERE namespace = ? AND id = ?", _dump(body), namespace, identifier)

    def remove_bucket(self, namespace: str, identifier: str) -> None:
        """Forget a bucket."""
        self._execute("DELETE FROM buckets WHERE namespace = ? AND id = ?", namespace, identifier)

    def add_document(self, namespace: str, collection: str, identifier: str, body: Body) -> None:
        """Keep a new document."""
        self._execute("INSERT INTO documents VALUES (?, ?, ?, ?)", namespace, collection, identifier, _dump(body))

    def document(self, namespace: str, collection: str, identifier: str) -> Body | None:
        """Return a document, or None."""
        return self._one(f"SELECT body FROM documents WHERE {_DOCUMENT}", namespace, collection, identifier)  # noqa: S608 - fixed text

    def replace_document(self, namespace: str, collection: str, identifier: str, body: Body) -> None:
        """Keep a document in place of what it was."""
        self._execute(f"UPDATE documents SET body = ? WHERE {_DOCUMENT}", _dump(body), namespace, collection, identifier)  # noqa: S608

    def remove_document(self, namespace: str, collection: str, identifier: str) -> None:
        """Forget a document."""
        self._execute(f"DELETE FROM documents WHERE {_DOCUMENT}", namespace, collection, identifier)  # noqa: S608

    def documents(self, namespace: str, collection: str, chosen: Sql, order: Sql, *, limit: int, offset: int) -> list[Body]:
        """Return one page of a collection's documents; only that page leaves the database."""
        where = f"namespace = ? AND collection = ? AND ({chosen.text})"
        statement = f"SELECT body FROM documents WHERE {where} ORDER BY {order.text} LIMIT ? OFFSET ?"  # noqa: S608 - values are bound
        rows = self._all(statement, namespace, collection, *chosen.values, *order.values, limit, offset)
        return [json.loads(row[0]) for row in rows]

    def count(self, namespace: str, collection: str, chosen: Sql) -> int:
        """Return how many of a collection's documents are chosen."""
        statement = f"SELECT COUNT(*) FROM documents WHERE namespace = ? AND collection = ? AND ({chosen.text})"  # noqa: S608
        found: int = self._all(statement, namespace, collection, *chosen.values)[0][0]
        return found

    def define(self, name: str, arguments: int, function: Callable[..., Any]) -> None:
        """Put a function in place of one that SQL calls."""
        self._connection.create_function(name, arguments, function, deterministic=True)

    def owner(self, kind: Literal["collections", "documents", "buckets"], identifier: str) -> tuple[str, ...] | None:
        """Return the namespace that has something of this id, and of a document its collection; None if no namespace has it."""
        columns = "namespace, collection" if kind == "documents" else "namespace"
        rows = self._all(f"SELECT {columns} FROM {kind} WHERE id = ?", identifier)  # noqa: S608 - fixed text
        return rows[0] if rows else None

    def has_collection_named(self, name: str) -> bool:
        """Whether a collection of this name is in any namespace."""
        return bool(self._all("SELECT 1 FROM collections WHERE json_extract(body, '$.collection_name') = ?", name))

    def _execute(self, statement: str, *values: str) -> None:
        with self._lock:
            self._connection.execute(statement, values)

    def _all(self, statement: str, *values: str | int) -> Sequence[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(statement, values).fetchall()

    def _one(self, statement: str, *values: str) -> Body | None:
        try:
            rows = self._all(statement, *values)
        except UnicodeEncodeError:  # an identifier that is no text was never stored
            return None
        return json.loads(rows[0][0]) if rows else None


def _dump(body: Body) -> str:
    # Not in ASCII: SQLite looks for a key as it is written.
    return json.dumps(body, ensure_ascii=False)
