"""Documents: what creates one, and what is answered."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from conformance.contracts.collections.models._model import Integer, Model, OpenModel, Time
from conformance.contracts.collections.models.lineage import InternalLineage, LineageStep, SourceType
from conformance.generation.annotations import Depth, Examples, FromVocabulary, Text, Weight, own_names

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

# Names of user fields that no server can have a reason to treat as its own.
USER_FIELDS = (
    "content", "0",
    "title", "brand_name", "price", "in_stock", "tags", "Brand", "BRAND", "with space", "kebab-field", "camelField", "название", "标题",
    "prix_é", "prix_e\u0301", "😀", "f0", "f1", "f2", "x" * 64, "notes", "rating", "_note",
)  # fmt: skip
# One of each form: dense, sparse, several of one name, several names; with numbers that float32 rounds or cannot hold exactly.
VECTORS: tuple[dict[str, Any] | None, ...] = (
    {"dense": [0.0, 1.0, -1.0, 0.5]},
    {"indices": [0, 1, 5, 4096], "values": [0.1, -0.25, 1e-7, 3.4028234e38]},
    {"multi": [[0.1, 0.2], [-0.25, 0.5]]},
    {"text": [0.1], "image": [0.2, 3.4028234e38]},
    {"dense": [1e-7, 0.1, -0.25, 3.4028234e38]},
    None,
)

# The version of a document's schema.
SchemaVersion = Literal["v1", "v2"]

# What a blob is to its document.
Role = Literal["source", "processed", "thumbnail", "artifact", "aux"]

# What a blob holds.
BlobType = Literal["video", "image", "audio", "text", "pdf", "other"]


class Feature(Model):
    """What an extractor found: a payload, and vectors that are named dense, sparse or one named list of dense ones."""

    feature_extractor_id: Annotated[str, FromVocabulary("feature_extractor_id")]
    payload: Annotated[dict[str, Any], Depth(2)] = {}
    vectors: Annotated[dict[str, Any] | None, Examples(*VECTORS), Weight(0.8)] = None


class BlobRef(Model):
    """A file that belongs to a document; `size_bytes` counts bytes."""

    field: Annotated[str, Field(min_length=1), Examples("video", "cover", "название")]
    url: Annotated[str, Field(min_length=1), Examples("s3://bucket/key", "https://x.test/a?b=c#d")]
    role: Role = "source"
    type: BlobType = "other"
    filename: str | None = None
    size_bytes: Annotated[Integer, Field(ge=0)] | None = None
    content_type: Annotated[str | None, Examples("video/mp4", "", None)] = None
    checksum: str | None = None
    created_at: Time | None = None
    source_blob_id: str | None = None
    presigned_url: Annotated[Any, Examples("https://x.test/not-kept"), Weight(0.3)] = None  # ignored, whatever it is


class DocumentWithoutBlobs(Model):
    """What every edition takes to create a document; `model_extra` holds the user's own fields."""

    model_config = ConfigDict(extra="allow", json_schema_extra=own_names(*USER_FIELDS))

    collection_id: Annotated[str, FromVocabulary("collection")]
    root_object_id: Annotated[str | None, FromVocabulary("object", unknown=1), Weight(0.1)] = None
    root_bucket_id: Annotated[str | None, FromVocabulary("bucket"), Weight(0.4)] = None
    source_type: Annotated[SourceType | None, Weight(0.4)] = None
    source_collection_id: Annotated[str | None, FromVocabulary("collection"), Weight(0.4)] = None
    source_document_id: Annotated[str | None, FromVocabulary("document"), Weight(0.4)] = None
    source_object_id: Annotated[str | None, FromVocabulary("object", unknown=1), Weight(0.1)] = None
    lineage_path: Annotated[str | None, Text("paths"), Weight(0.4)] = None
    lineage_chain: list[LineageStep] = []
    document_schema_version: Annotated[SchemaVersion | None, Weight(0.25)] = None
    metadata: dict[str, Any] = {}
    features: Annotated[list[Feature], Weight(0.25)] = []


class CreateDocumentRequest(DocumentWithoutBlobs):
    """The body of `POST …/documents`."""

    document_blobs: Annotated[list[BlobRef], Weight(0.25)] = []


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
