"""Recorded addresses: under which base an API was served, which operation an address is one of, and what in it are ids."""

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import SplitResult, urlsplit

from conformance.core import path_templates
from conformance.engine.api import Api
from conformance.evidence.operation import Effect, Operation
from conformance.schema.openapi import OpenApiDocument
from conformance.traffic.har import Entry

_CHANGING = ("PATCH", "PUT", "POST")
_DEFAULT_PORTS = {"http": 80, "https": 443}


class Addresses:
    """The addresses of an API's operations."""

    def __init__(self, api: Api) -> None:
        # Templates with fewer parameters first: where `/things/create` is a path, `create` is no thing's id.
        # Of those with as many, the longest: an id may hold what another template has after one.
        ordered = sorted(api.operations, key=_by_literalness)
        self._patterns = {operation: path_templates.pattern(operation.path) for operation in ordered}
        addressed = {name for operation in ordered for name in path_templates.placeholders(operation.path)}
        makers = [operation for operation in ordered if operation.makes in addressed]
        self.id_keys = frozenset(maker.id_key for maker in makers if maker.id_key)
        self.name_keys = frozenset(maker.name_key for maker in makers if maker.name_key)

    def bases(self, entries: Iterable[Entry]) -> list[str]:
        """Return the addresses under which operations of this API were called, the most frequent first."""
        counts: dict[str, int] = {}
        for entry in entries:
            base = self._base(entry)
            if base is not None:
                counts[base] = counts.get(base, 0) + 1
        return sorted(counts, key=lambda base: -counts[base])

    def _base(self, entry: Entry) -> str | None:
        parts = urlsplit(entry.url)
        matches = (pattern.search(parts.path) for pattern in self._patterns.values())
        match = next((match for match in matches if match is not None), None)
        return None if match is None or entry.method == "OPTIONS" else f"{_origin(parts)}{parts.path[: match.start()]}"

    def operation_of(self, entry: Entry, base: str) -> Operation | None:
        """Return the operation that an entry is a request of, or None if it is none of this API."""
        if not _is_under(entry.url, base):
            return None
        matching = self._served_at(path_within(entry, base))
        return next((operation for operation in matching if operation.method == entry.method), None)

    def ids_of(self, entry: Entry, base: str) -> list[str]:
        """Return the parts of an address that stand where the API has ids."""
        path = path_within(entry, base)
        operation = next(self._served_at(path), None)
        return [] if operation is None else list(operation.ids_in(path).values())

    def changed_thing(self, entry: Entry, base: str) -> str | None:
        """Return what kind of thing an entry changes, by an update or by a method that the contract does not know, or None."""
        matching = list(self._served_at(path_within(entry, base)))
        if not matching or entry.method not in _CHANGING:
            return None
        known = next((operation for operation in matching if operation.method == entry.method), None)
        if known is None:
            return _thing_at_end(matching[0].path)
        # A deployment may serve an update at `/things/{thing}/replace`.
        return _last(path_templates.placeholders(known.path)) if known.effect is Effect.UPDATE else None

    def _served_at(self, path: str) -> Iterator[Operation]:
        """Yield the operations that a path may be one of, whatever its method, those of the most literal template first."""
        return (operation for operation, pattern in self._patterns.items() if pattern.fullmatch(path))


def query_parameters(document: OpenApiDocument) -> dict[str, str]:
    """Return the types of all query parameters of an API by their names."""
    return {
        parameter["name"]: str(parameter.get("schema", {}).get("type"))
        for item in document.content["paths"].values()
        for holder in (item, *item.values())
        for parameter in _given(document, holder)
        if parameter["in"] == "query"
    }


def _given(document: OpenApiDocument, holder: Any) -> Iterator[dict[str, Any]]:
    """Yield the parameters of a path or an operation."""
    for parameter in holder.get("parameters", ()) if isinstance(holder, dict) else ():
        name = parameter.get("$ref", "").rpartition("/")[2]
        yield document.content["components"]["parameters"][name] if name else parameter


def path_within(entry: Entry, base: str) -> str:
    """Return the path of an entry as the API has it, without what it was served under."""
    return urlsplit(entry.url).path.removeprefix(urlsplit(base).path)


def _is_under(url: str, base: str) -> bool:
    parts = urlsplit(url)
    return f"{_origin(parts)}{parts.path}".startswith(f"{base}/")


def _origin(parts: SplitResult) -> str:
    """Return scheme, host and port as one and the same text, however they were written (RFC 3986, 6.2)."""
    host = parts.hostname or ""
    bracketed = f"[{host}]" if ":" in host else host
    is_default = parts.port in (None, _DEFAULT_PORTS.get(parts.scheme))
    return f"{parts.scheme}://{bracketed}" + ("" if is_default else f":{parts.port}")


def _by_literalness(operation: Operation) -> tuple[int, int, str]:
    shape = path_templates.anonymous(operation.path)
    return shape.count("{"), -len(shape), operation.name


def _thing_at_end(template: str) -> str | None:
    """Return the kind of thing that the last part of a path names, or None."""
    return _last(path_templates.placeholders(template.rpartition("/")[2]))


def _last(names: list[str]) -> str | None:
    return names[-1] if names else None
