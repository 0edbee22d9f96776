"""Examples that do not fit the schema that they are examples of."""

import contextlib
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from conformance.core.pointers import MISSING, Pointer
from conformance.openapi_lint.finding import Finding, Grade, Kind
from conformance.openapi_lint.index import Site
from conformance.openapi_lint.messages import ErrorMessages
from conformance.openapi_lint.schemas import LENIENT, STRICT, Schemas, ValidationMode
from conformance.openapi_lint.usage import Side, Usage

_SEPARATORS = (",", " ", "|", "&")


class Example(NamedTuple):
    """A value, its place, and the place of the schema that it must fit."""

    place: Pointer
    value: Any
    schema: Pointer


def invalid_examples(schemas: Schemas, usage: Usage, messages: ErrorMessages) -> Iterator[Finding]:
    """Yield a finding for each example that does not fit: a warning if only a format, or a second branch of oneOf, speaks against it."""
    for site in list(schemas.index.sites.values()):
        for example in examples(schemas, site):
            mode = _refusing_mode(schemas, example, usage.side(example.schema))
            if mode is None or _fits_as_sent(schemas, site, example):
                continue
            message = str(messages.explain(example.schema, example.value, mode))
            grade = Grade.WARNING if mode.exactly_one else Grade.ERROR
            yield Finding(Kind.EXAMPLE, grade, example.place, "", message, example.value)


def _refusing_mode(schemas: Schemas, example: Example, side: Side) -> ValidationMode | None:
    """Return the most lenient mode in which an example does not fit, or None if it always fits."""
    modes = (mode.for_side(side) for mode in (LENIENT, STRICT))
    return next((mode for mode in modes if not schemas.fits(example.schema, example.value, mode)), None)


def examples(schemas: Schemas, site: Site) -> Iterator[Example]:
    """Yield the examples that an object of the document gives for its schema."""
    if not isinstance(site.node, dict):
        return
    if site.kind == "schema":
        if "$ref" not in site.node or not schemas.document.is_3_0:
            yield from _of_schema(site)
    elif site.kind in {"media", "parameter"} and "schema" in site.node and (site.kind != "media" or _is_json(site.place)):
        if "example" in site.node:
            yield Example((*site.place, "example"), site.node["example"], (*site.place, "schema"))
        yield from _named(schemas, site)


def _of_schema(site: Site) -> Iterator[Example]:
    if "example" in site.node:
        yield Example((*site.place, "example"), site.node["example"], site.place)
    if isinstance(listed := site.node.get("examples"), list):
        yield from (Example((*site.place, "examples", index), value, site.place) for index, value in enumerate(listed))


def _named(schemas: Schemas, site: Site) -> Iterator[Example]:
    """Yield the values of Example Objects, also of those that a reference leads to."""
    named = site.node.get("examples")
    for name in named if isinstance(named, dict) else ():
        place, node = schemas.resolved((*site.place, "examples", name), named[name])
        if (value := node.get("value", MISSING)) is not MISSING:
            yield Example((*place, "value"), value, (*site.place, "schema"))


def _is_json(place: Pointer) -> bool:
    """Whether a media type is JSON; examples of another may be written in that format."""
    name = str(place[-1]).partition(";")[0].strip().lower()
    return name in {"application/json", "*/*", "application/*"} or name.endswith("+json")


def _fits_as_sent(schemas: Schemas, site: Site, example: Example) -> bool:
    """Whether an example of a parameter or a body is written as it is sent: `10` for an integer, `a,b` for a list."""
    if site.kind == "schema" or not isinstance(example.value, str):
        return False
    return any(schemas.fits(example.schema, value) for value in _parsed(example.value, is_parameter=site.kind == "parameter"))


def _parsed(text: str, *, is_parameter: bool) -> Iterator[Any]:
    with contextlib.suppress(ValueError, RecursionError):
        yield json.loads(text)
    if is_parameter:
        yield from (text.split(separator) for separator in _SEPARATORS)
