"""Defaults that their own schema refuses."""

from collections.abc import Iterator

from conformance.openapi_lint.finding import Finding, Grade, Kind
from conformance.openapi_lint.messages import Explainer
from conformance.openapi_lint.schemas import LENIENT, Schemas


def refused(schemas: Schemas, explainer: Explainer) -> Iterator[Finding]:
    """Yield a finding for each default that does not fit; null, which often stands for "none", makes a warning of it."""
    for site in list(schemas.places.of("schema")):
        if not isinstance(site.node, dict) or "default" not in site.node or ("$ref" in site.node and schemas.document.is_3_0):
            continue
        value = site.node["default"]
        if schemas.fits(site.place, value):
            continue
        reason = explainer.explain(site.place, value, LENIENT)
        grade = Grade.WARNING if value is None else Grade.ERROR
        yield Finding(Kind.DEFAULT, grade, (*site.place, "default"), "", str(reason), value)
