"""Defaults that do not fit their own schema."""

from collections.abc import Iterator

from conformance.openapi_lint.finding import Finding, Grade, Kind
from conformance.openapi_lint.messages import ErrorMessages
from conformance.openapi_lint.schemas import LENIENT, Schemas


def invalid_defaults(schemas: Schemas, messages: ErrorMessages) -> Iterator[Finding]:
    """Yield a finding for each default that does not fit: a warning if it is null, which often stands for "none"."""
    for site in list(schemas.index.of("schema")):
        if not isinstance(site.node, dict) or "default" not in site.node or ("$ref" in site.node and schemas.document.is_3_0):
            continue
        value = site.node["default"]
        if schemas.fits(site.place, value):
            continue
        message = str(messages.explain(site.place, value, LENIENT))
        grade = Grade.WARNING if value is None else Grade.ERROR
        yield Finding(Kind.DEFAULT, grade, (*site.place, "default"), "", message, value)
