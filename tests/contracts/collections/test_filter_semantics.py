"""What a filter selects, and what the contract leaves open."""

from random import Random

import pytest
from harness import reference

from conformance.contracts.collections import filter_semantics
from conformance.contracts.collections.generation import filter_corpus
from conformance.core import json_text
from conformance.evidence.exchange import Request

DOCUMENT = {
    "name": "Anna", "age": 10, "half": 0.5, "none": None, "flag": True, "tags": ["Red", 1, None], "accent": "É", "deep": {"a": {"b": {"c": "leaf"}}},
    "list": [{"a": 1}], "phrase": "the quick-brown fox",
}  # fmt: skip


def holds(field, operator, value, *, sensitive=False):
    return filter_semantics.holds({"field": field, "operator": operator, "value": value}, DOCUMENT, sensitive=sensitive)


@pytest.mark.parametrize(
    ("field", "operator", "value", "truth"),
    [
        ("name", "eq", "anna", True), ("age", "eq", 10.0, True), ("age", "eq", "10", False), ("flag", "eq", 1, False), ("missing", "eq", None, None), ("age", "in", [10, None], None), ("age", "nin", [], None), ("tags", "eq", "red", False), ("tags", "starts_with", "Re", False),
        ("tags", "regex", "Red", False), ("tags", "text", "red", False), ("tags", "nin", ["Red"], True),
        ("tags", "eq", ["red", 1, None], None), ("tags", "eq", ["red", 1], False), ("tags", "eq", ["Red", 1, None], True), ("name", "ne", "anna", False), ("missing", "ne", 1, True), ("missing", "nin", [1], True),
        ("missing", "exists", False, True), ("none", "exists", True, True), ("none", "is_null", True, True), ("missing", "is_null", True, None),
        ("age", "gt", 9, True), ("age", "gt", 10, False), ("age", "gte", 10, True), ("half", "lt", 1, True), ("name", "gt", 1, None),
        ("flag", "gte", 1, None), ("age", "in", ["10", 10], True), ("tags", "contains", "red", True), ("tags", "contains", "re", False),
        ("tags", "contains", None, None), ("name", "contains", "NN", True), ("age", "contains", "1", None), ("name", "starts_with", "an", True),
        ("name", "ends_with", "NA", True), ("name", "regex", "^a.+a$", True), ("accent", "regex", ".", None), ("accent", "eq", "é", None),
        ("accent", "eq", "É", True), ("accent", "eq", "e", None), ("phrase", "text", "quick", None), ("phrase", "text", "fox", True), ("phrase", "text", "qui", False), ("phrase", "text", "fo", False),
        ("deep.a.b.c", "eq", "LEAF", True), ("deep.a.x", "ne", 1, True), ("list.a", "eq", 1, None), ("deep.a.b.c.d", "exists", False, True),
    ],
)  # fmt: skip
def test_a_condition_holds_does_not_or_is_open(field, operator, value, truth):
    assert holds(field, operator, value) is truth


def test_accents_count_where_case_does():
    assert holds("accent", "eq", "e", sensitive=True) is False
    assert holds("accent", "eq", "é", sensitive=True) is False
    assert holds("accent", "eq", "É", sensitive=True) is True


def test_case_counts_where_it_is_said_to():
    assert holds("name", "eq", "anna", sensitive=True) is False
    assert holds("tags", "contains", "red", sensitive=True) is False
    assert holds("phrase", "text", "fox", sensitive=True) is True


EQ = {"field": "name", "operator": "eq", "value": "anna"}
OPEN = {"field": "name", "operator": "gt", "value": 1}


@pytest.mark.parametrize(
    ("group", "truth"),
    [
        ({"AND": [EQ]}, True), ({"AND": [EQ], "case_sensitive": True}, False), ({"NOT": [EQ]}, False), ({"AND": [EQ, OPEN]}, None),
        ({"OR": [EQ, OPEN]}, True), ({"NOT": [OPEN]}, None), ({"NOT": [EQ, OPEN]}, False), ({"AND": [EQ], "OR": None, "NOT": None}, True),
        ({"AND": [{"OR": [EQ]}], "case_sensitive": True}, False), ({"AND": [{"OR": [EQ], "case_sensitive": False}], "case_sensitive": True}, True),
        ({"AND": [{"OR": [EQ], "case_sensitive": None}], "case_sensitive": True}, False), ({"AND": [EQ], "NOT": [EQ]}, False),
        ({"NOT": [{"NOT": [{"NOT": [EQ]}]}]}, False),
    ],
)  # fmt: skip
def test_groups_follow_the_truth_table_and_the_nearest_case_rule(group, truth):
    assert filter_semantics.selects(group, DOCUMENT) is truth


def test_the_reference_selects_what_the_contract_says_by_logic_of_its_own():
    random = Random(7)
    documents = filter_corpus.documents(40, random)
    groups = [{"AND": [condition]} for condition in filter_corpus.catalogue(exhaustive=True)] + list(
        filter_corpus.compound_filters(filter_corpus.catalogue(), documents)
    )
    groups += [
        filter_corpus.random_compound(random, filter_corpus.catalogue(exhaustive=True), documents, 1 + index % 5)
        for index in range(150)
    ]
    with reference(token=None) as transport:

        def call(path, body):
            response = transport.send(Request("POST", path, (("content-type", "application/json"),), json_text.dumps(body)), 5)
            return json_text.loads(response.body)

        source = {"type": "bucket", "bucket_id": "b"}
        collection = call("/v1/collections/create", {"collection_name": "n", "source": source, "feature_extractors": []})[
            "collection_id"
        ]
        identifiers = [
            call(f"/v1/collections/{collection}/documents", {"collection_id": collection, **document})["document_id"]
            for document in documents
        ]
        for group in groups:
            listed = call(f"/v1/collections/{collection}/documents/list?limit=1000", {"filters": group})["results"]
            selected = {document["document_id"] for document in listed}
            for identifier, document in zip(identifiers, documents, strict=True):
                truth = filter_semantics.selects(group, document)
                assert truth is None or truth is (identifier in selected), (group, document)


def test_a_number_that_no_float_holds_is_an_operand_like_others():
    condition = json_text.loads(b'{"field": "age", "operator": "eq", "value": 1e400}')
    assert filter_semantics.selects({"AND": [condition]}, {"age": 1}) is False
