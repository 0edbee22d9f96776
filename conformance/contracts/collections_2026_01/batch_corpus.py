"""Documents that are changed and deleted by what they hold, and the filters that choose among them.

Each filter selects some of the documents and not others, but for the one that selects none; no two select the same ones. The last document
is selected by none of them. Nothing that the contract leaves open is in them (`filter_semantics`).
"""

from typing import Any

Body = dict[str, Any]

DOCUMENTS: tuple[Body, ...] = (
    {"title": "Anna", "lineage_path": "given/path", "number": 0, "price": 2.5, "metadata": {"level": 0, "kept": [1]}, "note": "x",
     "object": {"a": 1, "b": {"c": [None]}}},
    {"title": "anna", "number": 1, "price": 7, "metadata": {"level": 1}, "list": [1, [2]], "tags": ["red", "blue"]},
    {"title": "bob", "number": 2, "price": 2.49, "metadata": {"level": 0}, "note": "y", "object": {}, "tags": ["reddish"]},
    {"title": "BOB", "number": 3, "price": 10, "empty": "", "zero": 0, "none": None, "list": []},
    {"title": "annabel", "number": -4, "price": 9.75, "metadata": {"level": 2, "b": {"c": 1}}, "note": "X", "flag": False, "list": [3]},
    {"title": "untouched", "number": 50, "price": 99, "metadata": {"level": 0.5}, "note": "x", "flag": True},
)  # fmt: skip
NEIGHBOUR: Body = {"title": "anna", "number": 1, "price": 7, "metadata": {"level": 0}}


def condition(field: str, operator: str, value: Any) -> Body:
    """Return a condition."""
    return {"field": field, "operator": operator, "value": value}


BY_NAME: Body = {"AND": [condition("title", "eq", "anna")]}
NONE: Body = {"AND": [condition("number", "gt", 99)]}
# The absent are selected, too; and one that is changed by none of the others.
NOT_NOTED: Body = {"NOT": [condition("note", "eq", "x"), condition("number", "gt", 2)]}
# What a filter selects, and what is given to each of these documents: values that are easily taken for nothing, whole objects, whole lists.
CHANGES: tuple[tuple[Body, Body], ...] = (
    (BY_NAME, {"mark_0": 0}),
    (
        {
            "OR": [
                condition("title", "eq", "bob"),
                {"AND": [condition("metadata.level", "gte", 1), {"NOT": [condition("title", "starts_with", "A")]}]},
            ],
            "case_sensitive": True,
        },
        {"mark_1": "", "object": {"z": {"only": 1}}},
    ),
    (NOT_NOTED, {"mark_2": False}),
    (
        {"AND": [condition("price", "gte", 2.5), condition("price", "lt", 10)], "NOT": [condition("number", "in", [7, 1])]},
        {"list": ["new"], "mark_3": {"a": [1, {}]}},
    ),
    (NONE, {"mark_4": 4}),
    ({"AND": [{"field": "metadata.level", "value": 0}]}, {"mark_5": [], "metadata": {"other": {"a": 1}}}),
)
# More, for larger budgets.
MORE: tuple[tuple[Body, Body], ...] = (
    ({"AND": [condition("note", "exists", value=False)]}, {"mark_6": 6}),
    ({"OR": [condition("title", "ends_with", "B"), condition("tags", "contains", "red")]}, {"mark_7": 7.5}),
    ({"NOT": [{"NOT": [condition("title", "contains", "nna")]}]}, {"mark_8": "8"}),
    ({"AND": [condition("number", "nin", [0, 2, 50]), condition("title", "ne", "bob")]}, {"mark_9": [9]}),
    ({"AND": [{"OR": [{"AND": [{"OR": [condition("number", "lte", 0)]}]}]}]}, {"mark_10": True}),
    ({"AND": [condition("flag", "eq", value=False)]}, {"mark_11": -1}),
)
