"""The OpenAPI document of the API, and short names for its most used functions."""

from conformance.evidence.operation import Operation
from conformance.schema import tree
from conformance.schema.openapi import OpenApiDocument
from conformance.schema.tree import SchemaNode

FILE = "specs/collections/openapi.yaml"
DOCUMENT = OpenApiDocument(FILE)
fits, explain, schema, resolve, validator = DOCUMENT.fits, DOCUMENT.explain, DOCUMENT.schema, DOCUMENT.resolve, DOCUMENT.validator


def request(name: str) -> SchemaNode:
    """Return the compiled schema of a request, by the name of its component."""
    return tree.request(DOCUMENT, name)


def request_of(operation: Operation) -> SchemaNode:
    """Return the compiled schema of an operation's request body.

    Raises:
        KeyError: the operation has none.

    """
    if operation.body is None:
        raise KeyError(operation.name)
    return request(operation.body)
