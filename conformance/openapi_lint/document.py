"""An OpenAPI document as it was read: plain JSON values, its version, and the keys that stand twice in it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conformance.core.display import short, visible
from conformance.core.errors import UsageError
from conformance.core.pointers import Pointer, get
from conformance.openapi_lint.duplicate_keys import DuplicateKeys
from conformance.openapi_lint.parsing import read
from conformance.openapi_lint.plain import plain
from conformance.openapi_lint.refusals import Unreadable

_SUPPORTED = "OpenAPI 3.0, 3.1 and 3.2 are read"


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """An OpenAPI document of version 3.0, 3.1 or 3.2; `address` is the URI that it was read from, if any."""

    root: dict[str, Any]
    version: str
    address: str = ""
    duplicate_keys: DuplicateKeys = field(default_factory=DuplicateKeys)

    @property
    def edition(self) -> str:
        """The version without its patches: 3.0, 3.1 or 3.2."""
        return self.version[:3]

    @property
    def read_as(self) -> str:
        """The edition that it is judged by: 3.2 contains 3.1, and only the schemas of what is new in it are judged."""
        return min(self.edition, "3.1")

    @property
    def is_3_0(self) -> bool:
        """Whether it is of 3.0, where `nullable` has a meaning, and `$id` and all that stands beside a `$ref` have none."""
        return self.edition == "3.0"

    def get(self, place: Pointer) -> Any:
        """Return what stands at a place, or `MISSING`."""
        return get(self.root, place)


def load(file: Path) -> Document:
    """Read a document, JSON or YAML, in UTF-8.

    Raises:
        UsageError: the file cannot be read, or is no OpenAPI document of version 3.0, 3.1 or 3.2.

    """
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror or error}") from None
    try:
        value, duplicate_keys = read(raw)
        return _document(value, file.absolute().as_uri(), duplicate_keys)
    except Unreadable as error:
        raise UsageError(f"{file}: {error}") from None


def parsed(content: dict[str, Any], name: str) -> Document:
    """Return the document that was parsed elsewhere, such as a contract's own; what JSON cannot express is read as the text that it is.

    Raises:
        UsageError: it is no OpenAPI document of version 3.0, 3.1 or 3.2; the message begins with the name.

    """
    try:
        return _document(plain(json.loads(json.dumps(content, default=str))), "", DuplicateKeys())
    except (Unreadable, TypeError, ValueError, RecursionError) as error:
        raise UsageError(f"{name}: {error}") from None


def _document(root: Any, address: str, duplicate_keys: DuplicateKeys) -> Document:
    version = _version(root)
    return Document(_root(root), version, address, duplicate_keys)


def _version(root: Any) -> str:
    """Return the version that a document states, if it can be read."""
    if not isinstance(root, dict):
        raise Unreadable("no OpenAPI document: it is no object")
    stated = root.get("openapi")
    if stated is None:
        raise Unreadable(next(_other_kinds(root), "no OpenAPI document: it has no `openapi`"))
    if not re.match(r"3\.[012](\.|$)", str(stated)):
        raise Unreadable(f"a document of OpenAPI {_shown(stated)}; {_SUPPORTED}")
    return str(stated)


def _other_kinds(root: dict[str, Any]) -> Iterator[str]:
    """Yield what else a document states to be."""
    if "swagger" in root:
        yield f"a document of Swagger {_shown(root['swagger'])}, which is older than OpenAPI 3; {_SUPPORTED}, so convert it first"
    if "asyncapi" in root:
        yield f"a document of AsyncAPI {_shown(root['asyncapi'])}; {_SUPPORTED}"


def _shown(version: Any) -> str:
    return visible(version[:40]) if isinstance(version, str) else short(version, 40)


def _root(root: dict[str, Any]) -> dict[str, Any]:
    """Return the document if its main parts are there."""
    parts = [name for name in ("paths", "components", "webhooks") if name in root]
    if not parts:
        raise Unreadable("no OpenAPI document: it has neither paths nor components")
    for name in parts:
        if not isinstance(root[name], dict):
            raise Unreadable(f"no OpenAPI document: `{name}` is no object")
    return root
