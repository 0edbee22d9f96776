"""What requests of the API hold, as Pydantic reads it: lax, as is its default."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Json = dict[str, Any]
Operator = Literal["eq", "ne", "gt", "lt", "gte", "lte", "in", "nin", "contains", "starts_with", "ends_with", "regex", "exists", "is_null",
                   "text"]  # fmt: skip
Seconds = Annotated[int, Field(ge=0)]


class Condition(BaseModel):
    """One comparison of a filter."""

    field: str
    operator: Operator = "eq"
    value: Any = None


class Group(BaseModel):
    """Conditions, and groups of them, that hold together."""

    model_config = ConfigDict(extra="forbid")

    AND: list["Condition | Group"] | None = None
    OR: list["Condition | Group"] | None = None
    NOT: list["Condition | Group"] | None = None
    case_sensitive: bool | None = False


class Source(BaseModel):
    """Where the objects of a collection come from."""

    type: Literal["bucket", "collection"]
    bucket_id: str | None = None
    prefix_key: str | None = None
    collection_id: str | None = None
    filters: Group | None = None

    @model_validator(mode="after")
    def names_something(self) -> "Source":
        """Refuse a source that names nothing.

        Raises:
            ValueError: it does.

        """
        if not getattr(self, f"{self.type}_id"):
            raise ValueError(f"a {self.type} needs its id")
        return self


class Extractor(BaseModel):
    """What makes features of an object."""

    feature_extractor_name: str
    version: str
    parameters: Json = {}
    input_mapping: dict[str, str] = {}
    output_mapping: dict[str, str] = {}
    document_output_type: Literal["single", "multiple"] | None = None
    document_input_handling: Literal["individual", "grouped"] | None = None
    document_output_handling: Literal["create_new"] | None = None


class Taxonomy(BaseModel):
    """A taxonomy that is applied to a collection."""

    taxonomy_id: str
    output_collection: str | None = None


class Event(BaseModel):
    """A change that makes cached results stale."""

    collection: str
    action: Literal["create", "update", "delete"]
    recompute_strategy: Literal["immediate", "background", "lazy"] = "background"
    retriever_id: str | None = None


class Retriever(BaseModel):
    """The cache of one retriever."""

    enabled: bool = True
    ttl_seconds: Seconds | None = None
    score_threshold: float | None = None


class Cache(BaseModel):
    """How results are cached."""

    enabled: bool = True
    ttl_seconds: Seconds = 604800
    invalidation_strategy: Literal["replace_if_better", "replace_always", "keep_existing"] = "replace_if_better"
    max_entries_per_key: Annotated[int, Field(ge=1)] = 5
    score_threshold: float | None = None
    invalidation_events: list[Event] = []
    retriever_configs: dict[str, Retriever] = {}


class Handling(BaseModel):
    """What becomes of documents."""

    output_type: Literal["single", "multiple"] | None = None


class NewCollection(BaseModel):
    """The body of `POST /v1/collections/create`."""

    collection_name: str
    description: str | None = None
    source: Source
    feature_extractors: list[Extractor]
    taxonomy_applications: list[Taxonomy] = []
    enabled: bool = True
    metadata: Json | None = None
    document_handling: Handling | None = None
    cache_config: Cache | None = None


class Step(BaseModel):
    """One step of a document's lineage."""

    collection_id: str
    feature_extractor_id: str
    document_id: str | None = None
    timestamp: datetime | None = None


class Feature(BaseModel):
    """What an extractor found in an object."""

    feature_extractor_id: str
    payload: Json = {}
    vectors: Json | None = None


class Blob(BaseModel):
    """A file that belongs to a document."""

    field: str
    url: str
    role: Literal["source", "processed", "thumbnail", "artifact", "aux"] | None = None
    type: Literal["video", "image", "audio", "text", "pdf", "other"] | None = None
    filename: str | None = None
    size_bytes: Seconds | None = None
    content_type: str | None = None
    checksum: str | None = None
    created_at: datetime | None = None
    source_blob_id: str | None = None


class NewDocument(BaseModel):
    """The body of `POST /v1/collections/{collection}/documents`; further fields are the user's."""

    model_config = ConfigDict(extra="allow")

    collection_id: str
    root_object_id: str | None = None
    root_bucket_id: str | None = None
    source_collection_id: str | None = None
    source_document_id: str | None = None
    source_object_id: str | None = None
    source_type: Literal["bucket", "collection"] | None = None
    lineage_path: str | None = None
    lineage_chain: list[Step] = []
    document_schema_version: Literal["v1", "v2"] | None = None
    metadata: Json = {}
    features: list[Feature] = []
    document_blobs: list[Blob] = []
