"""Where editions have what a collection is made from: the filters of its source, and the source's config in its lineage."""

from conformance.core.pointers import Pointer
from conformance.evidence.operation import Operation
from conformance.schema.openapi import OpenApiDocument
from conformance.schema.tree import SchemaNode


def filters_at(schema: SchemaNode) -> Pointer:
    """Return where the body of a request has its filters: a list's at its root, a collection's in its source."""
    source = schema.properties.get("source")
    if source is None:
        return ("filters",)
    return ("source", "filters") if "filters" in source.properties else ("source", "source_filters", "filters")


def config_key(operation: Operation, kind: str) -> str:
    """Return the key under which the last entry of a collection's lineage has the config of its source, which is of some kind."""
    return "source_config" if "source_config" in _entry(operation.document) else f"{kind}_config"


def names_its_source(operation: Operation) -> bool:
    """Whether an entry of the lineage has the type and the id of its source beside the config."""
    return "source_type" in _entry(operation.document)


def _entry(document: OpenApiDocument) -> frozenset[str]:
    return frozenset(document.schema("LineageEntry")["properties"])
