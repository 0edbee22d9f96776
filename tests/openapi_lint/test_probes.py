"""What the contract promises to take, held against what the contract's own rules say of it."""

import pytest
from openapi_changes import FACTS

from conformance.contracts.collections import openapi
from conformance.contracts.collections.limits import LIMITS
from conformance.openapi_lint.alternatives import Alternatives
from conformance.openapi_lint.document import Document
from conformance.openapi_lint.index import DocumentIndex
from conformance.openapi_lint.probes import Probes
from conformance.openapi_lint.schemas import Schemas
from conformance.schema import rules

REQUESTS = (
    "CreateCollectionRequest", "CreateDocumentRequest", "DocumentFields", "ListDocumentsRequest", "Source", "LogicalOperator",
    "FilterCondition", "FeatureExtractor", "TaxonomyApplication", "CacheConfig", "InvalidationEvent", "RetrieverCacheConfig",
    "LineageStep", "Feature", "BlobRef", "Sort",
)  # fmt: skip


@pytest.fixture(scope="module")
def alternatives():
    return Alternatives(Schemas(DocumentIndex(Document(openapi.DOCUMENT.content, "3.1.0"))))


@pytest.mark.parametrize("name", REQUESTS)
def test_probes_break_no_rule_and_ask_no_more_than_must_be_accepted(alternatives, name):
    probes = [
        probe
        for alternative in alternatives.of((("components", "schemas", name),))
        for probe in Probes(alternatives, FACTS).of(alternative, "object")
    ]
    assert probes
    for probe in probes:
        assert openapi.fits(name, probe)
        assert not list(rules.broken(openapi.request(name), probe))
        assert not rules.exceeds_limits(probe, LIMITS)


@pytest.mark.parametrize(
    ("way", "kind", "least"),
    [
        (("CreateCollectionRequest", "properties", "collection_name"), "string", {"text", "x", "x" * 4096}),
        (("CacheConfig", "properties", "ttl_seconds"), "number", {0, 1, 604_800, 2**53 - 1}),
        (("CacheConfig", "properties", "score_threshold"), "number", {0.5, -0.5}),
        (("InvalidationEvent", "properties", "action"), "string", {"create", "update", "delete"}),
    ],
)
def test_the_edges_of_a_field_are_among_its_probes(alternatives, way, kind, least):
    (alternative,) = (one for one in alternatives.of((("components", "schemas", *way),)) if one.types != {"null"})
    assert least <= set(Probes(alternatives, FACTS).of(alternative, kind))


def test_what_the_server_gives_out_has_none(alternatives):
    (alternative,) = alternatives.of((("components", "parameters", "Namespace", "schema"),))
    assert Probes(alternatives, FACTS).of(alternative, "string") == []
