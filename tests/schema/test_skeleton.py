"""What is left of a body when all goes that it need not have."""

import pytest

from conformance.contracts.collections.edition import PUBLISHED
from conformance.schema.skeleton import skeleton

SOURCE = {"type": "bucket", "bucket_id": "b", "prefix_key": "p"}
EXTRACTOR = {"feature_extractor_name": "e", "version": "v1", "parameters": {"a": 1}}
LEAST = {
    "collection_name": "n",
    "source": {"type": "bucket"},
    "feature_extractors": [{"feature_extractor_name": "e", "version": "v1"}],
}
BODY = {"collection_name": "n", "description": "d", "source": SOURCE, "feature_extractors": [EXTRACTOR, EXTRACTOR], "metadata": {"a": {"b": 1}, "c": 2}}  # fmt: skip


@pytest.mark.parametrize(
    ("places", "more"),
    [
        ([], {}),
        ([("metadata",)], {"metadata": {"a": {"b": 1}, "c": 2}}),
        ([("metadata", "a", "b")], {"metadata": {"a": {"b": 1}}}),
        ([("source", "prefix_key")], {"source": {"type": "bucket", "prefix_key": "p"}}),
        ([("feature_extractors", 1, "parameters")], {"feature_extractors": [EXTRACTOR]}),
        ([("not", "there")], {}),
    ],
)
def test_required_fields_stay_and_what_leads_to_a_place(places, more):
    assert skeleton(PUBLISHED.collection, BODY, places) == {**LEAST, **more}


def test_a_value_whose_place_is_its_own_stays_whole():
    assert skeleton(PUBLISHED.collection, BODY, [()]) == BODY
