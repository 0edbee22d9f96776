"""Small, readable values made up to fit a schema. Whoever uses one validates it first."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from random import Random
from typing import Any

from conformance.core.pointers import MISSING, nodes
from conformance.openapi_lint.alternatives import Alternative, Alternatives, SchemaPlaces
from conformance.openapi_lint.keywords import is_match

_MOST_TRIED = 3
_LARGE = 500
_LONGEST_TEXT, _LONGEST_LIST = 10_000, 100
_PREFERRED_TYPES = ("string", "object", "array", "integer", "number", "boolean", "null")
_TEXTS = {
    "date-time": "2026-01-01T00:00:00Z", "date": "2026-01-01", "time": "00:00:00Z", "uuid": "00000000-0000-4000-8000-000000000000",
    "uri": "https://example.org/", "email": "a@example.org",
}  # fmt: skip


class Samples:
    """Samples of a document's schemas, each made once; lists have as few items as they may.

    A schema that needs a value of itself has no sample.
    """

    def __init__(self, alternatives: Alternatives, *, fewest_items: int = 0) -> None:
        self.alternatives = alternatives
        self._fewest_items = fewest_items
        self._known: dict[SchemaPlaces, Any] = {}

    def of(self, places: SchemaPlaces) -> Any:
        """Return a value for schemas that hold together, or `MISSING` if none is found."""
        if places not in self._known:
            self._known[places] = MISSING
            choices = self.alternatives.of(places)
            usual = [one for one in choices if one.types != {"null"}] or choices
            tried = sorted(usual, key=lambda one: not one.is_untyped)[:_MOST_TRIED]
            samples = (self.of_alternative(one) for one in tried)
            self._known[places] = next((value for value in samples if value is not MISSING), MISSING)
        return self._known[places]

    def of_alternative(self, alternative: Alternative) -> Any:
        """Return a value for one alternative; an object has only the fields that it must have, and its tags."""
        if alternative.values is not None:
            return next((value for value in alternative.values if value is not None), MISSING)
        kind = next((name for name in _PREFERRED_TYPES if name in alternative.types), None)
        match kind:
            case "string":
                return _text(alternative)
            case "object":
                return self._object(alternative)
            case "array":
                return self._array(alternative)
            case "integer" | "number":
                return _number(alternative)
            case _:
                return {"boolean": True, "null": None}.get(str(kind), MISSING)

    def _array(self, alternative: Alternative) -> Any:
        stated = alternative.first("minItems")
        least = stated if isinstance(stated, int) else 0
        length = min(max(least, self._fewest_items), _LONGEST_LIST)
        item = self.of(alternative.items) if alternative.items and length else "text"
        if item is MISSING:
            return MISSING if least else []
        return [item] * length

    def _object(self, alternative: Alternative) -> Any:
        properties, required = alternative.properties, alternative.required
        names = [name for name, places in properties.items() if name in required or is_tag(self.alternatives, places)]
        sample = {name: self.of(properties[name]) for name in names}
        sample |= dict.fromkeys(sorted(required - properties.keys()), "text")
        sample |= {name: self.of(properties[name]) for name in needed_fields(alternative, sample)}
        return MISSING if MISSING in sample.values() or _is_large(sample) else sample


def needed_fields(alternative: Alternative, value: dict[str, Any]) -> set[str]:
    """Return the fields that an object of the contract needs because of its type (`x-needs`)."""
    return {need["field"] for kind, need in _needs(alternative) if kind == value.get("type")}


def unneeded_fields(alternative: Alternative, value: dict[str, Any]) -> set[str]:
    """Return the fields that only objects of other types need."""
    return {need["field"] for _kind, need in _needs(alternative)} - needed_fields(alternative, value)


def _needs(alternative: Alternative) -> list[tuple[str, dict[str, str]]]:
    stated = alternative.first("x-needs")
    return list(stated.items()) if isinstance(stated, dict) and all(isinstance(need, dict) for need in stated.values()) else []


def _is_large(value: Any) -> bool:
    """Whether a value is too large for a person to read: ten fields of ten fields of ten fields."""
    return len(list(islice(nodes(value), _LARGE))) == _LARGE


def _text(alternative: Alternative) -> str:
    if (pattern := alternative.first("pattern")) is not MISSING:
        return next(_examples(alternative, str(pattern)), None) or _matching(str(pattern)) or "text"
    text = _TEXTS.get(str(alternative.first("format")), "text")
    shortest, longest = alternative.first("minLength"), alternative.first("maxLength")
    text = text.ljust(min(shortest, _LONGEST_TEXT), "x") if isinstance(shortest, int) else text
    return text[:longest] if isinstance(longest, int) else text


def _examples(alternative: Alternative, pattern: str) -> Iterator[str]:
    """Yield the schema's own examples that match its pattern."""
    listed = alternative.first("examples")
    for value in (alternative.first("example"), alternative.first("default"), *(listed if isinstance(listed, list) else ())):
        if isinstance(value, str) and is_match(pattern, value):
            yield value


@lru_cache(maxsize=1024)
def _matching(pattern: str) -> str | None:
    """Return a text that a pattern matches, the same each time; None if none is found soon, or the pattern cannot be read."""
    from hypothesis import Phase, find, settings  # slow to import, and few documents need it
    from hypothesis.errors import HypothesisException
    from hypothesis.strategies import from_regex

    few = settings(max_examples=20, phases=(Phase.generate,), database=None, deadline=None)
    try:
        return find(from_regex(pattern), lambda text: is_match(pattern, text), settings=few, random=Random(0))  # noqa: S311
    except (HypothesisException, re.error, RecursionError, OverflowError):
        return None


def _number(alternative: Alternative) -> Any:
    lowest, above, highest = (alternative.first(key) for key in ("minimum", "exclusiveMinimum", "maximum"))
    if isinstance(lowest, int | float):
        return lowest + 1 if above is True else lowest
    if isinstance(above, int | float) and not isinstance(above, bool):
        return above + 1
    return highest if isinstance(highest, int | float) and highest < 1 else 1


def is_tag(alternatives: Alternatives, places: SchemaPlaces) -> bool:
    """Whether a field has one value only, and so tells what the object is."""
    listed = [one.values for one in alternatives.of(places)]
    return len(listed) == 1 and listed[0] is not None and len(listed[0]) == 1
