"""What an operation means: what it does, and to what, so that one that moved is known again."""

import re
from enum import StrEnum
from typing import Any, NamedTuple

from conformance.core.path_templates import anonymous
from conformance.openapi_lint.document_operations import DocumentOperation


class Doing(StrEnum):
    """What an operation does; to read one thing and to list many differ by their paths alone."""

    LOOK = "look"
    SEARCH = "search"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    OTHER = "other"


_VERBS = {
    Doing.LOOK: ("get", "list", "read", "fetch", "retrieve", "show", "describe"),
    Doing.SEARCH: ("search", "query", "find"),
    Doing.CREATE: ("create", "add", "insert", "new"),
    Doing.UPDATE: ("update", "patch", "replace", "modify", "edit", "put"),
    Doing.DELETE: ("delete", "remove", "destroy"),
}
_DOING = {verb: doing for doing, verbs in _VERBS.items() for verb in verbs}
_BY_METHOD = {"GET": Doing.LOOK, "PUT": Doing.UPDATE, "PATCH": Doing.UPDATE, "DELETE": Doing.DELETE}
_CHANGES = frozenset({Doing.CREATE, Doing.UPDATE, Doing.DELETE})
_VERSION = re.compile(r"v\d+[\w.]*")
# Between words of a name: what is no letter or digit, and where a capital letter begins a word.
_WORDS = re.compile(r"[^a-zA-Z0-9]+|(?<=[a-z0-9])(?=[A-Z])")


class Meaning(NamedTuple):
    """What an operation does, and the path of what it does it to, without a version and without a verb at its end."""

    doing: Doing
    noun: tuple[str, ...]


def meaning(operation: DocumentOperation, node: dict[str, Any]) -> Meaning:
    """Return what an operation means; `node` is its description."""
    segments = [part for part in anonymous(operation.path).split("/") if part]
    verb = _DOING.get(segments[-1].lower()) if segments else None
    told = _told(operation, node) or verb
    doing = told or _by_method(operation, node)
    noun = segments[:-1] if verb is not None and len(segments) > 1 else segments
    return Meaning(doing, tuple(noun[1:] if noun and _VERSION.fullmatch(noun[0]) else noun))


def is_another(one: Meaning, other: Meaning, method: str) -> bool:
    """Whether two operations at one address do what cannot be meant as the same: POST says nothing by itself."""
    looks = {Doing.LOOK, Doing.SEARCH}
    is_change = {one.doing, other.doing} & _CHANGES
    return method == "POST" and bool(is_change) and bool({one.doing, other.doing} & looks)


def version(path: str) -> tuple[str, str]:
    """Return the version that a path begins with, as it stands there, and the rest of the path."""
    first, slash, rest = path[1:].partition("/")
    return (f"/{first}", slash + rest) if _VERSION.fullmatch(first) else ("", path)


def _told(operation: DocumentOperation, node: dict[str, Any]) -> Doing | None:
    """Return what the first verb in an operation's name says, or else in its summary."""
    for text in (_own_name(operation, node.get("operationId")), node.get("summary")):
        if doing := next((_DOING[word] for word in words(text) if word in _DOING), None):
            return doing
    return None


def words(text: Any) -> list[str]:
    """Return the words of a name in small letters, however it puts them together; none of what is no text."""
    return [word.lower() for word in _WORDS.split(text) if word] if isinstance(text, str) else []


def _own_name(operation: DocumentOperation, name: Any) -> Any:
    """Return an operationId without the path and the method that a generator puts behind it: the path may have verbs of its own."""
    suffix = re.sub(r"\W", "_", operation.path) + "_" + operation.method.lower()
    return name.removesuffix(suffix) if isinstance(name, str) else None


def _by_method(operation: DocumentOperation, node: dict[str, Any]) -> Doing:
    is_named = isinstance(node.get("operationId"), str)
    unnamed = Doing.CREATE if operation.method == "POST" and not is_named else Doing.OTHER
    return _BY_METHOD.get(operation.method, unnamed)
