"""Requests of the edition of 2026-01 that differ from those of the first edition."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from conformance.contracts.collections.models._model import Integer, Model
from conformance.contracts.collections.models.documents import DocumentWithoutBlobs, Feature
from conformance.contracts.collections.models.filters import Filters
from conformance.contracts.collections.models.lineage import SourceType as ParentType
from conformance.contracts.collections.models.lists import Sort
from conformance.generation.annotations import Examples, FromVocabulary, OnlyIf, Size, Weight

# Letters, digits, `_` and `-`; a run puts its tag before each name.
NAME = r"^[A-Za-z0-9_-]+$"
Name = Annotated[str, Field(min_length=3, max_length=100, pattern=NAME), Examples("abc", "Name-1", "x_y", "9" * 79)]
FieldType = Literal["string", "number", "integer", "float", "boolean", "object", "array", "date", "datetime", "text", "image", "audio",
                    "video", "pdf", "excel"]  # fmt: skip
BucketId = Annotated[str, FromVocabulary("bucket")]
Phase = Annotated[Integer, Field(ge=1, le=3)]
Priority = Annotated[Integer, Field(ge=0, le=1000)]


class SourceFilters(Model):
    """What a source selects of its objects or documents."""

    filters: Filters | None = None


class Source(Model):
    """What a collection is made from. A bucket's needs `bucket_ids`, a collection's one of `collection_id` and `collection_ids`."""

    type: ParentType  # taxonomies and clusters are no other operation's to make here
    bucket_ids: Annotated[list[BucketId] | None, Field(min_length=1), Size(1, 1), OnlyIf("type", "bucket")] = None
    collection_id: Annotated[str | None, FromVocabulary("collection"), OnlyIf("type", "collection")] = None
    collection_ids: Annotated[
        list[Annotated[str, FromVocabulary("collection")]] | None, Field(min_length=1), OnlyIf("type", "none")
    ] = None
    inherited_bucket_ids: Annotated[list[str] | None, Weight(0)] = None
    source_filters: Annotated[SourceFilters | None, Weight(0.65)] = None


class SchemaField(Model):
    """One field of a schema."""

    type: FieldType
    default: Any = None
    items: "SchemaField | None" = None
    properties: dict[str, "SchemaField"] | None = None
    examples: list[Any] | None = None
    description: str | None = None
    enum: list[Any] | None = None
    required: bool | None = False


class Schema(Model):
    """The fields of objects or documents."""

    properties: dict[str, SchemaField]


class FieldPassthrough(Model):
    """A field of the source that documents take over."""

    source_path: str
    target_path: str | None = None
    default: Any = None
    required: bool = False


class InputMapping(Model):
    """One input of an extractor, in the longer form."""

    input_key: str
    source_type: Literal["payload", "literal", "vector"] | None = None
    path: str | None = None
    override: Any = None


class FeatureExtractor(Model):
    """The one extractor of a collection, its parameters, and what it reads and passes through."""

    feature_extractor_name: Annotated[str, FromVocabulary("feature_extractor")]
    version: Annotated[str, FromVocabulary("version", beside="feature_extractor")]
    params: Annotated[dict[str, Any] | None, Weight(0.05)] = None
    parameters: Annotated[dict[str, Any] | None, Weight(0.12)] = None
    # An empty list of them is not sent: whether it is shown as an empty list or an empty map is a server's own business.
    input_mappings: Annotated[dict[str, str] | Annotated[list[InputMapping], Size(1, 2)], Weight(0.12)] = {}
    field_passthrough: Annotated[list[FieldPassthrough], Weight(0.12)] = []
    include_all_source_fields: bool = False


class TaxonomyApplication(Model):
    """A taxonomy to apply."""

    model_config = ConfigDict(extra="forbid")

    taxonomy_id: Annotated[str, FromVocabulary("taxonomy")]
    execution_mode: Literal["materialize"] = "materialize"
    target_collection_id: Annotated[str | None, FromVocabulary("collection")] = None
    scroll_filters: Annotated[Filters | None, Weight(0.1)] = None
    execution_phase: Phase = 1
    priority: Priority = 0
    hierarchical_enrichment_style: Literal["full_chain", "best_match", "combined"] = "combined"


class ClusterApplication(Model):
    """A cluster to compute when documents have come."""

    cluster_id: Annotated[str, FromVocabulary("cluster of this collection")]
    auto_execute_on_batch: bool = True
    min_document_threshold: Integer | None = None
    cooldown_seconds: Integer = 3600
    execution_phase: Phase = 2
    priority: Priority = 0


class AlertInputSource(Model):
    """Where an alert's input comes from."""

    source_type: Literal["document_field", "constant"]
    path: str | None = None
    value: Any = None


class AlertInputMapping(Model):
    """One input of an alert."""

    input_key: str
    source: AlertInputSource


class AlertApplication(Model):
    """An alert to run."""

    model_config = ConfigDict(extra="forbid")

    alert_id: Annotated[str, FromVocabulary("alert")]
    execution_mode: Literal["on_ingest", "scheduled", "on_demand"] = "on_ingest"
    input_mappings: Annotated[list[AlertInputMapping], Field(min_length=1), Size(1, 2)]
    execution_phase: Literal[1, 2, 3] = 3
    priority: Priority = 0


class CreateCollectionRequest(Model):
    """The body of `POST /v1/collections`."""

    collection_name: Name
    description: str | None = None
    source: Source
    input_schema: Annotated[Schema | None, Weight(0.1)] = None
    feature_extractor: FeatureExtractor
    enabled: bool = True
    metadata: dict[str, Any] | None = None
    taxonomy_applications: Annotated[list[TaxonomyApplication] | None, Weight(0.25)] = None
    cluster_applications: Annotated[list[ClusterApplication] | None, Weight(0.12)] = None
    alert_applications: Annotated[list[AlertApplication] | None, Weight(0.25)] = None


class CollectionFields(Model):
    """The body of `PATCH /v1/collections/{id}`: what of a collection can be changed."""

    collection_name: Name = ""
    description: str | None = None
    enabled: bool = True
    taxonomy_applications: list[TaxonomyApplication] | None = None


class ListCollectionsRequest(Model):
    """The body of `POST /v1/collections/list`."""

    filters: Filters | None = None
    sort: Sort | None = None
    search: str | None = None
    case_sensitive: bool = False


class CreateDocumentRequest(DocumentWithoutBlobs):
    """The body of `POST …/documents`: blobs are the server's own."""


class DocumentFields(Model):
    """The body of PUT and of PATCH; `model_extra` holds the user's own fields."""

    model_config = ConfigDict(extra="allow")

    metadata: dict[str, Any] = {}
    features: list[Feature] = []


class BulkUpdateRequest(Model):
    """The body of `PATCH …/documents/bulk`."""

    filters: Filters | None = None
    update_data: dict[str, Any]


class BatchDocumentUpdate(Model):
    """What is to change of one document."""

    document_id: str
    update_data: dict[str, Any]


class BatchUpdateRequest(Model):
    """The body of `POST …/documents/batch`: either `updates`, or `filters` and `update_data`."""

    updates: Annotated[list[BatchDocumentUpdate] | None, Field(min_length=1, max_length=1000)] = None
    filters: Filters | None = None
    update_data: dict[str, Any] | None = None


class BatchDeleteRequest(Model):
    """The body of `DELETE …/documents/batch`: either `document_ids` or `filters`."""

    document_ids: Annotated[list[str] | None, Field(min_length=1, max_length=1000)] = None
    filters: Filters | None = None


class UniqueKey(Model):
    """Which fields of a bucket's objects are unique together."""

    fields: Annotated[list[str], Field(min_length=1)]
    default_policy: Literal["insert", "update", "upsert"] | None = None


class CreateBucketRequest(Model):
    """The body of `POST /v1/buckets`."""

    bucket_name: str
    bucket_schema: Schema
    description: str | None = None
    metadata: dict[str, Any] = {}
    unique_key: UniqueKey | None = None


class BucketFields(Model):
    """The body of PUT and of PATCH of a bucket."""

    bucket_name: str | None = None
    description: str | None = None
    metadata: dict[str, Any] | None = None
