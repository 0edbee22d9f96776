"""Examples that contradict the schema that they are examples of."""

import contextlib
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from conformance.core.pointers import MISSING, Pointer
from conformance.openapi_lint.finding import Finding, Grade, Kind
from conformance.openapi_lint.index import Site, Usage
from conformance.openapi_lint.messages import Explainer
from conformance.openapi_lint.schemas import LENIENT, STRICT, Schemas


class Example(NamedTuple):
    """A value, where it stands, and the schema that it must fit."""

    place: Pointer
    value: Any
    schema: Pointer


def contradictions(schemas: Schemas, usage: Usage, explainer: Explainer) -> Iterator[Finding]:
    """Yield a finding for each example that does not fit; only a format, or one branch too many, makes a warning of it."""
    for site in list(schemas.places.sites.values()):
        for example in examples(schemas, site):
            readings = (one.on(usage.side(example.schema)) for one in (LENIENT, STRICT))
            reading = next((one for one in readings if not schemas.fits(example.schema, example.value, one)), None)
            if reading is None or _fits_as_text(schemas, site, example):
                continue
            reason = explainer.explain(example.schema, example.value, reading)
            grade = Grade.WARNING if reading.exactly_one else Grade.ERROR
            yield Finding(Kind.EXAMPLE, grade, example.place, "", str(reason), example.value)


def examples(schemas: Schemas, site: Site) -> Iterator[Example]:
    """Yield the examples that an object of the document gives for its schema."""
    if not isinstance(site.node, dict):
        return
    if site.kind == "schema":
        if "$ref" in site.node and schemas.document.is_3_0:
            return
        if "example" in site.node:
            yield Example((*site.place, "example"), site.node["example"], site.place)
        if isinstance(listed := site.node.get("examples"), list):
            yield from (Example((*site.place, "examples", index), value, site.place) for index, value in enumerate(listed))
    elif site.kind in {"media", "parameter"} and "schema" in site.node and (site.kind != "media" or _is_json(site.place)):
        if "example" in site.node:
            yield Example((*site.place, "example"), site.node["example"], (*site.place, "schema"))
        yield from _named(schemas, site)


def _named(schemas: Schemas, site: Site) -> Iterator[Example]:
    """Yield the values of Example Objects, also of those that a reference leads to."""
    named = site.node.get("examples")
    for name in named if isinstance(named, dict) else ():
        place, node = schemas.resolved((*site.place, "examples", name), named[name])
        if (value := node.get("value", MISSING)) is not MISSING:
            yield Example((*place, "value"), value, (*site.place, "schema"))


def _is_json(place: Pointer) -> bool:
    """Whether a media type is JSON: an example of another may be written in that one's own form."""
    name = str(place[-1]).partition(";")[0].strip().lower()
    return name in {"application/json", "*/*", "application/*"} or name.endswith("+json")


def _fits_as_text(schemas: Schemas, site: Site, example: Example) -> bool:
    """Whether an example of a parameter or a body is what it looks like when it is sent: `10` for an integer, `a,b` for a list."""
    if site.kind == "schema" or not isinstance(example.value, str):
        return False
    return any(schemas.fits(example.schema, value) for value in _read(example.value, is_parameter=site.kind == "parameter"))


def _read(text: str, *, is_parameter: bool) -> Iterator[Any]:
    with contextlib.suppress(ValueError, RecursionError):
        yield json.loads(text)
    if is_parameter:
        for separator in ",", " ", "|", "&":
            yield text.split(separator)
