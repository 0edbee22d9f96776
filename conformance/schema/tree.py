"""Request schemas compiled for walking: one `SchemaNode` for each schema node, with the requirement that each constraint serves.

`rules` walks a payload beside its schema to say what it breaks, `mutations` to break it, and `round_trip` to compare what
came back. The facts, and the `x-` annotations which say what each serves, are those of the contract's OpenAPI document.
"""

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from conformance.core.json_text import Json
from conformance.schema.openapi import PREFIX, OpenApiDocument

# Annotations that only say how an answer is compared with what was sent.
ABOUT_ANSWERS = frozenset({"x-inherited", "x-hidden", "x-null-is-absent"})


@dataclass(frozen=True, slots=True)
class Rules:
    """The requirements that hold wherever a request does not name its own: None where nothing is promised."""

    wrong_type: str | None = None
    scalar: str | None = None
    null: str | None = None


@dataclass(slots=True, eq=False)
class SchemaNode:
    """One node of a request schema. Built once and then only read; recursive schemas make it a graph."""

    name: str
    types: frozenset[str] = frozenset()
    nullable: bool = False
    enum: tuple[Any, ...] = ()
    enum_requirement: str | None = None
    type_requirement: str | None = None
    null_requirement: str | None = None
    scalar_requirement: str | None = None
    missing_requirement: str | None = None
    format_requirement: str | None = None
    is_time: bool = False
    user_data: bool = False
    # The user may add properties of their own.
    is_open: bool = False
    # An object that does not give it takes it from the nearest enclosing object that does.
    is_inherited: bool = False
    # An answer need not show it.
    is_hidden: bool = False
    # A given null may be absent from the answer, though the value is the user's.
    null_is_absent: bool = False
    empty_is_absent: bool = False
    reference: str | None = None
    keys_reference: str | None = None
    known: tuple[str, ...] = ()
    default: Any = None
    minimum: float | None = None
    minimum_requirement: str | None = None
    min_length: int = 0
    needs: dict[str, tuple[str, str]] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    properties: dict[str, "SchemaNode"] = field(default_factory=dict)
    values: "SchemaNode | None" = None
    items: "SchemaNode | None" = None
    # Objects that are told apart by their keys.
    branches: tuple["SchemaNode", ...] = ()

    @property
    def is_union(self) -> bool:
        """Whether the node is one of several kinds of object."""
        return bool(self.branches)

    def branch(self, value: Json) -> "SchemaNode":
        """Return the schema of a value: of a union the first kind with any of the value's keys, else the last [I]."""
        if not self.branches or not isinstance(value, dict):
            return self
        return next((branch for branch in self.branches if value.keys() & branch.properties.keys()), self.branches[-1])


@cache
def request(document: OpenApiDocument, name: str) -> SchemaNode:
    """Return the compiled schema of a request's component, such as `CreateCollectionRequest`."""
    stated = document.schema(name).get("x-rules", {})
    rules = Rules(stated.get("wrong-type"), stated.get("scalar"), stated.get("null"))
    return _Compiler(document, rules, {}).node({"$ref": f"{PREFIX}{name}"})


@dataclass(frozen=True, slots=True)
class _Compiler:
    document: OpenApiDocument
    rules: Rules
    seen: dict[str, SchemaNode]

    def node(self, schema: dict[str, Any]) -> SchemaNode:
        reference = schema.get("$ref", "").rpartition("/")[2]
        is_reference = bool(reference) and len(schema) == 1
        if is_reference and reference in self.seen:
            return self.seen[reference]
        stated = self.document.resolve(schema)
        alternatives = stated.get("anyOf", ())
        others = [one for one in alternatives if one.get("type") != "null"]
        if alternatives and len(others) < len(alternatives):
            return _nullable(self.node(others[0]))
        node = SchemaNode(name=reference or stated.get("x-name", ""))
        if is_reference:
            self.seen[reference] = node
        if others:
            node.type_requirement = node.null_requirement = self.rules.wrong_type
            node.branches = tuple(map(self.node, others))
        else:
            self.fill(node, stated)
        return node

    def fill(self, node: SchemaNode, stated: dict[str, Any]) -> None:
        _fill(node, stated, self.rules)
        for key, child in stated.get("properties", {}).items():
            node.properties[key] = self.node(child)
        if isinstance(stated.get("additionalProperties"), dict):
            node.values = self.node(stated["additionalProperties"])
        if "items" in stated:
            node.items = self.node(stated["items"])


def _nullable(shape: SchemaNode) -> SchemaNode:
    copy = SchemaNode(**{name: getattr(shape, name) for name in SchemaNode.__slots__})
    copy.nullable = True
    return copy


def _fill(shape: SchemaNode, node: dict[str, Any], rules: Rules) -> None:
    types = node.get("type", [])
    types = {types} if isinstance(types, str) else set(types)
    minimum = node.get("x-minimum", {})
    shape.types = frozenset(types - {"null"})
    shape.nullable = "null" in types or not types
    shape.enum = tuple(value for value in node.get("enum", ()) if value is not None)
    shape.enum_requirement = node.get("x-enum")
    shape.type_requirement = node.get("x-type", rules.wrong_type)
    shape.null_requirement = node.get("x-null", rules.null)
    shape.scalar_requirement = node.get("x-scalar", rules.scalar)
    shape.missing_requirement = node.get("x-missing")
    shape.format_requirement = node.get("x-format")
    shape.is_time = node.get("format") == "date-time"
    shape.user_data = node.get("x-user-data", False)
    shape.is_open = node.get("additionalProperties") is True
    shape.is_inherited = node.get("x-inherited", False)
    shape.is_hidden = node.get("x-hidden", False)
    shape.null_is_absent = node.get("x-null-is-absent", False)
    shape.empty_is_absent = node.get("x-empty-is-absent", not shape.user_data and not node.get("properties"))
    shape.reference = node.get("x-reference")
    shape.keys_reference = node.get("x-keys-reference")
    shape.known = tuple(node.get("x-known", ()))
    shape.default = node.get("default")
    shape.minimum = minimum.get("value", node.get("minimum"))
    shape.minimum_requirement = minimum.get("requirement")
    shape.min_length = node.get("minLength", 0)
    shape.required = frozenset(node.get("required", ()))
    shape.needs = {value: (need["field"], need["requirement"]) for value, need in node.get("x-needs", {}).items()}
