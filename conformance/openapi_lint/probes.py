"""Values that the contract promises to take: its own edges, within what must be accepted.

Nothing empty is among them except in the user's own data, for what an empty name, list or group means is left open.
"""

from collections.abc import Iterator
from typing import Any

from conformance.contracts.collections.limits import LIMITS
from conformance.contracts.collections.models.documents import SYSTEM_FIELDS
from conformance.core.pointers import MISSING
from conformance.generation import json_values
from conformance.openapi_lint.alternatives import Form, Forms, Node
from conformance.openapi_lint.limits import bound, promised
from conformance.openapi_lint.samples import Samples, needless
from conformance.schema import rules

_EXACT = 2**53 - 1
_NUMBERS = (1, 0, -1, 0.5, -0.5, 7, 100, 1001, 2**31, _EXACT, -_EXACT)
# A user's field by a name that the server keeps for itself may be refused.
_RESERVED = SYSTEM_FIELDS | {"document_id", "_internal"}
_KEYS = [key for key in json_values.KEYS if not rules.is_hostile_key(key, LIMITS) and key not in _RESERVED]
# Of each type but null, which PATCH is never sent.
_OF_USER = (*(value for value in json_values.FALSY if value is not None), "text", 5, 0.5, True, ["text"], {"key": "text"})
_SIMPLE: dict[str, list[Any]] = {"boolean": [True, False], "null": [None]}
ANYTHING: Node = ()
"""The schemas of a value of which nothing is said: any will do."""


def is_free(form: Form) -> bool:
    """Whether the values are the user's own, whatever they are."""
    return not form.parts or form.first("x-user-data") is True


class Probes:
    """Probes of the contract's forms."""

    def __init__(self, forms: Forms) -> None:
        self._samples = Samples(forms, fewest_items=1)

    def of(self, form: Form, kind: str) -> list[Any]:
        """Return values of one kind that a form of the contract lets through and a server must."""
        make = {"string": self._texts, "number": self._numbers, "array": self._lists, "object": self._objects}.get(kind)
        return list(make(form)) if make is not None else _SIMPLE.get(kind, [])

    def _texts(self, form: Form) -> Iterator[str]:
        known = form.first("x-known")
        if form.values is not None or known is not MISSING:
            yield from (value for value in form.values or known if isinstance(value, str))
        elif form.first("format") == "date-time":
            yield from json_values.TIMES
        elif form.first("x-field") is True:
            yield from _KEYS
        elif form.first("x-reference") is MISSING and form.first("x-issued") is MISSING:
            longest = int(min(bound(form, "maxLength") or LIMITS.string_length, LIMITS.string_length))
            yield from ("text", "x", "x" * longest)
            yield from (text for text in json_values.TEXTS if text or is_free(form))

    def _numbers(self, form: Form) -> Iterator[float]:
        low, high = promised(form, "minimum"), promised(form, "maximum")
        given = [value for value in (low, high, form.first("default")) if isinstance(value, int | float)]
        for value in (*given, *_NUMBERS):
            is_within = (low is None or value >= low) and (high is None or value <= high)
            if is_within and ("number" in form.types or value == int(value)):
                yield int(value) if value == int(value) else value

    def _lists(self, form: Form) -> Iterator[list[Any]]:
        item = self._samples.of(form.items) if form.items else "text"
        if item is not MISSING:
            yield from ([item], [item] * 2, [item] * LIMITS.items)
        if is_free(form):
            yield from ([], list(json_values.FALSY))

    def _objects(self, form: Form) -> Iterator[dict[str, Any]]:
        least = {} if is_free(form) else self._samples.of_form(form)
        if not isinstance(least, dict):
            return
        unknown = needless(form, least)
        made = {name: self._samples.of(node) for name, node in form.properties.items() if name not in unknown}
        made = {name: value for name, value in made.items() if value is not MISSING}
        alone = ({**least, name: value} for name, value in made.items())
        yield from (one for one in (least, made | least, *alone, *self._named(form, least)) if one or is_free(form))

    def _named(self, form: Form, least: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield objects with fields that only the user knows."""
        of_user = form.others is True or is_free(form)
        if not of_user and (not isinstance(form.others, tuple) or form.first("x-keys-reference") is not MISSING):
            return
        value = "text" if not isinstance(form.others, tuple) else self._samples.of(form.others)
        left = LIMITS.keys - len(least)
        yield from (least | {key: value} for key in _KEYS if key not in form.properties)
        yield least | {f"key{index}": value for index in range(left)}
        if of_user:
            yield from (least | {"key": one} for one in _OF_USER)
