"""Filters as configuration: groups of conditions over all 15 operators, up to five groups deep."""

from typing import Any, get_args

from conformance.contracts.collections.models.filters import Operator
from conformance.core.json_text import Json
from conformance.generation import json_values
from conformance.generation.decisions import DecisionStream

OPERATORS: tuple[str, ...] = get_args(Operator)
GROUPS = ("AND", "OR", "NOT")
FIELDS = ("name", "age", "metadata.a", "metadata.a.b", "a.b.c.d", "Name", "with space", "ключ", "tags", "status")
_PATTERNS = ("a", "^a", "z$", "a.c", "[abc]+", "ab*c?", "^$")
_NUMERIC = frozenset({"gt", "lt", "gte", "lte"})
_STRINGS = frozenset({"starts_with", "ends_with", "text"})
_LISTS = frozenset({"in", "nin"})
_BOOLEANS = frozenset({"exists", "is_null"})


def operand(stream: DecisionStream, operator: str) -> Json:
    """Return an operand that makes sense for the operator, so that no server has a reason to refuse it."""
    if operator in _NUMERIC:
        return json_values.number(stream)
    if operator in _STRINGS:
        return stream.text(json_values.TEXTS)
    if operator in _LISTS:
        return [json_values.scalar(stream) for _ in range(1 + stream.below(3))]
    if operator in _BOOLEANS:
        return bool(stream.below(2))
    if operator == "regex":
        return stream.pick(_PATTERNS)
    return json_values.scalar(stream) if operator == "contains" else json_values.value(stream, 2)


def condition(stream: DecisionStream) -> dict[str, Any]:
    """Return a condition; sometimes its operator is left out."""
    operator = OPERATORS[stream.below(15)]
    body: dict[str, Any] = {"field": stream.pick(FIELDS)}
    if operator != "eq" or stream.one_in(2):
        body["operator"] = operator
    body["value"] = operand(stream, operator)
    return body


def group(stream: DecisionStream, depth: int = 5) -> dict[str, Any]:
    """Return a group, at most `depth` groups deep, with one to three members under each of its keys."""
    body: dict[str, Any] = {}
    keys = 1 + stream.below(7)
    for bit, name in enumerate(GROUPS):
        if keys >> bit & 1:
            body[name] = [_member(stream, depth) for _ in range(1 + stream.below(3))]
    match stream.below(6):
        case 3:
            body["case_sensitive"] = True
        case 4:
            body["case_sensitive"] = False
        case 5:
            body["case_sensitive"] = None
    return body


def _member(stream: DecisionStream, depth: int) -> dict[str, Any]:
    if depth > 1 and stream.one_in(6):
        return group(stream.inner(), depth - 1)
    return condition(stream)


def every_operator() -> dict[str, Any]:
    """Return a group with every operator once in AND, once in OR and once in NOT."""
    samples: dict[str, Json] = {
        "in": ["a", 1, False, None],
        "nin": ["", 0],
        "exists": False,
        "is_null": True,
        "regex": "^a.[bc]*$",
        **dict.fromkeys(_NUMERIC, 0),
        **dict.fromkeys(_STRINGS, "a"),
    }
    conditions = [{"field": f"f{n}", "operator": name, "value": samples.get(name, "a")} for n, name in enumerate(OPERATORS)]
    return dict.fromkeys(GROUPS, conditions)


def nested(depth: int, kind: int = 0, leaf: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return `depth` nested groups around a leaf. The kind changes at each level, and each level has one more condition."""
    group_body: dict[str, Any] = {GROUPS[kind % 3]: [leaf or {"field": "leaf", "operator": "eq", "value": depth}]}
    for level in range(1, depth):
        beside = {"field": f"level{level}", "operator": OPERATORS[(level + kind) % 2], "value": level}
        group_body = {GROUPS[(kind + level) % 3]: [group_body, beside]}
    return group_body
