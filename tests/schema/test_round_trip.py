"""What may come back for what was sent."""

import pytest

from conformance.contracts.collections import openapi
from conformance.core.pointers import MISSING
from conformance.schema import round_trip

SHAPE = openapi.request("CreateCollectionRequest").properties
CONDITION = {"field": "a", "value": 0}


def differing_places(field, sent, got):
    return [difference.at for difference in round_trip.round_trip(SHAPE[field], sent, got, (field,))]


@pytest.mark.parametrize(
    ("field", "sent", "got"),
    [
        ("description", None, MISSING), ("metadata", None, {}), ("taxonomy_applications", [], MISSING), ("cache_config", None, {"enabled": True}),
        ("feature_extractors", [{"feature_extractor_name": "n", "version": "v"}],
         [{"feature_extractor_name": "n", "version": "v", "parameters": {}, "document_output_type": "", "x": 1}]),
        ("source", {"type": "bucket", "filters": {"AND": [CONDITION]}},
         {"type": "bucket", "bucket_id": None, "filters": {"AND": [{**CONDITION, "operator": "eq"}], "case_sensitive": False}}),
        ("source", {"type": "bucket", "filters": {"AND": [{"field": "a", "value": None}]}},
         {"type": "bucket", "filters": {"AND": [{"field": "a"}], "OR": None}}),
        ("source", {"type": "bucket", "filters": {"AND": [{"OR": [CONDITION]}], "case_sensitive": True}},
         {"type": "bucket", "filters": {"AND": [{"OR": [CONDITION], "case_sensitive": True}], "case_sensitive": True}}),
        ("cache_config", {"retriever_configs": {"r": {}}}, {"ttl_seconds": 604800, "retriever_configs": {"r": {"enabled": True}}}),
    ],
)  # fmt: skip
def test_answers_that_the_contract_allows_are_no_difference(field, sent, got):
    assert differing_places(field, sent, got) == []


@pytest.mark.parametrize(
    ("field", "sent", "got", "at"),
    [
        ("description", "", None, ()), ("metadata", {}, None, ()), ("metadata", {"a": None}, {}, ("a",)), ("enabled", False, MISSING, ()),
        ("cache_config", {"ttl_seconds": 0}, {"ttl_seconds": 604800}, ("ttl_seconds",)),
        ("feature_extractors", [{"feature_extractor_name": "n", "version": "v"}],
         [{"feature_extractor_name": "n", "version": "v", "document_output_type": "single"}], (0, "document_output_type")),
        ("source", {"type": "bucket", "filters": {"AND": [CONDITION]}}, {"type": "bucket", "filters": {"AND": []}}, ("filters", "AND")),
        ("source", {"type": "bucket", "filters": {"NOT": [CONDITION]}}, {"type": "bucket", "filters": {"AND": [CONDITION]}}, ("filters", "NOT")),
        ("source", {"type": "bucket", "filters": {"AND": [CONDITION]}},
         {"type": "bucket", "filters": {"AND": [CONDITION], "case_sensitive": True}}, ("filters", "case_sensitive")),
    ],
)  # fmt: skip
def test_a_changed_value_is_found_at_its_place(field, sent, got, at):
    assert (field, *at) in differing_places(field, sent, got)
