"""Filters: groups of conditions and groups, as a collection's source and a list request carry them."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Tag

from conformance.contracts.collections.models._model import Model

# A member of a group that has any of these is a condition [I].
CONDITION_KEYS = frozenset({"field", "operator", "value"})

# What a condition compares by.
Operator = Literal[
    "eq",
    "ne",
    "gt",
    "lt",
    "gte",
    "lte",
    "in",
    "nin",
    "contains",
    "starts_with",
    "ends_with",
    "regex",
    "exists",
    "is_null",
    "text",
]


class FilterCondition(Model):
    """One comparison of a field, which may be dotted, with a value of any type."""

    field: str
    operator: Operator = "eq"
    value: Any = None


def _kind(member: Any) -> str:
    keys = member.keys() if isinstance(member, Mapping) else set(getattr(member, "model_fields_set", ()))
    return "condition" if keys & CONDITION_KEYS else "group"


Member = Annotated[
    Annotated[FilterCondition, Tag("condition")] | Annotated["LogicalOperator", Tag("group")],
    Discriminator(_kind),
]


class LogicalOperator(Model):
    """A group: it holds when all of AND, one of OR and none of NOT hold; what is None or absent is not given."""

    AND: list[Member] | None = None
    OR: list[Member] | None = None
    NOT: list[Member] | None = None
    case_sensitive: bool | None = False
