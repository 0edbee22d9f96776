"""Bodies of `POST /v1/collections/{collection_identifier}/documents`."""

from functools import cache
from typing import Any

from hypothesis import strategies as st

from conformance.contracts.collections import openapi
from conformance.contracts.collections.models.documents import SYSTEM_FIELDS
from conformance.contracts.collections.vocabulary import Vocabulary
from conformance.generation import json_values
from conformance.generation.decisions import DecisionStream, Draw

Body = dict[str, Any]
# Names of user fields that no server can have a reason to treat as its own.
USER_FIELDS = (
    "content", "0",
    "title", "brand_name", "price", "in_stock", "tags", "Brand", "BRAND", "with space", "kebab-field", "camelField", "название", "标题",
    "prix_é", "prix_e\u0301", "😀", "f0", "f1", "f2", "x" * 64, "notes", "rating", "_note",
)  # fmt: skip
_ROLES = ("source", "processed", "thumbnail", "artifact", "aux")
_TYPES = ("video", "image", "audio", "text", "pdf", "other")
_FLOATS = (0.0, 1.0, -1.0, 0.5, 0.1, -0.25, 1e-7, 3.4028234e38)


@cache
def reserved() -> frozenset[str]:
    """Return the names that a server may use itself, so that a user's field of that name may not come back at the root."""
    request, internal = openapi.schema("CreateDocumentRequest"), openapi.schema("Internal")
    return frozenset({*request["properties"], *internal["properties"], *SYSTEM_FIELDS, "document_id", "_internal"})


@st.composite
def payloads(draw: Draw, vocabulary: Vocabulary) -> Body:
    """Draw a valid body for the first collection of the vocabulary."""
    stream = DecisionStream(draw)
    body: Body = {"collection_id": vocabulary.collections[0]}
    fields = stream.inner()
    body |= {fields.pick(USER_FIELDS): json_values.value(fields) for _ in range(stream.below(4))}
    options = stream.byte()
    if options & 1:
        body["metadata"] = json_values.mapping(stream.inner())
    if options & 6:
        body |= lineage(stream, vocabulary)
    if options & 8:
        body["lineage_chain"] = [step(stream, vocabulary) for _ in range(stream.below(4))]
    if options & 48 == 48:  # noqa: PLR2004 - two bits: one in four
        body["features"] = [feature(stream.inner(), vocabulary) for _ in range(stream.below(3))]
    if options & 192 == 192:  # noqa: PLR2004
        body["document_blobs"] = [blob(stream.inner()) for _ in range(stream.below(3))]
    if stream.one_in(4):
        body["document_schema_version"] = stream.pick(("v1", "v2", None))
    return body


def minimal(collection: str) -> Body:
    """Return the smallest valid body."""
    return {"collection_id": collection}


def lineage(stream: DecisionStream, vocabulary: Vocabulary) -> Body:
    """Return lineage fields. The names exist, or are objects, which no operation can create."""
    fields: Body = {}
    options = stream.byte()
    if options & 1:
        fields["root_bucket_id"] = stream.pick((*vocabulary.bucket_names, None))
    if options & 2:
        fields["source_type"] = stream.pick(("bucket", "collection", None))
    if options & 4:
        fields["source_collection_id"] = stream.pick((*vocabulary.collections, None))
    if options & 8 and vocabulary.documents:
        fields["source_document_id"] = stream.pick((*vocabulary.documents, None))
    if options & 16:
        fields["lineage_path"] = stream.text(json_values.TEXTS)
    if options & 96 == 96:  # noqa: PLR2004
        fields["root_object_id"] = stream.text(json_values.TEXTS)
        fields["source_object_id"] = stream.text(json_values.TEXTS)
    return fields


def step(stream: DecisionStream, vocabulary: Vocabulary) -> Body:
    """Return one lineage step."""
    fields: Body = {"collection_id": stream.pick(vocabulary.collections), "feature_extractor_id": _extractor_id(stream, vocabulary)}
    if vocabulary.documents and stream.one_in(3):
        fields["document_id"] = stream.pick((*vocabulary.documents, None))
    if stream.one_in(2):
        fields["timestamp"] = stream.pick(json_values.TIMES)
    return fields


def _extractor_id(stream: DecisionStream, vocabulary: Vocabulary) -> str:
    takes_any = vocabulary.feature_extractors is None and vocabulary.feature_extractor_ids is None
    return stream.text(json_values.TEXTS) or "e" if takes_any else stream.pick(vocabulary.extractor_ids)


def feature(stream: DecisionStream, vocabulary: Vocabulary) -> Body:
    """Return a feature: its vectors are dense, sparse, multi-dense, several named ones, or none."""
    fields: Body = {"feature_extractor_id": _extractor_id(stream, vocabulary)}
    if stream.one_in(2):
        fields["payload"] = json_values.mapping(stream, 2)
    match stream.below(6):
        case 1:
            fields["vectors"] = {"dense": _dense(stream)}
        case 2:
            fields["vectors"] = {"indices": [1, 5, 4096], "values": _dense(stream)}
        case 3:
            fields["vectors"] = {"multi": [_dense(stream), _dense(stream)]}
        case 4:
            fields["vectors"] = {"text": _dense(stream), "image": _dense(stream)}
        case 5:
            fields["vectors"] = None
    return fields


def _dense(stream: DecisionStream) -> list[float]:
    return [stream.pick(_FLOATS) for _ in range(3)]


def blob(stream: DecisionStream) -> Body:
    """Return a reference to a file."""
    fields: Body = {
        "field": stream.pick(("video", "cover", "название")),
        "url": stream.pick(("s3://bucket/key", "https://x.test/a?b=c#d")),
    }
    options = stream.byte()
    if options & 1:
        fields["role"] = stream.pick(_ROLES)
    if options & 2:
        fields["type"] = stream.pick(_TYPES)
    if options & 4:
        fields["filename"] = stream.text(json_values.TEXTS)
    if options & 8:
        fields["size_bytes"] = stream.pick((0, 1, 2**31, 2**53 - 1, None))
    if options & 16:
        fields["content_type"] = stream.pick(("video/mp4", "", None))
    if options & 32:
        fields["created_at"] = stream.pick((*json_values.TIMES, None))
    if options & 64:
        fields["checksum"] = stream.text(json_values.TEXTS)
    if options & 128:
        fields["presigned_url"] = "https://x.test/not-kept"
    return fields
