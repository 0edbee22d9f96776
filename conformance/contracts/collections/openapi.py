"""The OpenAPI document of the API, and short names for its most used functions."""

from collections.abc import Mapping

from pydantic import BaseModel

from conformance.contracts.collections.models.collections import CreateCollectionRequest
from conformance.contracts.collections.models.documents import CreateDocumentRequest, DocumentFields
from conformance.contracts.collections.models.lists import ListDocumentsRequest
from conformance.schema.components import Components
from conformance.schema.openapi import OpenApiDocument

FILE = "specs/collections/openapi.yaml"
DOCUMENT = OpenApiDocument(FILE)
fits, explain, schema, resolve, validator = DOCUMENT.fits, DOCUMENT.explain, DOCUMENT.schema, DOCUMENT.resolve, DOCUMENT.validator


# The models of requests, by the name of the component that describes the same.
MODELS: Mapping[str, type[BaseModel]] = {
    model.__name__: model for model in (CreateCollectionRequest, CreateDocumentRequest, DocumentFields, ListDocumentsRequest)
}


COMPONENTS = Components(DOCUMENT, MODELS)
request = COMPONENTS.request
