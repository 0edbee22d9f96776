"""Documents: what creates one, and what is answered."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from conformance.contracts.collections.models._model import Integer, Model, OpenModel, Time
from conformance.contracts.collections.models.lineage import InternalLineage, LineageStep, SourceType

# What a server manages and therefore keeps in _internal (documents.create.no-system-fields-at-root).
SYSTEM_FIELDS = frozenset(
    {
        "internal_id",
        "namespace_id",
        "created_at",
        "updated_at",
        "root_object_id",
        "root_bucket_id",
        "source_type",
        "source_collection_id",
        "source_document_id",
        "source_object_id",
        "lineage_path",
        "lineage_chain",
        "lineage",
    },
)

# The version of a document's schema.
SchemaVersion = Literal["v1", "v2"]

# What a blob is to its document.
Role = Literal["source", "processed", "thumbnail", "artifact", "aux"]

# What a blob holds.
BlobType = Literal["video", "image", "audio", "text", "pdf", "other"]


class Feature(Model):
    """What an extractor found: a payload, and vectors that are named dense, sparse or one named list of dense ones."""

    feature_extractor_id: str
    payload: dict[str, Any] = {}
    vectors: dict[str, Any] | None = None


class BlobRef(Model):
    """A file that belongs to a document; `size_bytes` counts bytes."""

    field: Annotated[str, Field(min_length=1)]
    url: Annotated[str, Field(min_length=1)]
    role: Role = "source"
    type: BlobType = "other"
    filename: str | None = None
    size_bytes: Annotated[Integer, Field(ge=0)] | None = None
    content_type: str | None = None
    checksum: str | None = None
    created_at: Time | None = None
    source_blob_id: str | None = None
    presigned_url: Any = None  # ignored, whatever it is


class CreateDocumentRequest(Model):
    """The body of `POST …/documents`; `model_extra` holds the user's own fields."""

    model_config = ConfigDict(extra="allow")

    collection_id: str
    root_object_id: str | None = None
    root_bucket_id: str | None = None
    source_type: SourceType | None = None
    source_collection_id: str | None = None
    source_document_id: str | None = None
    source_object_id: str | None = None
    lineage_path: str | None = None
    lineage_chain: list[LineageStep] = []
    document_schema_version: SchemaVersion | None = None
    metadata: dict[str, Any] = {}
    features: list[Feature] = []
    document_blobs: list[BlobRef] = []


class DocumentFields(Model):
    """The body of PUT (all of the user's fields) and of PATCH (those that change); `model_extra` holds the user's own fields."""

    model_config = ConfigDict(extra="allow")

    metadata: dict[str, Any] = {}
    features: list[Feature] = []
    document_blobs: list[BlobRef] = []


class BlobView(OpenModel):
    """A blob as answered."""

    field: str
    url: str
    role: Role | None = None
    type: BlobType | None = None
    filename: str | None = None
    size_bytes: Annotated[Integer, Field(ge=0)] | None = None
    content_type: str | None = None
    checksum: str | None = None
    created_at: str | None = None
    source_blob_id: str | None = None
    presigned_url: str | None = None


class Internal(OpenModel):
    """What the server manages of a document."""

    internal_id: str | None = None
    namespace_id: str | None = None
    document_id: str | None = None
    collection_id: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    lineage: InternalLineage | None = None
    processing: dict[str, Any] | None = None
    source_blobs: list[Any] | None = None
    document_blobs: list[Any] | None = None
    source_details: list[Any] | None = None
    modality: str | None = None
    metadata: dict[str, Any] | None = None
    mime_type: str | None = None
    size_bytes: Integer | None = None
    content_hash: str | None = None


class Document(OpenModel):
    """The answer of creating and of reading a document: the user's fields stand at its root."""

    document_id: str
    collection_id: str
    document_blobs: list[BlobView] | None = None
    internal: Annotated[Internal, Field(alias="_internal")] = Internal()
