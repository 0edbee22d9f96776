"""Request schemas compiled into `SchemaNode` trees, in which each constraint names the requirement it belongs to.

A tree is compiled from a component of an OpenAPI document, from a Pydantic model (by the JSON Schema that Pydantic makes of it), or from
both: then the document gives the requirements and the model what is to be drawn. Everything about bodies walks these trees: `rules`
finds what a body breaks, `mutations` breaks one rule, `round_trip` compares an answer, and `conformance.generation` draws bodies.
The keywords that begin with `x-` are the document's annotations and those of `conformance.generation.annotations`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache
from typing import Any

from pydantic import BaseModel

from conformance.core.errors import UsageError
from conformance.core.json_text import Json
from conformance.schema.openapi import PREFIX, OpenApiDocument

# Annotations that only matter for the comparison of an answer with its request.
ABOUT_ANSWERS = frozenset({"x-inherited", "x-hidden", "x-null-is-absent"})


@dataclass(frozen=True, slots=True)
class Rules:
    """The default requirements of a request's constraints; None if no requirement is about them."""

    wrong_type: str | None = None
    scalar: str | None = None
    null: str | None = None
    missing: str | None = None
    enum: str | None = None
    bound: str | None = None
    format: str | None = None
    unknown: str | None = None


@dataclass(frozen=True, slots=True)
class Bounds:
    """The limits of a value: of a number, of a text's length in characters and its pattern, and of the number of a list's items."""

    minimum: float | None = None
    maximum: float | None = None
    exclusive_minimum: float | None = None
    exclusive_maximum: float | None = None
    multiple_of: float | None = None
    min_length: int = 0
    max_length: int | None = None
    pattern: str | None = None
    min_items: int = 0
    max_items: int | None = None
    unique_items: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the annotations say about the values to draw; `conformance.generation.annotations` explains each."""

    beside: str | None = None
    unknown: float = 0.0
    weight: float | None = None
    text: str = "any"
    depth: int | None = None
    # The fewest and the most items that are drawn, and the fewest of a boundary value.
    size: tuple[int, int, int] | None = None
    # The field that decides, and its values with which this field is given.
    only_if: tuple[str, tuple[Any, ...]] | None = None
    # The field that decides, and the schema for each of its values.
    cases_by: str | None = None
    cases: Mapping[Any, "SchemaNode"] = field(default_factory=dict, compare=False)
    own_names: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()


NO_BOUNDS, _NO_DRAWING = Bounds(), Drawing()


@dataclass(slots=True, eq=False, repr=False)
class SchemaNode:
    """One node of a compiled request schema, not changed after compilation. Recursive schemas make it a graph."""

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
    bound_requirement: str | None = None
    unknown_requirement: str | None = None
    format: str = ""
    user_data: bool = False
    # Users may add properties of their own.
    is_open: bool = False
    # Properties that the schema does not name are refused.
    is_closed: bool = False
    # If an object does not give it, the nearest enclosing object that does provides the value.
    is_inherited: bool = False
    # An answer need not show it.
    is_hidden: bool = False
    # A given null may be absent from the answer, although the value is user data.
    null_is_absent: bool = False
    empty_is_absent: bool = False
    reference: str | None = None
    keys_reference: str | None = None
    known: tuple[Any, ...] = ()
    default: Any = None
    minimum_requirement: str | None = None
    bounds: Bounds = NO_BOUNDS
    drawing: Drawing = _NO_DRAWING
    needs: dict[str, tuple[str, str]] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    properties: dict[str, "SchemaNode"] = field(default_factory=dict)
    # The properties that have one value: they tell the alternatives of a union apart.
    tags: dict[str, Any] = field(default_factory=dict)
    keys: "SchemaNode | None" = None
    values: "SchemaNode | None" = None
    items: "SchemaNode | None" = None
    # The first items of a list, if each has a schema of its own.
    prefix: tuple["SchemaNode", ...] = ()
    # The alternatives of a union.
    branches: tuple["SchemaNode", ...] = ()

    @property
    def identity(self) -> str | int:
        """What tells the object's schema from others: a schema that may be null is another node of the same name."""
        return self.name if self.name and self.properties else id(self)

    @property
    def is_union(self) -> bool:
        """Whether the node is a union of several schemas."""
        return bool(self.branches)

    @property
    def is_time(self) -> bool:
        """Whether the value is an RFC 3339 date-time."""
        return self.format == "date-time"

    @property
    def is_free(self) -> bool:
        """Whether any JSON value fits, or any JSON object."""
        if self.branches or self.properties or self.values is not None or self.items is not None or self.prefix or self.enum:
            return False
        return not self.types or (self.types == {"object"} and not self.is_closed)

    @property
    def are_branches_apart(self) -> bool:
        """Whether the alternatives are objects that share no property, so that a value's keys tell which one it is."""
        names = [name for branch in self.branches for name in branch.properties]
        return len(names) == len(set(names)) and all(branch.types == {"object"} for branch in self.branches)

    def branch(self, value: Json) -> "SchemaNode":
        """Return the schema for a value of a union: by the value's type, by the properties that have one value, then by its keys.

        If none of the alternatives has one of the value's keys, it is the last one.
        """
        if not self.branches:
            return self
        fitting = [branch for branch in self.branches if branch.may_be(value)] or self.branches
        if not isinstance(value, dict):
            return fitting[0]
        return next((branch for branch in fitting if value.keys() & branch.properties.keys()), fitting[-1])

    def may_be(self, value: Json) -> bool:
        """Whether a value has a type of this alternative, and its tags."""
        if isinstance(value, dict):
            return "object" in self.types and all(value.get(name, only) == only for name, only in self.tags.items())
        return not self.types or (type(value) in _PYTHON_TYPES and bool(self.types & _PYTHON_TYPES[type(value)]))

    def item(self, index: int) -> "SchemaNode | None":
        """Return the schema of a list's item."""
        return self.prefix[index] if index < len(self.prefix) else self.items


_PYTHON_TYPES: dict[type, frozenset[str]] = {
    str: frozenset({"string"}),
    bool: frozenset({"boolean"}),
    int: frozenset({"integer", "number"}),
    float: frozenset({"number", "integer"}),
    list: frozenset({"array"}),
    type(None): frozenset({"null"}),
}


@cache
def request(document: OpenApiDocument, name: str, model: type[BaseModel] | None = None) -> SchemaNode:
    """Return the compiled schema of a component that describes a request body, joined with its model, if one is given."""
    stated = document.schema(name).get("x-rules", {})
    rules = Rules(**{key.replace("-", "_"): requirement for key, requirement in stated.items()})
    node = _Compiler(rules, document.content["components"]["schemas"]).compile({"$ref": f"{PREFIX}{name}"})
    return node if model is None else join(of_model(model, rules), node, {})


def of_model(model: type[BaseModel], rules: Rules) -> SchemaNode:
    """Return the compiled schema of a Pydantic model, with the same default requirements for all constraints."""
    return of_json_schema(model.model_json_schema(), rules)


def of_json_schema(schema: dict[str, Any], rules: Rules) -> SchemaNode:
    """Return the compiled tree of a JSON Schema that contains the definitions it refers to; it may be a whole OpenAPI document, too."""
    components = schema.get("components", {}).get("schemas", {})
    definitions = {"": schema, **schema.get("definitions", {}), **schema.get("$defs", {}), **components}
    return _Compiler(rules, definitions, free_is_user_data=True).compile(schema)


class _Compiler:
    """Compiles one schema; `definitions` are those that it may refer to, by the last part of the reference ("" is the whole)."""

    def __init__(self, rules: Rules, definitions: Mapping[str, Any], *, free_is_user_data: bool = False) -> None:
        self._rules = rules
        self._definitions = definitions
        self._free_is_user_data = free_is_user_data
        self._seen: dict[str, SchemaNode] = {}
        # What becomes a copy of a node that was not yet complete when it was referred to.
        self._deferred: list[Callable[[], None]] = []

    def compile(self, schema: dict[str, Any]) -> SchemaNode:
        node = self._node(schema)
        node.name = node.name or schema.get("title", "")
        for complete in self._deferred:
            complete()
        return node

    def _node(self, schema: Any) -> SchemaNode:
        schema = schema if isinstance(schema, dict) else {}  # true: any value fits
        reference = _definition(schema.get("$ref", ""))
        is_reference = "$ref" in schema and len(schema) == 1
        if is_reference and reference in self._seen:
            return self._seen[reference]
        stated = self._resolved(schema)
        node = SchemaNode(name=reference or stated.get("x-name", ""))
        if is_reference:
            self._seen[reference] = node
        alternatives = (*stated.get("anyOf", ()), *stated.get("oneOf", ()))
        branches = [alternative for alternative in alternatives if alternative.get("type") != "null"]
        if len(branches) == 1:
            self._copy(node, branches[0], stated, nullable=len(branches) < len(alternatives))
        elif branches:
            self._union(node, branches, stated, nullable=len(branches) < len(alternatives))
        else:
            self._fill(node, stated)
        return node

    def _resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return a schema with the one it refers to, and those of `allOf`, put in; what it says itself takes precedence."""
        own = {key: value for key, value in schema.items() if key not in ("$ref", "allOf")}
        bases = [self._referred(schema["$ref"])] if "$ref" in schema else []
        for base in (*bases, *schema.get("allOf", ())):
            own = _joined(self._resolved(base), own)
        return own

    def _referred(self, reference: str) -> dict[str, Any]:
        name = _definition(reference)
        if name not in self._definitions:
            raise UsageError(f"the schema refers to {reference}, which it does not contain")
        referred: dict[str, Any] = self._definitions[name]
        return referred

    def _copy(self, node: SchemaNode, schema: dict[str, Any], stated: dict[str, Any], *, nullable: bool) -> None:
        """Make the node the same as another schema's; what is stated beside the alternatives takes precedence."""
        of = self._node(schema)
        beside = {key: value for key, value in stated.items() if key.startswith("x-") or key == "default"}

        def complete() -> None:
            name = node.name
            for entry in fields(SchemaNode):
                setattr(node, entry.name, getattr(of, entry.name))
            node.name = of.name or name
            node.nullable = nullable or of.nullable
            _annotate(node, beside, self._case)

        complete()
        self._deferred.append(complete)

    def _union(self, node: SchemaNode, branches: list[dict[str, Any]], stated: dict[str, Any], *, nullable: bool) -> None:
        node.type_requirement = self._rules.wrong_type
        node.null_requirement = self._rules.wrong_type
        node.nullable = nullable
        node.branches = tuple(map(self._node, branches))
        _annotate(node, {key: value for key, value in stated.items() if key.startswith("x-") or key == "default"}, self._case)

    def _fill(self, node: SchemaNode, stated: dict[str, Any]) -> None:
        _fill(node, stated, self._rules, self._case)
        for key, child in stated.get("properties", {}).items():
            node.properties[key] = self._node(child)
        node.tags = {key: child.enum[0] for key, child in node.properties.items() if len(child.enum) == 1 and not child.nullable}
        more = stated.get("additionalProperties")
        if isinstance(more, dict) and more:
            node.values = self._node(more)
        if "array" in node.types and stated.get("items", "prefixItems" not in stated) is not False:
            # Without a word about them, items are what they like.
            node.items = self._node(stated.get("items", {}))
        node.prefix = tuple(map(self._node, stated.get("prefixItems", ())))
        if stated.get("propertyNames"):
            node.keys = self._node({"type": "string", **stated["propertyNames"]})
        if self._free_is_user_data and node.is_free:
            node.user_data = True

    def _case(self, schema: dict[str, Any]) -> SchemaNode:
        return of_json_schema(schema, self._rules)


def _definition(reference: str) -> str:
    """Return the name of the definition that a reference means; the whole schema has none."""
    return reference.rpartition("/")[2].removeprefix("#")


def _joined(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    joined = {**base, **own}
    if "properties" in base and "properties" in own:
        joined["properties"] = {**base["properties"], **own["properties"]}
    if "required" in base and "required" in own:
        joined["required"] = [*base["required"], *own["required"]]
    return joined


def _fill(node: SchemaNode, stated: dict[str, Any], rules: Rules, case: Callable[[dict[str, Any]], SchemaNode]) -> None:
    types = stated.get("type", [])
    types = {types} if isinstance(types, str) else set(types)
    if not types and ("properties" in stated or isinstance(stated.get("additionalProperties"), dict)):
        types = {"object"}
    values = (*stated.get("enum", ()), *((stated["const"],) if "const" in stated else ()))
    node.types = frozenset(types - {"null"})
    node.nullable = "null" in types or None in values or (not types and not values)
    node.enum = tuple(value for value in values if value is not None)
    node.enum_requirement = stated.get("x-enum", rules.enum)
    node.type_requirement = stated.get("x-type", rules.wrong_type)
    node.null_requirement = stated.get("x-null", rules.null)
    node.scalar_requirement = stated.get("x-scalar", rules.scalar)
    node.missing_requirement = rules.missing
    node.format_requirement = stated.get("x-format", rules.format)
    node.bound_requirement = stated.get("x-bounds", rules.bound)
    node.unknown_requirement = rules.unknown
    node.format = stated.get("format", stated.get("contentMediaType", ""))
    node.bounds = _bounds(stated)
    node.minimum_requirement = stated.get("x-minimum", {}).get("requirement", node.bound_requirement)
    node.user_data = stated.get("x-user-data", False)
    node.is_open = stated.get("additionalProperties") is True
    node.is_closed = stated.get("additionalProperties") is False
    node.empty_is_absent = not node.user_data and not stated.get("properties")
    node.required = frozenset(stated.get("required", ()))
    node.needs = {value: (need["field"], need["requirement"]) for value, need in stated.get("x-needs", {}).items()}
    _annotate(node, stated, case)


def _annotate(node: SchemaNode, stated: dict[str, Any], case: Callable[[dict[str, Any]], SchemaNode]) -> None:
    """Take over the annotations that may stand beside alternatives, too."""
    node.missing_requirement = stated.get("x-missing", node.missing_requirement)
    node.is_inherited = stated.get("x-inherited", node.is_inherited)
    node.is_hidden = stated.get("x-hidden", node.is_hidden)
    node.null_is_absent = stated.get("x-null-is-absent", node.null_is_absent)
    node.empty_is_absent = stated.get("x-empty-is-absent", node.empty_is_absent)
    node.reference = stated.get("x-reference", node.reference)
    node.keys_reference = stated.get("x-keys-reference", stated.get("propertyNames", {}).get("x-reference", node.keys_reference))
    node.known = tuple(stated.get("x-known", node.known))
    node.default = stated.get("default", node.default)
    node.drawing = _drawing(node.drawing, stated, case)


def _drawing(drawing: Drawing, stated: dict[str, Any], case: Callable[[dict[str, Any]], SchemaNode]) -> Drawing:
    changes: dict[str, Any] = {
        name: stated[keyword]
        for name, keyword in (
            ("beside", "x-beside"),
            ("unknown", "x-unknown"),
            ("weight", "x-weight"),
            ("text", "x-text"),
            ("depth", "x-depth"),
        )
        if keyword in stated
    }
    for name, keyword in (("own_names", "x-own-names"), ("any_of", "x-any-of"), ("size", "x-size")):
        if keyword in stated:
            changes[name] = tuple(stated[keyword])
    if "x-only-if" in stated:
        changes["only_if"] = (stated["x-only-if"]["field"], tuple(stated["x-only-if"]["values"]))
    if "x-cases" in stated:
        changes["cases_by"] = stated["x-cases"]["field"]
        changes["cases"] = {entry["value"]: case(entry["schema"]) for entry in stated["x-cases"]["cases"]}
    return replace(drawing, **changes) if changes else drawing


def _bounds(stated: dict[str, Any]) -> Bounds:
    # Pydantic writes `ge` and `le` for a bound on what a validator of the model's own returns.
    found = {
        "minimum": stated.get("x-minimum", {}).get("value", stated.get("minimum", stated.get("ge"))),
        "maximum": stated.get("maximum", stated.get("le")),
        "exclusive_minimum": stated.get("exclusiveMinimum", stated.get("gt")),
        "exclusive_maximum": stated.get("exclusiveMaximum", stated.get("lt")),
        "multiple_of": stated.get("multipleOf", stated.get("multiple_of")),
        "min_length": stated.get("minLength", 0),
        "max_length": stated.get("maxLength"),
        "pattern": _readable(stated.get("pattern")),
        "min_items": stated.get("minItems", 0),
        "max_items": stated.get("maxItems"),
        "unique_items": stated.get("uniqueItems", False),
    }
    return _or_none(Bounds(**found))


def _readable(pattern: str | None) -> str | None:
    """Return a pattern that Python can read, or None: what cannot be read is not judged."""
    try:
        return pattern if pattern is None else re.compile(pattern).pattern
    except re.error:
        return None


def _or_none(bounds: Bounds) -> Bounds:
    """Return the one object that says that there are no bounds, if there are none, so that it can be told by its identity."""
    return NO_BOUNDS if bounds == NO_BOUNDS else bounds


def join(model: SchemaNode, document: SchemaNode, seen: dict[tuple[int, int], SchemaNode]) -> SchemaNode:
    """Return one tree of a model's and a document's: what is required comes from the document, what is drawn from the model.

    A property that only one of them has is taken as it is.
    """
    key = (id(model), id(document))
    if key in seen:
        return seen[key]
    node = seen[key] = SchemaNode(**{entry.name: getattr(document, entry.name) for entry in fields(SchemaNode)})
    node.drawing = model.drawing if model.drawing != _NO_DRAWING else document.drawing
    node.known = document.known or model.known
    node.reference = document.reference or model.reference
    node.keys_reference = document.keys_reference or model.keys_reference
    node.bounds = _tighter(model.bounds, document.bounds)
    node.format = document.format or model.format
    node.properties = {
        name: join(child, document.properties[name], seen) if name in document.properties else child
        for name, child in model.properties.items()
    } | {name: child for name, child in document.properties.items() if name not in model.properties}
    node.required = document.required | (model.required - document.properties.keys())
    node.keys = model.keys or document.keys
    for name in ("values", "items"):
        ours, theirs = getattr(model, name), getattr(document, name)
        setattr(node, name, theirs or ours if ours is None or theirs is None else join(ours, theirs, seen))
    if len(model.branches) == len(document.branches):
        node.branches = tuple(join(ours, theirs, seen) for ours, theirs in zip(model.branches, document.branches, strict=True))
    return node


def _tighter(first: Bounds, second: Bounds) -> Bounds:
    both = {}
    for entry in fields(Bounds):
        ours, theirs = getattr(first, entry.name), getattr(second, entry.name)
        if ours is None or theirs is None:
            both[entry.name] = theirs if ours is None else ours
        elif entry.name in ("maximum", "exclusive_maximum", "max_length", "max_items"):
            both[entry.name] = min(ours, theirs)
        elif isinstance(ours, str):
            both[entry.name] = theirs
        else:
            both[entry.name] = max(ours, theirs)
    return _or_none(Bounds(**both))
