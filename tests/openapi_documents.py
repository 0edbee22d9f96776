"""Tiny OpenAPI documents for the tests of `conformance.openapi_lint`."""

from conformance.openapi_lint.check import check
from conformance.openapi_lint.document import Document


def document(*, version="3.1.0", paths=None, **schemas):
    """Return a document with these component schemas."""
    root = {"openapi": version, "info": {"title": "t", "version": "1"}, "paths": paths or {}, "components": {"schemas": schemas}}
    return Document(root, version)


def findings(kind, *, version="3.1.0", paths=None, facts=None, **schemas):
    """Return the findings of one kind."""
    result = check(document(version=version, paths=paths, **schemas), facts)
    return [finding for finding in result.findings if finding.kind == kind]


def messages(kind, **parts):
    """Return grade and message of the findings of one kind."""
    return [(str(finding.grade), finding.message) for finding in findings(kind, **parts)]


def answer(schema, **media):
    """Return the path item of an operation that answers with a schema."""
    return {"get": {"responses": {"200": {"description": "ok", "content": {"application/json": {"schema": schema, **media}}}}}}
