"""An operation as one document describes it, and the parts of two of them that are compared."""

from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from conformance.core.pointers import MISSING, Pointer
from conformance.openapi_diff.change import Change, Side
from conformance.openapi_diff.node import ANYTHING, Node, Options
from conformance.openapi_lint.document_operations import DocumentOperation, DocumentOperations, ParameterKey

ERRORS = "errors"
"""The path of what stands in answers that are no success."""
_IGNORED_HEADERS = frozenset({"accept", "content-type", "authorization"})  # OpenAPI describes them elsewhere


class Start(NamedTuple):
    """Two schemas that an operation begins with, and the path to them: the part of the operation, and names in it."""

    path: tuple[str, ...]
    node: Node


class Located(NamedTuple):
    """A change of an operation itself, with its path."""

    path: tuple[str, ...]
    side: Side
    change: Change


class Unread(NamedTuple):
    """A part of an operation that cannot be read, so that it was not compared."""

    path: tuple[str, ...]
    place: Pointer


Part: TypeAlias = Start | Located | Unread


@dataclass(frozen=True, slots=True)
class Described:
    """An operation in one of the documents."""

    operations: DocumentOperations
    operation: DocumentOperation

    @property
    def place(self) -> Pointer:
        """Where it is described."""
        return self.operation.place

    def get(self, *steps: str) -> Any:
        """Return what stands in its description."""
        return self.operations.document.get((*self.place, *steps))

    def node(self, place: Pointer) -> dict[str, Any]:
        """Return the object at a place of the document; an empty one if there is none."""
        node = self.operations.document.get(place)
        return node if isinstance(node, dict) else {}

    def is_required(self, place: Pointer) -> bool:
        """Whether a parameter or a body has to be sent."""
        return self.node(place).get("required") is True

    def sent_parameters(self) -> dict[ParameterKey, Pointer]:
        """Return the parameters whose names are sent; those in the path are not."""
        ignored = {("header", name) for name in _IGNORED_HEADERS}
        return {key: place for key, place in self.operation.parameters.items() if key[0] != "path" and key not in ignored}

    def path_parameters(self) -> list[Pointer | None]:
        """Return the places of the parameters in the path, in order."""
        return [self.operation.parameters.get(("path", name)) for name in self.operation.path_parameters]

    def body(self, *steps: str) -> Pointer:
        """Return the place of a request's or an answer's description, behind references."""
        return self.operations.resolved((*self.place, *steps))[0]

    def media(self, *steps: str) -> dict[str, Pointer]:
        """Return the schemas of a body by media type; all JSON is one."""
        place, node = self.operations.resolved((*self.place, *steps))
        content = node.get("content")
        found: dict[str, Pointer] = {}
        for name in content if isinstance(content, dict) else ():
            at, _node = self.operations.resolved((*place, "content", name))
            found.setdefault(_media_name(name), (*at, "schema"))
        return found

    def options(self, place: Pointer) -> Options:
        """Return the schema at a place; where none stands, anything goes."""
        return ANYTHING if self.operations.document.get(place) is MISSING else ((place,),)

    def statuses(self) -> list[str]:
        """Return the statuses that it may answer."""
        responses = self.get("responses")
        return [status for status in responses if not status.startswith("x-")] if isinstance(responses, dict) else []

    def is_unknown(self, *steps: str) -> bool:
        """Whether a reference in its description leads nowhere."""
        return self.operations.is_unknown((*self.place, *steps))


def _media_name(name: str) -> str:
    plain = name.partition(";")[0].strip().lower()
    return "JSON" if plain in {"application/json", "*/*"} or plain.endswith("+json") else plain
