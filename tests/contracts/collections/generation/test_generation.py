"""The payloads of the strategies and catalogues."""

from hypothesis import HealthCheck, Phase, find, given, seed, settings
from hypothesis.errors import NoSuchExample

from conformance.contracts.collections import body_promises, openapi
from conformance.contracts.collections.generation import collections, documents, filters
from conformance.contracts.collections.limits import LIMITS
from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections.vocabulary import Extractor, Vocabulary
from conformance.core import equality, pointers
from conformance.evidence.operation import Expect
from conformance.generation import json_values
from conformance.schema import formats, mutations, rules

KNOWN = Vocabulary(collections=("col_1",), documents=("doc_1",))
COLLECTION, DOCUMENT = openapi.request("CreateCollectionRequest"), openapi.request("CreateDocumentRequest")


def drawn(strategy, count):
    values = []

    @seed(1)
    @settings(max_examples=count, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(strategy)
    def collect(value):
        values.append(value)

    collect()
    return values


def operators(body):
    return {
        node.get("operator", "eq")
        for _at, node in pointers.walk(body["source"].get("filters"))
        if isinstance(node, dict) and "field" in node
    }


def test_valid_bodies_break_no_rule_and_stay_within_what_must_be_accepted():
    for strategy, schema in ((collections.valid(KNOWN), COLLECTION), (documents.valid(KNOWN), DOCUMENT)):
        for body in drawn(strategy, 400):
            assert list(rules.broken(schema, body)) == []
            assert not rules.exceeds_limits(body, LIMITS)


def test_200_bodies_show_every_operator_and_half_of_them_have_filters():
    bodies = drawn(collections.valid(KNOWN), 200)
    assert set().union(*map(operators, bodies)) == set(filters.OPERATORS)
    assert sum("filters" in body["source"] for body in bodies) >= 100


def test_the_catalogue_has_every_operator_in_every_group_and_every_depth():
    assert all(
        {condition["operator"] for condition in filters.every_operator()[name]} == set(filters.OPERATORS) for name in filters.GROUPS
    )
    for depth in range(1, 6):
        group, levels = filters.nested(depth), 0
        while group:
            levels += 1
            members = [member for name in filters.GROUPS for member in group.get(name, ())]
            group = next((member for member in members if "field" not in member), None)
        assert levels == depth


def test_the_catalogue_has_every_falsy_value_in_user_data_and_every_number_and_text():
    leaves = [node for body in collections.boundaries(KNOWN).values for _at, node in pointers.walk(body.get("metadata"))]
    for wanted in (*json_values.FALSY, *json_values.NUMBERS, *json_values.TEXTS):
        assert any(type(wanted) is type(leaf) and wanted == leaf for leaf in leaves), wanted


def test_the_catalogue_is_short():
    assert len(collections.boundaries(KNOWN).values) <= 60
    assert len(documents.boundaries(KNOWN).values) <= 60


def test_a_mutation_breaks_the_rule_it_names_and_no_other():
    for strategy, schema in ((collections.valid(KNOWN), COLLECTION), (documents.valid(KNOWN), DOCUMENT)):
        for mutation, body in drawn(mutations.payloads(schema, strategy), 300):
            assert {rule.requirement for rule in rules.broken(schema, body)} == {mutation.requirement}


def test_mutations_reach_nested_conditions():
    body = collections.minimal(KNOWN) | {"source": {"type": "bucket", "bucket_id": "b", "filters": filters.nested(4)}}
    assert max(len(mutation.at) for mutation in mutations.mutations(COLLECTION, body)) >= 9


def test_a_vocabulary_supplies_every_name():
    known = Vocabulary(("b1",), (Extractor("e1", "v9"),), ("t1",), ("r1",), collections=("col_1",))
    named = {
        (kind, name) for body in drawn(collections.valid(known), 200) for kind, name, _at in rules.references(COLLECTION, body)
    }
    assert {kind for kind, _name in named} == {"bucket", "feature_extractor", "version", "taxonomy", "retriever", "collection"}
    assert {name for kind, name in named if kind != "collection"} == {"b1", "e1", "v9", "t1", "r1"}


def test_one_seed_makes_one_series():
    assert drawn(collections.valid(KNOWN), 50) == drawn(collections.valid(KNOWN), 50)


def test_a_nested_fault_is_found_and_shrunk_to_little():
    def has_nested_not(body):
        group = body["source"].get("filters") or {}
        return any("NOT" in member for name in filters.GROUPS for member in group.get(name) or () if "field" not in member)

    smallest = find(collections.valid(KNOWN), has_nested_not, settings=settings(max_examples=5000, database=None))
    assert len(str(smallest)) < 420


def test_a_search_for_what_is_never_made_ends():
    try:
        find(
            collections.valid(KNOWN),
            lambda body: "no-such-field" in body,
            settings=settings(max_examples=200, database=None),
        )
    except NoSuchExample:
        return
    raise AssertionError("found what is never made")


def test_classification_tells_what_is_promised():
    body = collections.minimal(KNOWN, "name")

    def classify(**changes):
        return body_promises.classify_object(Operations.CREATE_COLLECTION, COLLECTION, {**body, **changes}, KNOWN)

    assert classify() == (Expect.ACCEPT, ("collections.create.accepts-valid",))
    assert classify(enabled="true") == (Expect.REFUSE, ("collections.create.strict-scalars",))
    assert classify(x=1) == (Expect.ACCEPT, ("collections.create.tolerates-unknown-fields",))
    assert classify(metadata={"a.b": 1})[0] is Expect.ANY
    assert classify(source={"type": "collection", "collection_id": "col_unknown"})[0] is Expect.EITHER
    assert classify(source={**body["source"], "filters": {"AND": []}})[0] is Expect.ANY


def test_texts_of_the_tables_have_instants_and_no_surrogates():
    assert all(equality.instant(time) for time in formats.TIMES)
    assert all(text.encode() is not None and "\0" not in text for text in (*json_values.TEXTS, *json_values.KEYS))
