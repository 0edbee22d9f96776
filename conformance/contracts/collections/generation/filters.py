"""Filters as configuration: what scenarios build of conditions and groups."""

from functools import cache
from typing import Any, get_args

from conformance.contracts.collections import openapi
from conformance.contracts.collections.limits import LIMITS
from conformance.contracts.collections.models.filters import Operator
from conformance.generation import boundary_values

OPERATORS: tuple[str, ...] = get_args(Operator)
GROUPS = ("AND", "OR", "NOT")


@cache
def boundaries() -> tuple[dict[str, Any], ...]:
    """Return the boundary catalogue of filters: all case rules, operands of every class, lists of one to a hundred members, each depth."""
    filters = openapi.request("CreateCollectionRequest").properties["source"].properties["filters"]
    return boundary_values.catalogue(filters, limits=LIMITS).values


def every_operator() -> dict[str, Any]:
    """Return a group with a condition of every operator in AND, in OR and in NOT."""
    members = [member for group in boundaries() for name in GROUPS for member in group.get(name) or () if "field" in member]
    by_operator = {member.get("operator", "eq"): member for member in members if member["value"] not in (None, "")}
    return {name: [by_operator[operator] for operator in OPERATORS] for name in GROUPS}


def nested(depth: int, kind: int = 0, leaf: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return `depth` nested groups around a leaf. The kind changes at each level, and each level has one more condition."""
    group_body: dict[str, Any] = {GROUPS[kind % 3]: [leaf or {"field": "leaf", "operator": "eq", "value": depth}]}
    for level in range(1, depth):
        beside = {"field": f"level{level}", "operator": OPERATORS[(level + kind) % 2], "value": level}
        group_body = {GROUPS[(kind + level) % 3]: [group_body, beside]}
    return group_body
