"""Normalization: answers are reduced to what the contract names and two requests can share, so that they can be compared."""

from typing import Any

from conformance.contracts.collections.models.filters import CONDITION_KEYS
from conformance.core.json_text import Json
from conformance.schema.openapi import OpenApiDocument

# Output schemas may differ, and vectors come back on request only.
_FREE = frozenset({"output_schema", "vectors", "presigned_url"})
_EMPTY: tuple[Any, ...] = (None, [], {})


def comparable(document: OpenApiDocument, name: str, value: Json, *, keys: frozenset[str] | None = None) -> Any:
    """Reduce a value to what a component's schema names, without empty values and default settings of filters.

    `keys` are the only keys kept at the top level. Within user data everything is kept.
    """
    named = _projected(document, {"$ref": f"#/components/schemas/{name}"}, value)
    return named if keys is None or not isinstance(named, dict) else {key: member for key, member in named.items() if key in keys}


def _projected(document: OpenApiDocument, schema: dict[str, Any], value: Json, *, inherited: bool = False) -> Any:
    node = document.resolve(schema)
    if "anyOf" in node:
        node = document.resolve(_branch(node["anyOf"], value))
    properties, others = node.get("properties"), node.get("additionalProperties")
    if isinstance(value, list) and "items" in node:
        return [_projected(document, node["items"], item, inherited=inherited) for item in value]
    if not isinstance(value, dict) or (properties is None and not isinstance(others, dict)):
        return value
    if properties is None:
        return {key: _projected(document, others or {}, member) for key, member in value.items()}
    is_group = "case_sensitive" in properties
    own = value.get("case_sensitive") if is_group else None
    rule = own if isinstance(own, bool) else inherited
    kept = {
        key: _projected(document, properties[key], member, inherited=rule)
        for key, member in value.items()
        if key in properties and key not in _FREE
    }
    if is_group and kept.get("case_sensitive") in (None, inherited, False):
        kept.pop("case_sensitive", None)
    if "operator" in properties and kept.get("operator") == "eq":
        del kept["operator"]
    # An operand may be an empty list, and null may be absent.
    is_operand = "operator" in properties
    return {
        key: member
        for key, member in kept.items()
        if member not in _EMPTY or (is_operand and key == "value" and member is not None)
    }


def _branch(branches: list[dict[str, Any]], value: Json) -> dict[str, Any]:
    first, *others = [branch for branch in branches if branch.get("type") != "null"]
    kind = "array" if isinstance(value, list) else "object"
    if (of_kind := next((branch for branch in (first, *others) if branch.get("type") == kind), None)) is not None or not others:
        return of_kind or first
    return first if isinstance(value, dict) and value.keys() & CONDITION_KEYS else others[-1]
