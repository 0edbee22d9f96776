"""Filters: groups of conditions and groups, as a collection's source and a list request carry them."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Discriminator, Tag

from conformance.contracts.collections.models._model import Model
from conformance.generation.annotations import Cases, Depth, Examples, Size, Weight, at_least_one

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


# The fields that conditions of collections' sources name: plain, dotted, and in several scripts.
FIELDS = ("name", "age", "a", "metadata.a", "metadata.a.b", "a.b.c.d", "Name", "with space", "ключ", "tags", "status")
# Every regular expression engine can compile these.
PATTERNS = ("a", "^a", "z$", "a.c", "[abc]+", "ab*c?", "^$")
Scalar = str | float | bool | None
# By operator: the operands that make sense, so that no server has a reason to refuse them; any value otherwise.
OPERANDS: Mapping[str, Any] = {
    **dict.fromkeys(("gt", "lt", "gte", "lte"), float),
    **dict.fromkeys(("starts_with", "ends_with", "text"), str),
    **dict.fromkeys(("in", "nin"), Annotated[list[Scalar], Size(1, 3)]),
    **dict.fromkeys(("exists", "is_null"), bool),
    "regex": Annotated[str, Examples(*PATTERNS)],
    "contains": Scalar,
}


class FilterCondition(Model):
    """One comparison of a field, which may be dotted, with a value of any type."""

    field: Annotated[str, Examples(*FIELDS)]
    operator: Annotated[Operator, Weight(0.95)] = "eq"
    value: Annotated[Any, Cases("operator", OPERANDS), Depth(2), Weight(1)] = None


def _kind(member: Any) -> str:
    keys = member.keys() if isinstance(member, Mapping) else set(getattr(member, "model_fields_set", ()))
    return "condition" if keys & CONDITION_KEYS else "group"


# How many groups may be nested in each other (CONTRACT, "goes this far and no further").
DEEPEST = 5
Member = Annotated[
    Annotated[FilterCondition, Tag("condition")] | Annotated["LogicalOperator", Tag("group")],
    Discriminator(_kind),
]

Members = Annotated[list[Member], Size(1, 3)]


class LogicalOperator(Model):
    """A group: it holds when all of AND, one of OR and none of NOT hold; what is None or absent is not given."""

    # The contract leaves open what a group without members means.
    model_config = ConfigDict(json_schema_extra=at_least_one("AND", "OR", "NOT"))

    AND: Members | None = None
    OR: Members | None = None
    NOT: Members | None = None
    case_sensitive: bool | None = False


# The filter of a request.
Filters = Annotated[LogicalOperator, Depth(DEEPEST)]
