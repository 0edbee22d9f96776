"""The corpus: conditions tell its documents apart, and each part of a compound filter is decisive."""

from random import Random

import pytest

from conformance.contracts.collections import filter_semantics
from conformance.contracts.collections.fixtures import COUNT
from conformance.contracts.collections.generation import filter_corpus
from conformance.contracts.collections.models.filters import Operator

DOCUMENTS = filter_corpus.documents(COUNT, Random("1:corpus"))


def test_each_condition_of_the_catalogue_selects_some_documents_and_not_others():
    groups = [
        {"AND": [condition], "case_sensitive": filter_corpus.is_beyond_ascii(condition)}
        for condition in filter_corpus.catalogue(exhaustive=True)
    ]
    assert [group for group in groups if not filter_corpus.is_informative(group, DOCUMENTS)] == []


def test_the_catalogue_has_every_operator():
    assert {condition["operator"] for condition in filter_corpus.catalogue()} == set(Operator.__args__)


def test_no_document_leaves_a_condition_of_numbers_open():
    numeric = [
        condition for condition in filter_corpus.catalogue(exhaustive=True) if condition["operator"] in ("gt", "gte", "lt", "lte")
    ]
    assert all(filter_semantics.selects({"AND": [condition]}, body) is not None for condition in numeric for body in DOCUMENTS)


def test_most_drawn_filters_are_informative():
    random = Random(3)
    conditions = [filter_corpus.random_condition(random, DOCUMENTS) for _ in range(200)]
    groups = [filter_corpus.random_compound(random, filter_corpus.catalogue(), DOCUMENTS, 1 + index % 5) for index in range(200)]
    assert sum(filter_corpus.is_informative({"AND": [condition]}, DOCUMENTS) for condition in conditions) >= 190
    assert sum(filter_corpus.is_informative(group, DOCUMENTS) for group in groups) >= 170


@pytest.mark.parametrize(("kind", "count"), [("AND", 3), ("AND", 4), ("OR", 3), ("NOT", 2), ("NOT", 3)])
def test_each_member_of_a_group_that_is_needed_matters(kind, count):
    members = filter_corpus.decisive_conditions(kind, count, filter_corpus.catalogue(), DOCUMENTS)
    assert len(members) == count
    whole = [filter_semantics.selects({kind: members}, body) for body in DOCUMENTS]
    for at in range(count):
        assert [filter_semantics.selects({kind: members[:at] + members[at + 1 :]}, body) for body in DOCUMENTS] != whole


def test_groups_are_at_most_five_deep_and_never_empty():
    def depth(group):
        lists = [group[kind] for kind in filter_semantics.KINDS if kind in group]
        assert lists
        assert all(lists)
        return 1 + max((depth(member) for members in lists for member in members if "field" not in member), default=0)

    groups = [
        *filter_corpus.compound_filters(filter_corpus.catalogue(), DOCUMENTS),
        *filter_corpus.case_rule_filters(filter_corpus.catalogue()[0]),
    ]
    groups += [filter_corpus.random_compound(Random(index), filter_corpus.catalogue(), DOCUMENTS, 5) for index in range(50)]
    assert {depth(group) for group in groups} == {1, 2, 3, 4, 5}


def test_documents_hold_no_letters_whose_case_the_contract_leaves_open():
    texts = [text for body in DOCUMENTS for text in corpus_texts(body) if not text.isascii()]
    assert texts
    assert all(text in ("é", "e\u0301", "😀", "😁", "a😀") for text in texts)


def corpus_texts(value):
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from corpus_texts(inner)


@pytest.mark.parametrize("depth", [1, 2, 3, 4, 5])
def test_a_compound_filter_tells_documents_apart_under_any_seed(depth):
    for number in range(60):
        random = Random(f"{number}:laws")
        documents = filter_corpus.documents(COUNT, Random(f"{number}:corpus"))
        assert filter_corpus.is_informative(
            filter_corpus.random_compound(random, filter_corpus.catalogue(), documents, depth), documents
        ), number


def test_the_conditions_of_laws_tell_documents_apart_under_any_seed():
    for number in range(200):
        documents = filter_corpus.documents(COUNT, Random(f"{number}:corpus"))
        first, second, third = filter_corpus.metamorphic_operands(Random(f"{number}:laws"), filter_corpus.catalogue(), documents)
        for negated in ({"NOT": [{"AND": [first, second]}]}, {"NOT": [{"OR": [first, second]}]}):
            assert filter_corpus.is_informative(negated, documents), number
        assert third not in (first, second)


def test_no_operand_is_null_or_an_empty_list_of_operands_or_has_null_in_it():
    random = Random(7)
    drawn = [filter_corpus.random_condition(random, DOCUMENTS) for _ in range(300)]
    for condition in (*filter_corpus.catalogue(exhaustive=True), *drawn):
        value = condition["value"]
        assert value is not None
        assert condition["operator"] not in ("in", "nin") or (value and None not in value)
