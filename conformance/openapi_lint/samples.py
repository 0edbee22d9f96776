"""Values made up to fit a schema, small and readable. They are tried on the schema before anybody relies on them."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from random import Random
from typing import Any

from conformance.core.pointers import MISSING, nodes
from conformance.openapi_lint.alternatives import Form, Forms, Node
from conformance.openapi_lint.schemas import is_match

_MOST = 3
_LARGE = 500
_KINDS = ("string", "object", "array", "integer", "number", "boolean", "null")
_TEXTS = {
    "date-time": "2026-01-01T00:00:00Z", "date": "2026-01-01", "time": "00:00:00Z", "uuid": "00000000-0000-4000-8000-000000000000",
    "uri": "https://example.org/", "email": "a@example.org",
}  # fmt: skip


class Samples:
    """Samples of a document's schemas, each made once: what needs itself to be made has none. Lists have as few items as they may."""

    def __init__(self, forms: Forms, *, fewest_items: int = 0) -> None:
        self.forms = forms
        self._fewest = fewest_items
        self._known: dict[Node, Any] = {}

    def of(self, node: Node) -> Any:
        """Return a value for schemas that hold together, or `MISSING` if none comes to mind."""
        if node not in self._known:
            self._known[node] = MISSING
            choices = self.forms.of(node)
            usual = [form for form in choices if form.types != {"null"}] or choices
            found = (self.of_form(form) for form in sorted(usual, key=lambda form: not form.is_open)[:_MOST])
            self._known[node] = next((value for value in found if value is not MISSING), MISSING)
        return self._known[node]

    def of_form(self, form: Form) -> Any:
        """Return a value for one alternative; of an object's fields only those that it must have, and its tags."""
        if form.values is not None:
            return next((value for value in form.values if value is not None), MISSING)
        kind = next((name for name in _KINDS if name in form.types), None)
        match kind:
            case "string":
                return _text(form)
            case "object":
                return self._object(form)
            case "array":
                return self._array(form)
            case "integer" | "number":
                return _number(form)
            case _:
                return {"boolean": True, "null": None}.get(str(kind), MISSING)

    def _array(self, form: Form) -> Any:
        stated = form.first("minItems")
        least = stated if isinstance(stated, int) else 0
        length = min(max(least, self._fewest), 100)
        item = self.of(form.items) if form.items and length else "text"
        if item is MISSING:
            return MISSING if least else []
        return [item] * length

    def _object(self, form: Form) -> Any:
        names = [name for name, node in form.properties.items() if name in form.required or is_tag(self.forms, node)]
        made = {name: self.of(form.properties[name]) for name in names}
        made |= dict.fromkeys(sorted(form.required - form.properties.keys()), "text")
        made |= {name: self.of(form.properties[name]) for name in needed(form, made)}
        return MISSING if MISSING in made.values() or _is_large(made) else made


def needed(form: Form, value: dict[str, Any]) -> set[str]:
    """Return the fields that an object of the contract needs for the type that it has."""
    return {need["field"] for kind, need in _needs(form) if kind == value.get("type")}


def needless(form: Form, value: dict[str, Any]) -> set[str]:
    """Return the fields that only objects of other types need."""
    return {need["field"] for _kind, need in _needs(form)} - needed(form, value)


def _needs(form: Form) -> list[tuple[str, dict[str, str]]]:
    stated = form.first("x-needs")
    return list(stated.items()) if isinstance(stated, dict) and all(isinstance(need, dict) for need in stated.values()) else []


def _is_large(value: Any) -> bool:
    """Whether a value is more than a person would look at: ten fields of ten fields of ten fields."""
    return len(list(islice(nodes(value), _LARGE))) == _LARGE


def _text(form: Form) -> str:
    if (pattern := form.first("pattern")) is not MISSING:
        return next(_stated(form, str(pattern)), None) or _matching(str(pattern)) or "text"
    text = _TEXTS.get(str(form.first("format")), "text")
    shortest, longest = form.first("minLength"), form.first("maxLength")
    text = text.ljust(min(shortest, 10_000), "x") if isinstance(shortest, int) else text
    return text[:longest] if isinstance(longest, int) else text


def _stated(form: Form, pattern: str) -> Iterator[str]:
    """Yield what the schema itself gives for an example of its pattern."""
    listed = form.first("examples")
    for value in (form.first("example"), form.first("default"), *(listed if isinstance(listed, list) else ())):
        if isinstance(value, str) and is_match(pattern, value):
            yield value


@lru_cache(maxsize=1024)
def _matching(pattern: str) -> str | None:
    """Return a simple text that a pattern matches, the same each time; None if none is found soon, or the pattern cannot be read."""
    from hypothesis import Phase, find, settings  # takes a while, and few documents need it
    from hypothesis.errors import HypothesisException
    from hypothesis.strategies import from_regex

    few = settings(max_examples=20, phases=(Phase.generate,), database=None, deadline=None)
    try:
        return find(from_regex(pattern), lambda text: is_match(pattern, text), settings=few, random=Random(0))  # noqa: S311
    except (HypothesisException, re.error, RecursionError, OverflowError):
        return None


def _number(form: Form) -> Any:
    lowest, above, highest = (form.first(key) for key in ("minimum", "exclusiveMinimum", "maximum"))
    if isinstance(lowest, int | float):
        return lowest + 1 if above is True else lowest
    if isinstance(above, int | float) and not isinstance(above, bool):
        return above + 1
    return highest if isinstance(highest, int | float) and highest < 1 else 1


def is_tag(forms: Forms, node: Node) -> bool:
    """Whether a field has one value only, and so says what the object is."""
    listed = [form.values for form in forms.of(node)]
    return len(listed) == 1 and listed[0] is not None and len(listed[0]) == 1
