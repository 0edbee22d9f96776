"""The components of one edition of an API: its OpenAPI document, and the models that describe the same requests."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel

from conformance.schema import tree
from conformance.schema.openapi import OpenApiDocument
from conformance.schema.tree import SchemaNode


@dataclass(frozen=True, slots=True, eq=False)
class Components:
    """A document, and models by the name of the component that describes the same."""

    document: OpenApiDocument
    models: Mapping[str, type[BaseModel]] = field(default_factory=dict)

    def request(self, name: str) -> SchemaNode:
        """Return the compiled schema of a request, by the name of its component."""
        return tree.request(self.document, name, self.models.get(name))
