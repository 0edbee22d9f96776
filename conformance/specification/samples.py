"""Values made up to fit a schema, small and readable. They are tried on the schema before anybody relies on them."""

from typing import Any

from conformance.contract.pointers import MISSING
from conformance.specification.forms import Form, Forms, Node

_DEEPEST = 8
_TEXTS = {
    "date-time": "2026-01-01T00:00:00Z", "date": "2026-01-01", "time": "00:00:00Z", "uuid": "00000000-0000-4000-8000-000000000000",
    "uri": "https://example.org/", "email": "a@example.org",
}  # fmt: skip


def sample(forms: Forms, node: Node, depth: int = 0) -> Any:
    """Return a value for schemas that hold together, or `MISSING` if none comes to mind."""
    choices = forms.of(node)
    usual = [form for form in choices if form.types != {"null"}] or choices
    usual.sort(key=lambda form: not form.is_open)
    found = [of_form(forms, form, depth) for form in usual[:3]] if depth < _DEEPEST else []
    return next((value for value in found if value is not MISSING), MISSING)


def of_form(forms: Forms, form: Form, depth: int = 0) -> Any:
    """Return a value for one alternative; of an object's fields only those that it must have, and those that have one value only."""
    if form.values is not None:
        return next((value for value in form.values if value is not None), MISSING)
    for name in "string", "object", "array", "integer", "number", "boolean", "null":
        if name in form.types:
            return _of_type(forms, form, name, depth)
    return MISSING


def _of_type(forms: Forms, form: Form, name: str, depth: int) -> Any:
    match name:
        case "string":
            return _text(form)
        case "object":
            return _object(forms, form, depth)
        case "array":
            return _array(forms, form, depth)
        case "integer" | "number":
            return _number(form)
        case _:
            return {"boolean": True, "null": None}[name]


def _text(form: Form) -> str:
    if form.first("pattern") is not MISSING:
        stated = [
            form.first("example"),
            form.first("default"),
            *(form.first("examples") if isinstance(form.first("examples"), list) else ()),
        ]
        return next((value for value in stated if isinstance(value, str)), "text")
    text = _TEXTS.get(str(form.first("format")), "text")
    shortest, longest = form.first("minLength"), form.first("maxLength")
    text = text.ljust(min(shortest, 10_000), "x") if isinstance(shortest, int) else text
    return text[:longest] if isinstance(longest, int) else text


def _number(form: Form) -> Any:
    lowest, above, highest = (form.first(key) for key in ("minimum", "exclusiveMinimum", "maximum"))
    if isinstance(lowest, int | float):
        return lowest + 1 if above is True else lowest
    if isinstance(above, int | float) and not isinstance(above, bool):
        return above + 1
    return highest if isinstance(highest, int | float) and highest < 1 else 1


def _array(forms: Forms, form: Form, depth: int) -> Any:
    least = form.first("minItems")
    if not isinstance(least, int) or least == 0:
        return []
    item = sample(forms, form.items, depth + 1) if form.items else "text"
    return MISSING if item is MISSING else [item] * min(least, 100)


def _object(forms: Forms, form: Form, depth: int) -> Any:
    made = {}
    for name in form.properties:
        if name in form.required or is_tag(forms, form.properties[name]):
            made[name] = sample(forms, form.properties[name], depth + 1)
    made |= dict.fromkeys(sorted(form.required - form.properties.keys()), "text")
    return MISSING if MISSING in made.values() else made


def is_tag(forms: Forms, node: Node) -> bool:
    """Whether a field has one value only, and so says what the object is."""
    listed = [form.values for form in forms.of(node)]
    return len(listed) == 1 and listed[0] is not None and len(listed[0]) == 1
