"""Collections: what creates one, and what is answered."""

from typing import Annotated, Any, Literal

from conformance.contracts.collections.models._model import Model, OpenModel
from conformance.contracts.collections.models.cache import CacheConfig, CacheConfigView
from conformance.contracts.collections.models.lineage import Source, SourceType
from conformance.generation.annotations import FromVocabulary, Size, Weight

# How many documents an extractor makes of an object.
OutputType = Literal["single", "multiple"]

# Whether an extractor sees documents one by one.
InputHandling = Literal["individual", "grouped"]

# What an extractor's output becomes.
OutputHandling = Literal["create_new"]

# Where the making of a collection stands.
Status = Literal[
    "DONE",
    "FAILED",
    "SKIPPED",
    "CANCELLED",
    "PROCESSING",
    "DOWNLOADING",
    "INITIALIZING",
    "UPLOADING",
    "QUEUED",
    "PENDING",
    "CONVERTING",
]

# What a field of a schema holds.
FieldType = Literal[
    "string",
    "number",
    "integer",
    "boolean",
    "object",
    "array",
    "date",
    "datetime",
    "json",
    "text",
    "image",
    "audio",
    "video",
    "pdf",
    "document",
    "spreadsheet",
    "presentation",
    "dense_vector",
    "sparse_vector",
    "int8_vector",
]


class FeatureExtractor(Model):
    """An extractor, its parameters, and the fields it reads and writes."""

    feature_extractor_name: Annotated[str, FromVocabulary("feature_extractor")]
    version: Annotated[str, FromVocabulary("version", beside="feature_extractor")]
    parameters: dict[str, Any] = {}
    input_mapping: dict[str, str] = {}
    output_mapping: dict[str, str] = {}
    document_output_type: OutputType | None = None
    document_input_handling: InputHandling | None = None
    document_output_handling: OutputHandling | None = None


class TaxonomyApplication(Model):
    """A taxonomy to apply, and where its output goes."""

    taxonomy_id: Annotated[str, FromVocabulary("taxonomy")]
    output_collection: Annotated[str | None, FromVocabulary("collection", unknown=0.1)] = None


class DocumentHandling(Model):
    """How documents are made."""

    output_type: OutputType | None = None


class CreateCollectionRequest(Model):
    """The body of `POST /v1/collections/create`."""

    collection_name: str
    description: str | None = None
    source: Source
    feature_extractors: Annotated[list[FeatureExtractor], Size(1, 2, fewest=0)]
    taxonomy_applications: Annotated[list[TaxonomyApplication], Weight(0.25)] = []
    enabled: bool = True
    metadata: dict[str, Any] | None = None
    document_handling: Annotated[DocumentHandling | None, Weight(0.25)] = None
    cache_config: Annotated[CacheConfig | None, Weight(0.75)] = None


class SchemaField(OpenModel):
    """One field of an output schema."""

    type: FieldType
    default: Any = None
    items: "SchemaField | None" = None
    properties: dict[str, "SchemaField"] | None = None
    example: Any = None
    description: str | None = None
    enum: list[Any] | None = None


class Schema(OpenModel):
    """The fields that documents of a collection have."""

    properties: dict[str, SchemaField]


class FeatureExtractorView(OpenModel):
    """An extractor as answered: what was not given may be null, empty or absent."""

    feature_extractor_name: str
    version: str
    parameters: dict[str, Any] | None = None
    input_mapping: dict[str, str] | None = None
    output_mapping: dict[str, str] | None = None
    document_output_type: str | None = None
    document_input_handling: str | None = None
    document_output_handling: str | None = None


class LineageEntry(OpenModel):
    """One source on the way to a collection."""

    source_type: SourceType
    collection_id: str | None = None
    bucket_id: str | None = None
    bucket_config: Source | None = None
    collection_config: Source | None = None
    feature_extractors: list[FeatureExtractorView] | None = None
    output_schema: Schema


class Collection(OpenModel):
    """The answer of creating and of reading a collection."""

    collection_name: str
    collection_id: str = ""
    description: str | None = None
    metadata: dict[str, Any] | None = None
    enabled: bool = True
    source_lineage: list[LineageEntry] = []
    feature_extractors: list[FeatureExtractorView]
    status: Status | None = "PENDING"
    output_schema: Schema
    taxonomy_applications: list[TaxonomyApplication] | None = None
    cache_config: CacheConfigView | None = None
