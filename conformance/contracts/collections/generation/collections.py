"""Bodies of `POST /v1/collections/create`."""

from typing import Any

from hypothesis import strategies as st

from conformance.contracts.collections.generation import filters
from conformance.contracts.collections.vocabulary import Vocabulary
from conformance.generation import json_values
from conformance.generation.decisions import Draw, Tape

Body = dict[str, Any]
_WHOLE = (0, 1, 60, 604_800, 2**31 - 1, 2**31, 2**53 - 1)
_THRESHOLDS = (0, 0.0, 0.5, 1, -1, 0.30000000000000004, 1e-7, None)


@st.composite
def payloads(draw: Draw, vocabulary: Vocabulary) -> Body:
    """Draw a valid body, half of them with filters; the name is a text for the caller to put its tag before."""
    tape = Tape(draw)
    body: Body = {
        "collection_name": tape.text(json_values.TEXTS),
        "source": source(tape, vocabulary),
        "feature_extractors": [extractor(tape.inner(), vocabulary) for _ in range(1 + tape.below(2))],
    }
    options = tape.byte()
    if options & 1:
        body["description"] = tape.text(json_values.TEXTS) if tape.byte() else None
    if options & 2:
        body["metadata"] = json_values.mapping(tape.inner()) if tape.byte() else None
    if options & 4:
        body["enabled"] = bool(tape.below(2))
    if options & 24 == 24:  # noqa: PLR2004 - two bits: one in four
        body["taxonomy_applications"] = [taxonomy(tape, vocabulary) for _ in range(tape.below(4))]
    if options & 96:
        body["cache_config"] = cache(tape.inner(), vocabulary)
    if options & 128 and tape.one_in(2):
        body["document_handling"] = {"output_type": tape.pick(("single", "multiple", None))}
    return body


def minimal(vocabulary: Vocabulary, name: str = "") -> Body:
    """Return the smallest valid body."""
    extractor_name, version = vocabulary.extractors[0]
    return {
        "collection_name": name,
        "source": {"type": "bucket", "bucket_id": vocabulary.bucket_names[0]},
        "feature_extractors": [{"feature_extractor_name": extractor_name, "version": version}],
    }


def source(tape: Tape, vocabulary: Vocabulary) -> Body:
    """Return a source: a bucket, or a collection of the run's."""
    made: Body = {"type": "bucket", "bucket_id": tape.pick(vocabulary.bucket_names)}
    if vocabulary.collections and tape.one_in(4):
        made = {"type": "collection", "collection_id": tape.pick(vocabulary.collections)}
    elif tape.one_in(3):
        made["prefix_key"] = tape.text(json_values.TEXTS)
    if tape.below(8) > 2:  # noqa: PLR2004 - some payloads run out of bytes before they get here
        made["filters"] = filters.group(tape.inner())
    return made


def extractor(tape: Tape, vocabulary: Vocabulary) -> Body:
    """Return a feature extractor."""
    name, version = tape.pick(vocabulary.extractors)
    made: Body = {"feature_extractor_name": name, "version": version}
    options = tape.byte()
    if options & 1:
        made["parameters"] = json_values.mapping(tape, 2)
    if options & 2:
        made["input_mapping"] = _mapping(tape)
    if options & 4:
        made["output_mapping"] = _mapping(tape)
    if options & 8:
        made["document_output_type"] = tape.pick(("single", "multiple", None))
    if options & 16:
        made["document_input_handling"] = tape.pick(("individual", "grouped", None))
    if options & 32:
        made["document_output_handling"] = tape.pick(("create_new", None))
    return made


def _mapping(tape: Tape) -> dict[str, str]:
    return {json_values.key(tape): tape.text(json_values.TEXTS) for _ in range(tape.below(3))}


def taxonomy(tape: Tape, vocabulary: Vocabulary) -> Body:
    """Return a taxonomy application."""
    made: Body = {"taxonomy_id": tape.pick(vocabulary.taxonomy_names)}
    if tape.one_in(2):
        made["output_collection"] = collection_name(tape, vocabulary) if tape.byte() else None
    return made


def collection_name(tape: Tape, vocabulary: Vocabulary) -> str:
    """Return a collection to name: mostly one that exists, so that no server has a reason to refuse it."""
    if vocabulary.collections and not tape.one_in(8):
        return tape.pick(vocabulary.collections)
    return tape.text(json_values.TEXTS)


def cache(tape: Tape, vocabulary: Vocabulary) -> Body:
    """Return a cache configuration, whole or partly given."""
    made: Body = {}
    options = tape.byte()
    if options & 1:
        made["enabled"] = bool(tape.below(2))
    if options & 2:
        made["ttl_seconds"] = tape.pick(_WHOLE)
    if options & 4:
        made["invalidation_strategy"] = tape.pick(("replace_if_better", "replace_always", "keep_existing"))
    if options & 8:
        made["max_entries_per_key"] = tape.pick(_WHOLE[1:])
    if options & 16:
        made["score_threshold"] = tape.pick(_THRESHOLDS)
    if options & 32:
        made["invalidation_events"] = [event(tape.inner(), vocabulary) for _ in range(tape.below(4))]
    if options & 64:
        made["retriever_configs"] = {tape.pick(vocabulary.retriever_names): retriever(tape) for _ in range(tape.below(3))}
    return made


def event(tape: Tape, vocabulary: Vocabulary) -> Body:
    """Return an invalidation event."""
    made: Body = {"collection": collection_name(tape, vocabulary), "action": tape.pick(("create", "update", "delete"))}
    if tape.one_in(2):
        made["recompute_strategy"] = tape.pick(("background", "immediate", "lazy"))
    if tape.one_in(3):
        made["retriever_id"] = tape.pick((*vocabulary.retriever_names, None))
    return made


def retriever(tape: Tape) -> Body:
    """Return what one retriever overrides."""
    made: Body = {}
    options = tape.byte()
    if options & 1:
        made["enabled"] = bool(tape.below(2))
    if options & 2:
        made["ttl_seconds"] = tape.pick((*_WHOLE, None))
    if options & 4:
        made["score_threshold"] = tape.pick(_THRESHOLDS)
    return made
