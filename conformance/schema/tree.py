"""Request schemas compiled for walking: one `Shape` for each schema node, with the requirement that each constraint serves.

`rules` walks a payload beside its shape to say what it breaks, `generation.invalid` to break it, and `echoes` to compare what
came back. The facts and the `x-` annotations are those of `specs/collections/openapi.yaml`.
"""

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from conformance.contracts.collections import openapi

CONDITION_KEYS = frozenset({"field", "operator", "value"})
GROUP_KEYS = frozenset({"AND", "OR", "NOT", "case_sensitive"})


@dataclass(frozen=True, slots=True)
class Rules:
    """The requirements that hold wherever a request does not name its own: None where nothing is promised."""

    wrong_type: str | None = None
    scalar: str | None = None
    null: str | None = None


@dataclass(slots=True, eq=False)
class Shape:
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
    properties: dict[str, "Shape"] = field(default_factory=dict)
    values: "Shape | None" = None
    items: "Shape | None" = None
    condition: "Shape | None" = None
    group: "Shape | None" = None

    @property
    def is_filter_member(self) -> bool:
        """Whether the node is a member of a filter group: a condition or a group."""
        return self.condition is not None

    def member(self, value: dict[str, Any]) -> "Shape":
        """Return the shape of a filter member: a condition if it has any of a condition's keys [I]."""
        assert self.condition is not None
        assert self.group is not None
        return self.condition if value.keys() & CONDITION_KEYS else self.group


@cache
def request(name: str) -> Shape:
    """Return the shape of a request's component schema, such as `CreateCollectionRequest`."""
    stated = openapi.schema(name).get("x-rules", {})
    rules = Rules(stated.get("wrong-type"), stated.get("scalar"), stated.get("null"))
    return _compile({"$ref": f"#/components/schemas/{name}"}, rules, {})


def _compile(schema: dict[str, Any], rules: Rules, seen: dict[str, Shape]) -> Shape:
    reference = schema.get("$ref", "").rpartition("/")[2]
    if reference in seen and len(schema) == 1:
        return seen[reference]
    node = openapi.resolve(schema)
    if "anyOf" in node and reference != "FilterMember":
        inner, _null = node["anyOf"]
        shape = _compile(inner, rules, seen)
        return _nullable(shape)
    shape = Shape(name=reference or node.get("x-name", ""))
    if reference and len(schema) == 1:
        seen[reference] = shape
    if reference == "FilterMember":
        shape.type_requirement = rules.wrong_type
        shape.null_requirement = rules.wrong_type
        shape.condition, shape.group = (_compile(branch, rules, seen) for branch in node["anyOf"])
        return shape
    _fill(shape, node, rules)
    for key, child in node.get("properties", {}).items():
        shape.properties[key] = _compile(child, rules, seen)
    if isinstance(node.get("additionalProperties"), dict):
        shape.values = _compile(node["additionalProperties"], rules, seen)
    if "items" in node:
        shape.items = _compile(node["items"], rules, seen)
    return shape


def _nullable(shape: Shape) -> Shape:
    copy = Shape(**{name: getattr(shape, name) for name in Shape.__slots__})
    copy.nullable = True
    return copy


def _fill(shape: Shape, node: dict[str, Any], rules: Rules) -> None:
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
