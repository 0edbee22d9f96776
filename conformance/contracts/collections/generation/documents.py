"""Bodies of `POST /v1/collections/{collection_identifier}/documents`."""

from functools import cache
from typing import Any

from hypothesis import strategies as st

from conformance.contracts.collections import openapi
from conformance.contracts.collections.models.documents import SYSTEM_FIELDS
from conformance.contracts.collections.vocabulary import Vocabulary
from conformance.generation import json_values
from conformance.generation.decisions import Draw, Tape

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
    """Return the names that a user's field must not have to be sure of coming back at the root."""
    request, internal = openapi.schema("CreateDocumentRequest"), openapi.schema("Internal")
    return frozenset({*request["properties"], *internal["properties"], *SYSTEM_FIELDS, "document_id", "_internal"})


@st.composite
def payloads(draw: Draw, vocabulary: Vocabulary) -> Body:
    """Draw a valid body for the first collection of the vocabulary."""
    tape = Tape(draw)
    body: Body = {"collection_id": vocabulary.collections[0]}
    fields = tape.inner()
    body |= {fields.pick(USER_FIELDS): json_values.value(fields) for _ in range(tape.below(4))}
    options = tape.byte()
    if options & 1:
        body["metadata"] = json_values.mapping(tape.inner())
    if options & 6:
        body |= lineage(tape, vocabulary)
    if options & 8:
        body["lineage_chain"] = [step(tape, vocabulary) for _ in range(tape.below(4))]
    if options & 48 == 48:  # noqa: PLR2004 - two bits: one in four
        body["features"] = [feature(tape.inner(), vocabulary) for _ in range(tape.below(3))]
    if options & 192 == 192:  # noqa: PLR2004
        body["document_blobs"] = [blob(tape.inner()) for _ in range(tape.below(3))]
    if tape.one_in(4):
        body["document_schema_version"] = tape.pick(("v1", "v2", None))
    return body


def minimal(collection: str) -> Body:
    """Return the smallest valid body."""
    return {"collection_id": collection}


def lineage(tape: Tape, vocabulary: Vocabulary) -> Body:
    """Return lineage fields; what they name exists, or is an object, which no operation can make."""
    made: Body = {}
    options = tape.byte()
    if options & 1:
        made["root_bucket_id"] = tape.pick((*vocabulary.bucket_names, None))
    if options & 2:
        made["source_type"] = tape.pick(("bucket", "collection", None))
    if options & 4:
        made["source_collection_id"] = tape.pick((*vocabulary.collections, None))
    if options & 8 and vocabulary.documents:
        made["source_document_id"] = tape.pick((*vocabulary.documents, None))
    if options & 16:
        made["lineage_path"] = tape.text(json_values.TEXTS)
    if options & 96 == 96:  # noqa: PLR2004
        made["root_object_id"] = tape.text(json_values.TEXTS)
        made["source_object_id"] = tape.text(json_values.TEXTS)
    return made


def step(tape: Tape, vocabulary: Vocabulary) -> Body:
    """Return one lineage step."""
    made: Body = {"collection_id": tape.pick(vocabulary.collections), "feature_extractor_id": _extractor_id(tape, vocabulary)}
    if vocabulary.documents and tape.one_in(3):
        made["document_id"] = tape.pick((*vocabulary.documents, None))
    if tape.one_in(2):
        made["timestamp"] = tape.pick(json_values.TIMES)
    return made


def _extractor_id(tape: Tape, vocabulary: Vocabulary) -> str:
    takes_any = vocabulary.feature_extractors is None and vocabulary.feature_extractor_ids is None
    return tape.text(json_values.TEXTS) or "e" if takes_any else tape.pick(vocabulary.extractor_ids)


def feature(tape: Tape, vocabulary: Vocabulary) -> Body:
    """Return a feature; its vectors are dense, sparse, multi-dense, several named ones, or none."""
    made: Body = {"feature_extractor_id": _extractor_id(tape, vocabulary)}
    if tape.one_in(2):
        made["payload"] = json_values.mapping(tape, 2)
    match tape.below(6):
        case 1:
            made["vectors"] = {"dense": _dense(tape)}
        case 2:
            made["vectors"] = {"indices": [1, 5, 4096], "values": _dense(tape)}
        case 3:
            made["vectors"] = {"multi": [_dense(tape), _dense(tape)]}
        case 4:
            made["vectors"] = {"text": _dense(tape), "image": _dense(tape)}
        case 5:
            made["vectors"] = None
    return made


def _dense(tape: Tape) -> list[float]:
    return [tape.pick(_FLOATS) for _ in range(3)]


def blob(tape: Tape) -> Body:
    """Return a reference to a file."""
    made: Body = {
        "field": tape.pick(("video", "cover", "название")),
        "url": tape.pick(("s3://bucket/key", "https://x.test/a?b=c#d")),
    }
    options = tape.byte()
    if options & 1:
        made["role"] = tape.pick(_ROLES)
    if options & 2:
        made["type"] = tape.pick(_TYPES)
    if options & 4:
        made["filename"] = tape.text(json_values.TEXTS)
    if options & 8:
        made["size_bytes"] = tape.pick((0, 1, 2**31, 2**53 - 1, None))
    if options & 16:
        made["content_type"] = tape.pick(("video/mp4", "", None))
    if options & 32:
        made["created_at"] = tape.pick((*json_values.TIMES, None))
    if options & 64:
        made["checksum"] = tape.text(json_values.TEXTS)
    if options & 128:
        made["presigned_url"] = "https://x.test/not-kept"
    return made
