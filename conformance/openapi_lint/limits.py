"""What a form limits besides types, fields and listed texts: bounds, patterns, conditions.

A keyword and those that mean nothing without it are one limit, looked at without the rest of its schema: so it is known which
one refuses a value, whatever else does.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from conformance.contracts.collections.limits import LIMITS
from conformance.core.json_text import dumps
from conformance.core.pointers import MISSING, Pointer
from conformance.openapi_lint.alternatives import Form
from conformance.openapi_lint.schemas import Keys
from conformance.reporting.messages import short

KINDS = ("string", "number", "boolean", "array", "object")
_LONGEST = 80
# What must be accepted goes no further than this, so a narrower bound beyond it narrows nothing.
_FAR_ENOUGH = {"maxLength": LIMITS.string_length, "maxItems": LIMITS.items, "maxProperties": LIMITS.keys}
_LOW = ("minimum", "minLength", "minItems", "minProperties")
_HIGH = ("maximum", "maxLength", "maxItems", "maxProperties")
_OF_ALL: tuple[Keys, ...] = (("not",), ("if", "then", "else"))
_LISTED: tuple[Keys, ...] = (("enum",), ("const",))
_OF_KIND: dict[str, tuple[Keys, ...]] = {
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
# What leaves everything as it is.
_EMPTY = {"propertyNames": (True, {}, {"type": "string"}), "uniqueItems": (False,), "not": (False,)}


class Limit(NamedTuple):
    """One limit of a schema, by the place of that and the keywords that make it; `bound` if it is a number to compare."""

    place: Pointer
    keys: Keys
    stated: Any
    said: str

    @property
    def is_bound(self) -> bool:
        """Whether it can be compared with one of ours without a value."""
        return self.keys[0] in {*_LOW, *_HIGH}

    @property
    def is_asserted(self) -> bool:
        """Whether everybody who reads the schema refuses what breaks it: a format is a remark to many."""
        return self.keys[0] != "format"

    def of(self, form: Form) -> bool:
        """Whether a form has the same limit."""
        return any(dumps(stated) == dumps(self.stated) for _place, stated in form.all(self.keys[0]))


def limits(form: Form, kind: str) -> Iterator[Limit]:
    """Yield what a form limits of the values of one kind; listed texts are compared as such."""
    groups = (*_OF_KIND.get(kind, ()), *_OF_ALL, *(() if kind == "string" else _LISTED))
    for place, schema in form.parts:
        for keys in groups:
            key = next((one for one in keys if one in schema), None)
            if key is not None and (key == keys[0] or key.startswith("exclusive")) and _limits(key, schema[key], form):
                yield Limit(place, keys, schema[key], _said(schema, keys))


def _said(schema: dict[str, Any], keys: Keys) -> str:
    shown = [key for key in keys if key in schema and key not in {"properties", "additionalProperties"}]
    return ", ".join(f"`{key}: {short(schema[key], _LONGEST)}`" for key in shown)


def _limits(key: str, stated: Any, form: Form) -> bool:
    if key == "multipleOf" and stated == 1:
        return "number" in form.types
    return stated not in _EMPTY.get(key, ())


def against(limit: Limit, ours: Form, theirs: Form, refused: Any = MISSING) -> str | None:
    """Say what a limit of theirs is against our form, with a value that it refuses; None if it keeps nothing out that ours lets in."""
    key = limit.keys[0]
    if limit.is_bound:
        return _narrower(key, ours, theirs)
    if limit.of(ours):
        return None
    if refused is MISSING:
        return f"has {limit.said}, which was not compared"
    if key == "pattern" and ours.values is None and ours.first("format") is MISSING:
        return f"must match {short(limit.stated, _LONGEST)}; the contract takes any text"
    return f"has {limit.said}, which refuses {short(refused, _LONGEST)}; the contract takes it"


def _narrower(key: str, ours: Form, theirs: Form) -> str | None:
    one, other = promised(ours, key), bound(theirs, key)
    sign = 1 if key in _LOW else -1
    if other is None or (one is not None and sign * other <= sign * one) or (key in _FAR_ENOUGH and other >= _FAR_ENOUGH[key]):
        return None
    return f"has {key} {other}; the contract's is {'not bounded' if one is None else one}"


def wider(ours: Form, theirs: Form) -> Iterator[str]:
    """Say where numbers are taken that our form refuses."""
    for key in "minimum", "maximum":
        one, other = bound(ours, key), bound(theirs, key)
        is_wider = one is not None and (other is None or (other < one if key == "minimum" else other > one))
        if is_wider:
            yield f"has {f'{key} {other}' if other is not None else f'no {key}'}; the contract's is {one}"


def bound(form: Form, key: str) -> float | None:
    """Return a bound, an exclusive one of whole numbers as the inclusive one that it is; 0 is no lower bound of a length."""
    values = [value for _place, value in form.all(key) if _is_number(value)]
    if key in {"minimum", "maximum"}:
        step = (1 if key == "minimum" else -1) if "number" not in form.types else 0
        exclusive = form.first(f"exclusive{key.capitalize()}")
        values = [value + step for value in values] if exclusive is True else values
        values += [exclusive + step] if _is_number(exclusive) else []
    elif key in _LOW:
        values = [value for value in values if value]
    return None if not values else max(values) if key in _LOW else min(values)


def promised(ours: Form, key: str) -> float | None:
    """Return a bound of what our form promises to take: beyond a bound that is only a requirement's nothing is promised either."""
    annotated = ours.first(f"x-{key}")
    value: float | None = annotated["value"] if isinstance(annotated, dict) else bound(ours, key)
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
