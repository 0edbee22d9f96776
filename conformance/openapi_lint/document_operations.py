"""The operations of a document: where each is described, how it is called, and which JSON it takes and answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from conformance.core.path_templates import anonymous, placeholders
from conformance.core.pointers import Pointer
from conformance.openapi_lint.alternatives import Alternatives
from conformance.openapi_lint.document import Document
from conformance.openapi_lint.index import METHODS

# Where a parameter is sent (`in`), and its name.
ParameterKey: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class DocumentOperation:
    """An operation that a document describes; `has_unknown_parameters` if a parameter's description cannot be read."""

    place: Pointer
    method: str
    path: str
    parameters: dict[ParameterKey, Pointer]
    has_unknown_parameters: bool

    @property
    def name(self) -> str:
        """Its method and its path."""
        return f"{self.method} {self.path}"

    @property
    def path_parameters(self) -> list[str]:
        """The names in its path, in order."""
        return placeholders(self.path)


class DocumentOperations:
    """The operations of a document."""

    def __init__(self, alternatives: Alternatives) -> None:
        self.alternatives = alternatives
        self.document: Document = alternatives.schemas.document
        self.paths: list[str] = [path for path in self.document.root.get("paths", {}) if path.startswith("/")]
        self.all = [operation for path in self.paths for operation in self._of_path(path)]

    def _of_path(self, path: str) -> Iterator[DocumentOperation]:
        place, item = self.resolved(("paths", path))
        for method in METHODS:
            if isinstance(item.get(method), dict):
                described = [*self._parameters((*place, "parameters")), *self._parameters((*place, method, "parameters"))]
                parameters = {key: at for key, at in described if key is not None}
                has_unknown = any(key is None for key, _at in described)
                yield DocumentOperation((*place, method), method.upper(), path, parameters, has_unknown)

    def _parameters(self, place: Pointer) -> Iterator[tuple[ParameterKey | None, Pointer]]:
        """Yield the key and the place of each parameter in a list; the key of one that cannot be read is None."""
        listed = self.document.get(place)
        for index in range(len(listed)) if isinstance(listed, list) else ():
            at, node = self.resolved((*place, index))
            yield _parameter_key(node), at

    def is_unknown(self, place: Pointer) -> bool:
        """Whether a reference at a place leads to nothing that is known."""
        at, node = self.resolved(place)
        return "$ref" in node and at not in self.alternatives.schemas.index.targets

    def resolved(self, place: Pointer) -> tuple[Pointer, dict[str, Any]]:
        """Return the object at a place, or the one that a reference there leads to, with its place."""
        return self.alternatives.schemas.resolved(place, self.document.get(place))

    def addresses(self, operation: DocumentOperation) -> set[str]:
        """Return an operation's path without names of parameters: as it stands, and after the path of each server."""
        servers = self.document.root.get("servers")
        urls = [server.get("url") for server in servers if isinstance(server, dict)] if isinstance(servers, list) else []
        return {anonymous(prefix.rstrip("/") + operation.path) for prefix in ("", *map(_path, urls))}

    def json(self, place: Pointer) -> Pointer | None:
        """Return the place of the schema of a body's or an answer's JSON, or None if it has no JSON."""
        at, node = self.resolved(place)
        content = node.get("content")
        for name, described in content.items() if isinstance(content, dict) else ():
            if _is_json(name) and isinstance(described, dict):
                media, _node = self.resolved((*at, "content", name))
                return (*media, "schema")
        return None

    def body_fields(self, operation: DocumentOperation) -> set[str]:
        """Return the names of the fields that an operation's body may have."""
        schema = self.json((*operation.place, "requestBody"))
        return set() if schema is None else {name for one in self.alternatives.of((schema,)) for name in one.properties}


def _parameter_key(node: dict[str, Any]) -> ParameterKey | None:
    where, name = node.get("in"), node.get("name")
    if not isinstance(where, str) or not isinstance(name, str):
        return None
    return where, name.lower() if where == "header" else name


def _path(url: Any) -> str:
    try:
        return urlsplit(str(url)).path
    except ValueError:
        return ""


def _is_json(media_type: str) -> bool:
    plain = media_type.partition(";")[0].strip().lower()
    return plain in {"application/json", "*/*"} or plain.endswith("+json")
