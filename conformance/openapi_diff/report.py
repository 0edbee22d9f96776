"""A difference as text for a terminal, and as JSON."""

import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any, NamedTuple

from conformance.core import typed_json
from conformance.core.display import visible
from conformance.openapi_diff.compare import Difference, NotCompared
from conformance.openapi_diff.row import OperationName, Row, Section
from conformance.openapi_diff.sentences import WHOLE
from conformance.openapi_lint.document import Document

FORMAT = 1
"""The version of the JSON; `specs/spec-diff.schema.json` describes it."""


class Source(NamedTuple):
    """One of the two documents: what it was named by, its version of OpenAPI, its own version, and its operations."""

    name: str
    openapi: str
    version: str | None
    operations: int

    def __str__(self) -> str:
        own = "" if self.version is None else f", version {self.version}"
        return f"{self.name} (OpenAPI {self.openapi}{own})"


class Report(NamedTuple):
    """A difference, and what it is one of."""

    old: Source
    new: Source
    difference: Difference

    @classmethod
    def of(cls, names: tuple[str, str], documents: tuple[Document, Document], difference: Difference) -> "Report":
        """Return the report of a difference between documents that were named so."""
        counts = difference.in_old, difference.in_new
        old, new = (Source(name, document.version, _version(document), count)
                    for name, document, count in zip(names, documents, counts, strict=True))  # fmt: skip
        return cls(old, new, difference)

    def sections(self) -> Iterator[tuple[Section, list[Row]]]:
        """Yield the rows by whom they concern."""
        for section, rows in groupby(self.difference.rows, lambda row: row.section):
            yield section, list(rows)


def blocks(rows: list[Row]) -> Iterator[tuple[tuple[OperationName, ...], list[Row]]]:
    """Yield rows under the operations that they touch; those of whole operations, which name them, come first and under none."""
    for operations, same in groupby(rows, lambda row: () if row.kind in WHOLE else row.operations):
        yield operations, list(same)


def headline(report: Report) -> str:
    """Return in a sentence whether clients break."""
    breaking, count = report.difference.breaking, len(report.difference.rows)
    if breaking:
        return f"BREAKS CLIENTS: {breaking} of {_number(count, 'change')}"
    return f"BREAKS NO CLIENT: {_number(count, 'change')}" if count else "NO CHANGE"


def summary(report: Report) -> str:
    """Return how many operations each document has, and how many are in both."""
    return f"{_number(report.old.operations, 'operation')} before, {report.new.operations} now, {report.difference.in_both} of them in both"


def lines(report: Report) -> Iterator[str]:
    """Yield the difference line by line, the rows under the operations that they touch."""
    yield headline(report)
    yield visible(f"{report.old} → {report.new}")
    yield summary(report)
    for section, rows in report.sections():
        yield from ("", f"{section.upper()} ({len(rows)})")
        for operations, same in blocks(rows):
            yield from ("", *(f"  {visible(str(operation))}" for operation in operations))
            for row in same:
                yield from _row(row)
    yield from _not_compared(report.difference.not_compared)


def as_json(report: Report) -> str:
    """Return the difference as JSON."""
    difference = report.difference
    value: dict[str, Any] = {
        "format": FORMAT,
        "breaks": difference.breaking > 0,
        "old": report.old._asdict(),
        "new": report.new._asdict(),
    }
    value["rows"] = [{**typed_json.to_json(row), "operations": _operations(row.operations)} for row in difference.rows]
    value["not_compared"] = [
        {**typed_json.to_json(one), "operations": _operations(one.operations)} for one in difference.not_compared
    ]
    return json.dumps(value, indent=1) + "\n"


def _operations(names: tuple[OperationName, ...]) -> list[dict[str, str | None]]:
    return [name._asdict() for name in names]


def _row(row: Row) -> Iterator[str]:
    if row.kind in WHOLE:
        yield f"  {visible(row.sentence)} [{row.kind}]"
        yield from (f"    {visible(str(name))}" for name in row.operations if len(row.operations) > 1)
        return
    if row.place:
        more = f" and {_number(len(row.also), 'place')} more" if row.also else ""
        yield f"    {visible(row.place)}{more}"
    yield f"{'      ' if row.place else '    '}{visible(row.sentence)} [{row.kind}]"


def _not_compared(parts: tuple[NotCompared, ...]) -> Iterator[str]:
    if parts:
        yield from ("", f"NOT COMPARED ({len(parts)})")
    for one in parts:
        yield visible(f"  {one.place}: {one.reason}" if one.place else f"  {one.reason}")


def _version(document: Document) -> str | None:
    info = document.root.get("info")
    version = info.get("version") if isinstance(info, dict) else None
    return None if version is None else str(version)


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
