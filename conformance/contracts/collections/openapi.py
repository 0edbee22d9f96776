"""The OpenAPI document of the API, and short names for its most used functions."""

from collections.abc import Mapping

from pydantic import BaseModel

from conformance.contracts.collections.models.collections import CreateCollectionRequest
from conformance.contracts.collections.models.documents import CreateDocumentRequest, DocumentFields
from conformance.contracts.collections.models.lists import ListDocumentsRequest
from conformance.evidence.operation import Operation
from conformance.schema import tree
from conformance.schema.openapi import OpenApiDocument
from conformance.schema.tree import SchemaNode

FILE = "specs/collections/openapi.yaml"
DOCUMENT = OpenApiDocument(FILE)
fits, explain, schema, resolve, validator = DOCUMENT.fits, DOCUMENT.explain, DOCUMENT.schema, DOCUMENT.resolve, DOCUMENT.validator


# The models of requests, by the name of the component that describes the same.
MODELS: Mapping[str, type[BaseModel]] = {
    model.__name__: model for model in (CreateCollectionRequest, CreateDocumentRequest, DocumentFields, ListDocumentsRequest)
}


def request(name: str) -> SchemaNode:
    """Return the compiled schema of a request, by the name of its component."""
    return tree.request(DOCUMENT, name, MODELS.get(name))


def request_of(operation: Operation) -> SchemaNode:
    """Return the compiled schema of an operation's request body.

    Raises:
        KeyError: the operation has none.

    """
    if operation.body is None:
        raise KeyError(operation.name)
    return request(operation.body)
