"""Bodies of `POST /v1/collections/create`."""

from typing import Any

from hypothesis import strategies as st

from conformance.contracts.collections.generation import filters
from conformance.contracts.collections.vocabulary import Vocabulary
from conformance.generation import json_values
from conformance.generation.decisions import DecisionStream, Draw

Body = dict[str, Any]
_WHOLE = (0, 1, 60, 604_800, 2**31 - 1, 2**31, 2**53 - 1)
_THRESHOLDS = (0, 0.0, 0.5, 1, -1, 0.30000000000000004, 1e-7, None)


@st.composite
def payloads(draw: Draw, vocabulary: Vocabulary) -> Body:
    """Draw a valid body, half of them with filters. The caller puts its tag before the name."""
    stream = DecisionStream(draw)
    body: Body = {
        "collection_name": stream.text(json_values.TEXTS),
        "source": source(stream, vocabulary),
        "feature_extractors": [extractor(stream.inner(), vocabulary) for _ in range(1 + stream.below(2))],
    }
    options = stream.byte()
    if options & 1:
        body["description"] = stream.text(json_values.TEXTS) if stream.byte() else None
    if options & 2:
        body["metadata"] = json_values.mapping(stream.inner()) if stream.byte() else None
    if options & 4:
        body["enabled"] = bool(stream.below(2))
    if options & 24 == 24:  # noqa: PLR2004 - two bits: one in four
        body["taxonomy_applications"] = [taxonomy(stream, vocabulary) for _ in range(stream.below(4))]
    if options & 96:
        body["cache_config"] = cache(stream.inner(), vocabulary)
    if options & 128 and stream.one_in(2):
        body["document_handling"] = {"output_type": stream.pick(("single", "multiple", None))}
    return body


def minimal(vocabulary: Vocabulary, name: str = "") -> Body:
    """Return the smallest valid body."""
    extractor_name, version = vocabulary.extractors[0]
    return {
        "collection_name": name,
        "source": {"type": "bucket", "bucket_id": vocabulary.bucket_names[0]},
        "feature_extractors": [{"feature_extractor_name": extractor_name, "version": version}],
    }


def source(stream: DecisionStream, vocabulary: Vocabulary) -> Body:
    """Return a source: a bucket, or a collection that the run has created."""
    body: Body = {"type": "bucket", "bucket_id": stream.pick(vocabulary.bucket_names)}
    if vocabulary.collections and stream.one_in(4):
        body = {"type": "collection", "collection_id": stream.pick(vocabulary.collections)}
    elif stream.one_in(3):
        body["prefix_key"] = stream.text(json_values.TEXTS)
    if stream.below(8) > 2:  # noqa: PLR2004 - some payloads run out of bytes before they get here
        body["filters"] = filters.group(stream.inner())
    return body


def extractor(stream: DecisionStream, vocabulary: Vocabulary) -> Body:
    """Return a feature extractor."""
    name, version = stream.pick(vocabulary.extractors)
    body: Body = {"feature_extractor_name": name, "version": version}
    options = stream.byte()
    if options & 1:
        body["parameters"] = json_values.mapping(stream, 2)
    if options & 2:
        body["input_mapping"] = _mapping(stream)
    if options & 4:
        body["output_mapping"] = _mapping(stream)
    if options & 8:
        body["document_output_type"] = stream.pick(("single", "multiple", None))
    if options & 16:
        body["document_input_handling"] = stream.pick(("individual", "grouped", None))
    if options & 32:
        body["document_output_handling"] = stream.pick(("create_new", None))
    return body


def _mapping(stream: DecisionStream) -> dict[str, str]:
    return {json_values.key(stream): stream.text(json_values.TEXTS) for _ in range(stream.below(3))}


def taxonomy(stream: DecisionStream, vocabulary: Vocabulary) -> Body:
    """Return a taxonomy application."""
    body: Body = {"taxonomy_id": stream.pick(vocabulary.taxonomy_names)}
    if stream.one_in(2):
        body["output_collection"] = collection_name(stream, vocabulary) if stream.byte() else None
    return body


def collection_name(stream: DecisionStream, vocabulary: Vocabulary) -> str:
    """Return the name of a collection: mostly one that exists, so that no server has a reason to refuse it."""
    if vocabulary.collections and not stream.one_in(8):
        return stream.pick(vocabulary.collections)
    return stream.text(json_values.TEXTS)


def cache(stream: DecisionStream, vocabulary: Vocabulary) -> Body:
    """Return a cache configuration in which some or all fields are given."""
    body: Body = {}
    options = stream.byte()
    if options & 1:
        body["enabled"] = bool(stream.below(2))
    if options & 2:
        body["ttl_seconds"] = stream.pick(_WHOLE)
    if options & 4:
        body["invalidation_strategy"] = stream.pick(("replace_if_better", "replace_always", "keep_existing"))
    if options & 8:
        body["max_entries_per_key"] = stream.pick(_WHOLE[1:])
    if options & 16:
        body["score_threshold"] = stream.pick(_THRESHOLDS)
    if options & 32:
        body["invalidation_events"] = [event(stream.inner(), vocabulary) for _ in range(stream.below(4))]
    if options & 64:
        body["retriever_configs"] = {stream.pick(vocabulary.retriever_names): retriever(stream) for _ in range(stream.below(3))}
    return body


def event(stream: DecisionStream, vocabulary: Vocabulary) -> Body:
    """Return an invalidation event."""
    body: Body = {"collection": collection_name(stream, vocabulary), "action": stream.pick(("create", "update", "delete"))}
    if stream.one_in(2):
        body["recompute_strategy"] = stream.pick(("background", "immediate", "lazy"))
    if stream.one_in(3):
        body["retriever_id"] = stream.pick((*vocabulary.retriever_names, None))
    return body


def retriever(stream: DecisionStream) -> Body:
    """Return a retriever's own settings."""
    body: Body = {}
    options = stream.byte()
    if options & 1:
        body["enabled"] = bool(stream.below(2))
    if options & 2:
        body["ttl_seconds"] = stream.pick((*_WHOLE, None))
    if options & 4:
        body["score_threshold"] = stream.pick(_THRESHOLDS)
    return body
