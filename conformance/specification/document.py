"""A document as it was read: plain JSON values, and what the references in it lead to."""

import re
import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import yaml

from conformance.contract import jsontext
from conformance.contract.pointers import MISSING, Pointer, get
from conformance.errors import UsageError

_MOST_NODES = 5_000_000
_DEEPEST = 300
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """An OpenAPI document of version 3.0 or 3.1."""

    root: dict[str, Any]
    version: str

    @property
    def is_3_0(self) -> bool:
        """Whether `nullable` has a meaning, and what stands beside a reference has none."""
        return self.version.startswith("3.0")

    def get(self, place: Pointer) -> Any:
        """Return what stands at a place, or `MISSING`."""
        return get(self.root, place)

    def target(self, reference: str) -> Pointer | None:
        """Return the place in this document that a reference names, whether or not anything stands there.

        None for what leads elsewhere: to another file, to an anchor, to an address.
        """
        if reference != "#" and not reference.startswith("#/"):
            return None
        parts = [unquote(part).replace("~1", "/").replace("~0", "~") for part in reference.split("/")[1:]]
        place: Pointer = ()
        node: Any = self.root
        for part in parts:
            step = int(part) if isinstance(node, list) and part.isdecimal() and len(part) < 10 else part  # noqa: PLR2004
            place, node = (*place, step), get(node, (step,)) if node is not MISSING else MISSING
        return place


def load(file: Path) -> Document:
    """Read a document, JSON or YAML.

    Raises:
        UsageError: the file cannot be read, or is no OpenAPI document of version 3.0 or 3.1.

    """
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror or error}") from None
    root = _plain(_parsed(file, raw), file)
    return Document(root, _version(root, file))


def _parsed(file: Path, raw: bytes) -> Any:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{file}: not text in UTF-8") from None
    try:
        if text.lstrip().startswith(("{", "[")):
            return _from_json(text)
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader with fewer types
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        raise UsageError(f"{file}: neither JSON nor YAML: {' '.join(str(error).split())[:200]}") from None


def _from_json(text: str) -> Any:
    """Read JSON, or YAML that begins as JSON does; what is neither is reported as broken JSON."""
    try:
        return jsontext.loads(text)
    except ValueError:
        try:
            return yaml.load(text, Loader=_Loader)  # noqa: S506
        except (yaml.YAMLError, RecursionError):
            pass
        raise


def _version(root: Any, file: Path) -> str:
    if not isinstance(root, dict):
        raise UsageError(f"{file}: no OpenAPI document: it is no object")
    if "swagger" in root:
        raise UsageError(f"{file}: a Swagger 2.0 document; OpenAPI 3.0 and 3.1 are read")
    version = root.get("openapi")
    if version is None:
        raise UsageError(f"{file}: no OpenAPI document: it has no `openapi`")
    if not re.match(r"3\.[01](\.|$)", str(version)):
        raise UsageError(f"{file}: `openapi` is {str(version)[:40]!r}; 3.0 and 3.1 are read")
    parts = [name for name in ("paths", "components", "webhooks") if name in root]
    if not parts:
        raise UsageError(f"{file}: no OpenAPI document: it has neither paths nor components")
    for name in parts:
        if not isinstance(root[name], dict):
            raise UsageError(f"{file}: no OpenAPI document: `{name}` is no object")
    return str(version)


def _plain(value: Any, file: Path) -> Any:
    """Return the value as plain JSON: keys are texts, texts have no lone surrogates, numbers fit a double or 64 bits.

    So that validators in Rust and Python can hold it. Aliases of YAML are written out, within bounds: a few lines can stand for
    more than any memory holds, or contain themselves.
    """
    left = _MOST_NODES

    def copied(node: Any, depth: int) -> Any:
        nonlocal left
        left -= 1
        if left < 0 or depth > _DEEPEST:
            raise UsageError(f"{file}: nests more than {_DEEPEST} levels deep, or has more than {_MOST_NODES:,} values")
        if isinstance(node, dict):
            return {_key(key): copied(member, depth + 1) for key, member in node.items()}
        if isinstance(node, list):
            return [copied(item, depth + 1) for item in node]
        return _scalar(node)

    jsontext.allow_depth()
    return copied(value, 0)


def _key(key: Any) -> str:
    if isinstance(key, str):
        return _SURROGATE.sub("\ufffd", key)
    names = {True: "true", False: "false"}
    return names[key] if isinstance(key, bool) else "null" if key is None else str(key)


def _scalar(value: Any) -> Any:
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and -(2**63) <= value < 2**64:
        return value
    if isinstance(value, int | float | Decimal):
        largest = sys.float_info.max
        return float(max(min(value, largest), -largest)) if value == value else None  # noqa: PLR0124 - NaN
    return str(value)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Reads scalars as YAML 1.2 does, which OpenAPI asks for: `no` and `2024-01-01` are texts."""


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", "-+.0123456789"),
    ("merge", r"<<", "<"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), list(_first))


def _whole(loader: Any, node: Any) -> int:
    text = loader.construct_scalar(node)
    if text.startswith("0o"):
        return int(text, 0)
    # YAML 1.1 would read 0123 as octal; more digits than Python converts make no number anybody means.
    return int(text, 16) if text.startswith("0x") else int(text) if len(text) < 4_000 else 2**64  # noqa: PLR2004


def _real(loader: Any, node: Any) -> float:
    return float(loader.construct_scalar(node).lower().replace(".inf", "inf").replace(".nan", "nan"))


_Loader.add_constructor("tag:yaml.org,2002:int", _whole)
_Loader.add_constructor("tag:yaml.org,2002:float", _real)
