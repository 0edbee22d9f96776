"""What a schema limits besides types, fields and listed texts: bounds, patterns, conditions.

A keyword and those that mean nothing without it are one limit. A limit is tried without the rest of its schema, so that it is known which
limit refuses a value.
"""

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

from conformance.core.display import short
from conformance.core.json_text import dumps
from conformance.core.pointers import MISSING, Pointer
from conformance.openapi_lint.alternatives import Alternative
from conformance.openapi_lint.keywords import Keywords, is_number
from conformance.schema.rules import Limits

KINDS = ("string", "number", "boolean", "array", "object")
_LONGEST = 80
_LOWER = ("minimum", "minLength", "minItems", "minProperties")
_UPPER = ("maximum", "maxLength", "maxItems", "maxProperties")
_FOR_ALL: tuple[Keywords, ...] = (("not",), ("if", "then", "else"))
_LISTED: tuple[Keywords, ...] = (("enum",), ("const",))
_FOR_KIND: dict[str, tuple[Keywords, ...]] = {
    "string": (("minLength",), ("maxLength",), ("pattern",), ("format",)),
    "number": (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum"), ("multipleOf",)),
    "array": (
        ("minItems",), ("maxItems",), ("uniqueItems",), ("contains", "minContains", "maxContains"), ("prefixItems",), ("unevaluatedItems",),
    ),
    "object": (
        ("minProperties",), ("maxProperties",), ("propertyNames",), ("dependentRequired",), ("dependentSchemas",),
        ("patternProperties", "properties", "additionalProperties"),
    ),
}  # fmt: skip
# Values with which a keyword limits nothing.
_WITHOUT_EFFECT = {"propertyNames": (True, {}, {"type": "string"}), "uniqueItems": (False,), "not": (False,)}


class Limit(NamedTuple):
    """One limit: the place of its schema, the keywords that make it, the value of the first of them, and its text for a message."""

    place: Pointer
    keywords: Keywords
    value: Any
    text: str

    @property
    def key(self) -> tuple[Pointer, Keywords]:
        """What tells it from other limits."""
        return self.place, self.keywords

    @property
    def is_bound(self) -> bool:
        """Whether it is a number that can be compared with one of ours."""
        return self.keywords[0] in {*_LOWER, *_UPPER}

    @property
    def is_asserted(self) -> bool:
        """Whether every validator refuses a value that breaks it; many ignore a format."""
        return self.keywords[0] != "format"

    def is_in(self, alternative: Alternative) -> bool:
        """Whether an alternative has the same limit."""
        return any(dumps(stated) == dumps(self.value) for _place, stated in alternative.values_of(self.keywords[0]))


def limits(alternative: Alternative, kind: str) -> Iterator[Limit]:
    """Yield the limits of an alternative for values of one kind; listed texts are compared elsewhere."""
    groups = (*_FOR_KIND.get(kind, ()), *_FOR_ALL, *(() if kind == "string" else _LISTED))
    for place, schema in alternative.parts:
        for keywords in groups:
            key = next((one for one in keywords if one in schema), None)
            if key is None or (key != keywords[0] and not key.startswith("exclusive")):
                continue  # the keywords that have a meaning of their own are not there
            if _has_effect(key, schema[key], alternative):
                yield Limit(place, keywords, schema[key], _text(schema, keywords))


def _text(schema: dict[str, Any], keywords: Keywords) -> str:
    shown = [key for key in keywords if key in schema and key not in {"properties", "additionalProperties"}]
    return ", ".join(f"`{key}: {short(schema[key], _LONGEST)}`" for key in shown)


def _has_effect(key: str, value: Any, alternative: Alternative) -> bool:
    if key == "multipleOf" and value == 1:
        return "number" in alternative.types
    return _without_extensions(value) not in _WITHOUT_EFFECT.get(key, ())


def _without_extensions(value: Any) -> Any:
    """Return a schema without the keywords that a document may add (OpenAPI 3.1, 4.9): they limit nothing."""
    return {key: inner for key, inner in value.items() if not key.startswith("x-")} if isinstance(value, dict) else value


def less_accepted(limit: Limit, ours: Alternative, theirs: Alternative, must_accept: Limits, refused: Any = MISSING) -> str | None:
    """Describe how a limit of theirs accepts less than the contract, or return None if it does not.

    `refused` is a value that the limit refuses and the contract accepts, if one was found.
    """
    key = limit.keywords[0]
    if limit.is_bound:
        return _narrower(key, ours, theirs, must_accept)
    if limit.is_in(ours):
        return None
    if refused is MISSING:
        return f"has {limit.text}, which was not compared"
    if key == "pattern" and ours.values is None and ours.first("format") is MISSING:
        return f"must match {short(limit.value, _LONGEST)}; the contract takes any text"
    return f"has {limit.text}, which refuses {short(refused, _LONGEST)}; the contract takes it"


def _narrower(key: str, ours: Alternative, theirs: Alternative, must_accept: Limits) -> str | None:
    mine, other = promised(ours, key), bound(theirs, key)
    sign = 1 if key in _LOWER else -1
    if other is None or (mine is not None and sign * other <= sign * mine) or other >= _far_enough(key, must_accept):
        return None
    return f"has {key} {other}; the contract's is {'not bounded' if mine is None else mine}"


def _far_enough(key: str, must_accept: Limits) -> float:
    """Return the upper bound from which on a server may refuse anyway, whatever the contract's schema says."""
    lengths = {"maxLength": must_accept.string_length, "maxItems": must_accept.items, "maxProperties": must_accept.keys}
    return lengths.get(key, math.inf)


def more_accepted(ours: Alternative, theirs: Alternative) -> Iterator[str]:
    """Describe the bounds by which theirs accepts numbers that the contract refuses."""
    for key in "minimum", "maximum":
        mine, other = bound(ours, key), bound(theirs, key)
        is_wider = mine is not None and (other is None or (other < mine if key == "minimum" else other > mine))
        if is_wider:
            yield f"has {f'{key} {other}' if other is not None else f'no {key}'}; the contract's is {mine}"


def bound(alternative: Alternative, key: str) -> float | None:
    """Return a bound, or None if there is none; an exclusive bound of integers is given as the inclusive one that it equals.

    A length has no lower bound if that is 0.
    """
    values = [value for _place, value in alternative.values_of(key) if is_number(value)]
    if key in {"minimum", "maximum"}:
        values = _inclusive(alternative, key, values)
    elif key in _LOWER:
        values = [value for value in values if value]
    return None if not values else max(values) if key in _LOWER else min(values)


def _inclusive(alternative: Alternative, key: str, values: list[float]) -> list[float]:
    step = (1 if key == "minimum" else -1) if "number" not in alternative.types else 0
    exclusive = alternative.first(f"exclusive{key.capitalize()}")
    if exclusive is True:  # as OpenAPI 3.0 writes it
        return [value + step for value in values]
    return [*values, exclusive + step] if is_number(exclusive) else values


def promised(ours: Alternative, key: str) -> float | None:
    """Return the bound up to which the contract promises to accept values; an annotation (`x-minimum`) may set it closer than the schema."""
    annotated = ours.first(f"x-{key}")
    value: float | None = annotated["value"] if isinstance(annotated, dict) else bound(ours, key)
    return value
