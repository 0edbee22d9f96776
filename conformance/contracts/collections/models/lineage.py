"""Lineage: where a collection draws from, and which steps made a document."""

from typing import Annotated, Literal

from conformance.contracts.collections.models._model import Model, OpenModel, Time
from conformance.contracts.collections.models.filters import Filters
from conformance.generation.annotations import FromVocabulary, OnlyIf, Text, Weight

# What a collection or a document is made from.
SourceType = Literal["bucket", "collection"]


class Source(Model):
    """What a collection is made from, and what it takes of it."""

    type: SourceType
    bucket_id: Annotated[str | None, FromVocabulary("bucket"), OnlyIf("type", "bucket")] = None
    prefix_key: Annotated[str | None, Text("paths"), Weight(0.3)] = None
    collection_id: Annotated[str | None, FromVocabulary("collection"), OnlyIf("type", "collection")] = None
    filters: Annotated[Filters | None, Weight(0.65)] = None


class LineageStep(Model):
    """One processing step from the root object to a document."""

    collection_id: Annotated[str, FromVocabulary("collection")]
    feature_extractor_id: Annotated[str, FromVocabulary("feature_extractor_id")]
    document_id: Annotated[str | None, FromVocabulary("document")] = None
    timestamp: Time = ""  # not given; null is no time


class LineageStepView(OpenModel):
    """A step as answered."""

    collection_id: str = ""
    feature_extractor_id: str = ""
    document_id: str | None = None
    timestamp: str | None = None


class InternalLineage(OpenModel):
    """A document's lineage as answered, in `_internal.lineage`."""

    root_object_id: str | None = None
    root_bucket_id: str | None = None
    source_type: SourceType | None = None
    source_object_id: str | None = None
    source_document_id: str | None = None
    source_collection_id: str | None = None
    path: str | None = None
    chain: list[LineageStepView] | None = None
