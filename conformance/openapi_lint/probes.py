"""Values that a server must accept by the contract: the edges of its schemas, within its limits.

Only the user's own data has empty values in it: the contract leaves open what an empty name, list or group means.
"""

from collections.abc import Iterator
from typing import Any

from conformance.core.pointers import MISSING
from conformance.generation import json_values
from conformance.openapi_lint.alternatives import Alternative, Alternatives, SchemaPlaces
from conformance.openapi_lint.facts import ContractFacts
from conformance.openapi_lint.limits import bound, promised
from conformance.openapi_lint.samples import Samples, unneeded_fields
from conformance.schema import formats, rules

_LARGEST = 2**53 - 1
_NUMBERS = (1, 0, -1, 0.5, -0.5, 7, 100, 1001, 2**31, _LARGEST, -_LARGEST)
# Values of a user's field, of each type but null: whether null may be sent depends on the operation.
_USER_VALUES = (*(value for value in json_values.FALSY if value is not None), "text", 5, 0.5, True, ["text"], {"key": "text"})
_SIMPLE: dict[str, list[Any]] = {"boolean": [True, False], "null": [None]}
ANYTHING: SchemaPlaces = ()
"""No schema at all, so that any value fits."""


def is_user_data(alternative: Alternative) -> bool:
    """Whether the values are the user's own (`x-user-data`), whatever they are."""
    return not alternative.parts or alternative.first("x-user-data") is True


def has_users_keys(alternative: Alternative) -> bool:
    """Whether the keys of an object are the user's own, too: a server may refuse those that name something it does not know."""
    return is_user_data(alternative) and alternative.first("x-keys-reference") is MISSING


def _is_accepted(key: str, facts: ContractFacts) -> bool:
    """Whether a server must accept a user's field of this name."""
    return key not in facts.reserved_names and not rules.is_hostile_key(key, facts.limits)


class Probes:
    """Probes for the schemas of the contract."""

    def __init__(self, alternatives: Alternatives, facts: ContractFacts) -> None:
        self._samples = Samples(alternatives, fewest_items=1)
        self._limits = facts.limits
        self._keys = [key for key in json_values.KEYS if _is_accepted(key, facts)]

    def of(self, alternative: Alternative, kind: str) -> list[Any]:
        """Return values of one kind that an alternative of the contract allows, and that a server must accept."""
        make = {"string": self._texts, "number": self._numbers, "array": self._lists, "object": self._objects}.get(kind)
        return list(make(alternative)) if make is not None else _SIMPLE.get(kind, [])

    def _texts(self, alternative: Alternative) -> Iterator[str]:
        known = alternative.first("x-known")
        if alternative.values is not None or known is not MISSING:
            yield from (value for value in alternative.values or known if isinstance(value, str))
        elif alternative.first("format") == "date-time":
            yield from formats.TIMES
        elif alternative.first("x-field") is True:
            yield from self._keys
        elif alternative.first("x-reference") is MISSING and alternative.first("x-issued") is MISSING:
            longest = int(min(bound(alternative, "maxLength") or self._limits.string_length, self._limits.string_length))
            yield from ("text", "x", "x" * longest)
            yield from (text for text in json_values.TEXTS if text or is_user_data(alternative))

    def _numbers(self, alternative: Alternative) -> Iterator[float]:
        low, high = promised(alternative, "minimum"), promised(alternative, "maximum")
        given = [value for value in (low, high, alternative.first("default")) if isinstance(value, int | float)]
        for value in (*given, *_NUMBERS):
            is_within = (low is None or value >= low) and (high is None or value <= high)
            if is_within and ("number" in alternative.types or value == int(value)):
                yield int(value) if value == int(value) else value

    def _lists(self, alternative: Alternative) -> Iterator[list[Any]]:
        item = self._samples.of(alternative.items) if alternative.items else "text"
        if item is not MISSING:
            yield from ([item], [item] * 2, [item] * self._limits.items)
        if is_user_data(alternative):
            yield from ([], list(json_values.FALSY))

    def _objects(self, alternative: Alternative) -> Iterator[dict[str, Any]]:
        """Yield the least object, one with all fields, one for each field, and those with fields that only the user knows."""
        least = {} if is_user_data(alternative) else self._samples.of_alternative(alternative)
        if not isinstance(least, dict):
            return
        unneeded = unneeded_fields(alternative, least)
        fields = {name: self._samples.of(places) for name, places in alternative.properties.items() if name not in unneeded}
        fields = {name: value for name, value in fields.items() if value is not MISSING}
        single = ({**least, name: value} for name, value in fields.items())
        probes = (least, fields | least, *single, *self._with_user_fields(alternative, least))
        yield from (probe for probe in probes if probe or is_user_data(alternative))

    def _with_user_fields(self, alternative: Alternative, least: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield objects with fields that only the user knows, if they are possible."""
        additional = alternative.additional
        is_users = additional is True or has_users_keys(alternative)
        if not is_users and (not isinstance(additional, tuple) or alternative.first("x-keys-reference") is not MISSING):
            return
        value = self._samples.of(additional) if isinstance(additional, tuple) else "text"
        yield from (least | {key: value} for key in self._keys if key not in alternative.properties)
        yield least | {f"key{index}": value for index in range(self._limits.keys - len(least))}
        if is_users:
            yield from (least | {"key": user_value} for user_value in _USER_VALUES)
