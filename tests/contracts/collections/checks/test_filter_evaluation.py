"""A filter that selects the wrong documents is blamed on the one requirement whose error hypothesis explains it."""

import itertools
import json

import pytest

from conformance.contracts.collections import filter_semantics
from conformance.contracts.collections.checks import CHECKS, filter_evaluation, metamorphic
from conformance.contracts.collections.operations import Operations
from conformance.engine.checks import HELD
from conformance.evidence.exchange import Case, Exchange, Request, Response
from conformance.evidence.ledger import Violation
from conformance.evidence.operation import Expect

NAMES = ("anna", "Anna", "bob", "BOB", "eve", "mallory")
NUMBERS = itertools.count(1)


def exchange(operation, method, path, body, answer, context=(), about=()):
    content = None if body is None else json.dumps(body).encode()
    response = Response(200, (), json.dumps(answer).encode(), 0.0)
    case = Case(operation, Expect.ACCEPT, about, None, body)
    return Exchange(next(NUMBERS), "s", case, Request(method, path, (), content), response, context=context)


@pytest.fixture
def corpus():
    collection = exchange(Operations.CREATE_COLLECTION, "POST", "/v1/collections/create", {}, {"collection_id": "col_1"})
    documents = []
    for number, name in enumerate(NAMES):
        body = {"collection_id": "col_1", "name": name, "number": number, "deep": {"number": number}}
        answer = {**body, "document_id": f"doc_{number}"}
        documents.append(
            exchange(Operations.CREATE_DOCUMENT, "POST", "/v1/collections/col_1/documents", body, answer, (collection,))
        )
    return (collection, *documents)


def listing(corpus, group, selected, *before, about=()):
    results = [document.made for document in corpus[1:] if document.created_id in selected]
    path = "/v1/collections/col_1/documents/list?limit=1000"
    body = {"filters": group}
    return exchange(
        Operations.LIST_DOCUMENTS, "POST", path, body, {"results": results, "pagination": {}}, (*corpus, *before), about
    )


def selected_by(corpus, group):
    return {document.created_id for document in corpus[1:] if filter_semantics.selects(group, document.made)}


def correct_list(corpus, condition, rule=None):
    group = {"AND": [condition], **({} if rule is None else {"case_sensitive": rule})}
    return listing(corpus, group, selected_by(corpus, group))


def broken_requirements(list_exchange):
    return {
        name for name, outcome in filter_evaluation.outcomes_by_requirement(list_exchange).items() if isinstance(outcome, Violation)
    }


ANNA = {"field": "name", "operator": "eq", "value": "anna"}
BOB = {"field": "name", "operator": "eq", "value": "bob"}
MANY = {"field": "number", "operator": "gte", "value": 2}


def test_what_is_selected_rightly_holds_and_is_credited_to_its_operator(corpus):
    assert filter_evaluation.outcomes_by_requirement(correct_list(corpus, MANY)) == {"filters.eval.gte": HELD}
    assert filter_evaluation.outcomes_by_requirement(correct_list(corpus, ANNA)) == {
        "filters.eval.eq": HELD,
        "filters.eval.case-insensitive-default": HELD,
    }


def test_a_filter_that_selects_nothing_is_credited_to_nothing(corpus):
    assert filter_evaluation.outcomes_by_requirement(correct_list(corpus, {"field": "number", "operator": "gt", "value": 99})) == {}


@pytest.mark.parametrize(
    ("rule", "blamed"),
    [
        (None, "filters.eval.case-insensitive-default"),
        (True, "filters.eval.case-sensitive"),
        (False, "filters.eval.case-sensitive"),
    ],
)
def test_eq_under_the_wrong_case_rule_is_blamed_on_the_rule(corpus, rule, blamed):
    group = {"AND": [ANNA], **({} if rule is None else {"case_sensitive": rule})}
    assert broken_requirements(listing(corpus, group, selected_by(corpus, {"AND": [ANNA], "case_sensitive": not rule}))) == {blamed}


def test_another_operator_is_not_blamed_where_the_control_has_shown_the_case_rule_broken(corpus):
    control = listing(corpus, {"AND": [ANNA]}, selected_by(corpus, {"AND": [ANNA], "case_sensitive": True}))
    starts = {"field": "name", "operator": "starts_with", "value": "an"}
    wrong = selected_by(corpus, {"AND": [starts], "case_sensitive": True})
    assert broken_requirements(listing(corpus, {"AND": [starts]}, wrong)) == {"filters.eval.starts-with"}
    assert broken_requirements(listing(corpus, {"AND": [starts]}, wrong, control)) == set()


def test_a_dotted_field_that_leads_nowhere_is_blamed_on_nesting(corpus):
    assert broken_requirements(listing(corpus, {"AND": [{"field": "deep.number", "operator": "eq", "value": 3}]}, set())) == {
        "filters.eval.nested-field"
    }


@pytest.mark.parametrize(
    ("group", "misread", "blamed"),
    [
        ({"AND": [ANNA, MANY]}, {"OR": [ANNA, MANY]}, "filters.eval.and"),
        ({"OR": [ANNA, BOB]}, {"AND": [ANNA, BOB]}, "filters.eval.or"),
        ({"NOT": [ANNA, MANY]}, {"NOT": [{"AND": [ANNA, MANY]}]}, "filters.eval.not"),
        ({"AND": [MANY, {"NOT": [BOB]}]}, {"AND": [MANY, {"AND": [BOB]}]}, "filters.eval.not"),
        ({"AND": [{"OR": [ANNA]}], "case_sensitive": True}, {"AND": [ANNA]}, "filters.eval.case-sensitive"),
    ],
)
def test_a_group_that_is_misread_is_blamed_on_its_kind(corpus, group, misread, blamed):
    before = [correct_list(corpus, condition, rule) for condition in (ANNA, BOB, MANY) for rule in (None, True)]
    assert broken_requirements(listing(corpus, group, selected_by(corpus, misread), *before)) == {blamed}


def test_a_deviation_in_one_operator_says_nothing_about_groups(corpus):
    # The target reads gte as gt. Its AND is right for the conditions as the target reads them.
    gte = listing(corpus, {"AND": [MANY]}, {"doc_3", "doc_4", "doc_5"})
    assert broken_requirements(gte) == {"filters.eval.gte"}
    both = listing(corpus, {"AND": [MANY, BOB]}, {"doc_3"}, gte, correct_list(corpus, BOB))
    assert broken_requirements(both) == set()


def test_documents_that_no_list_shows_are_no_matter_of_filters(corpus):
    plain = exchange(
        Operations.LIST_DOCUMENTS, "POST", "/v1/collections/col_1/documents/list?limit=1000", {},
        {"results": [document.made for document in corpus[1:-1]], "pagination": {}}, corpus,
    )  # fmt: skip
    selected = selected_by(corpus, {"AND": [MANY]}) - {"doc_5"}
    assert broken_requirements(listing(corpus, {"AND": [MANY]}, selected)) == {"filters.eval.gte"}
    assert broken_requirements(listing(corpus, {"AND": [MANY]}, selected, plain)) == set()


def outcome_of(requirement, list_exchange):
    from conformance.engine.checks import History

    assert metamorphic
    return CHECKS.outcome(requirement, list_exchange, History())


def test_a_filter_and_its_negation_that_both_leave_a_document_out_break_the_complement(corpus):
    base = correct_list(corpus, MANY)
    for selected, is_broken in ((set(), True), ({"doc_0", "doc_1"}, False), ({"doc_0", "doc_1", "doc_2"}, True)):
        negated = listing(corpus, {"NOT": [MANY]}, selected, base, about=("filters.laws.complement",))
        assert (outcome_of("filters.laws.complement", negated) is not None) is is_broken


@pytest.mark.parametrize(
    ("relation", "group", "counterpart"),
    [
        ("complement", {"NOT": [MANY]}, {"AND": [MANY]}),
        ("complement", {"NOT": [{"OR": [BOB, MANY]}]}, {"OR": [BOB, MANY]}),
        ("idempotent", {"OR": [{"NOT": [BOB]}, {"NOT": [BOB]}]}, {"NOT": [BOB]}),
        ("order", {"AND": [BOB, MANY]}, {"AND": [MANY, BOB]}),
        ("de-morgan", {"AND": [{"NOT": [BOB]}, {"NOT": [MANY]}]}, {"NOT": [{"OR": [BOB, MANY]}]}),
        ("de-morgan", {"OR": [{"NOT": [BOB]}, {"NOT": [MANY]}]}, {"NOT": [{"AND": [BOB, MANY]}]}),
        ("monotone", {"AND": [BOB, MANY]}, {"AND": [MANY]}),
        ("monotone", {"OR": [{"AND": [{"NOT": [BOB]}]}, MANY]}, {"NOT": [BOB]}),
    ],
)
def test_a_law_is_judged_between_its_two_sides_and_no_others(corpus, relation, group, counterpart):
    requirement = f"filters.laws.{relation}"
    everything = {document.created_id for document in corpus[1:]}
    selected = selected_by(corpus, group)
    unrelated = listing(corpus, {"AND": [ANNA]}, everything)
    related = listing(corpus, counterpart, selected_by(corpus, counterpart))
    # Right answers to both filters hold. The complement of one breaks the relation. An unrelated list shows nothing.
    assert outcome_of(requirement, listing(corpus, group, selected, related, unrelated, about=(requirement,))) is None
    assert (
        outcome_of(requirement, listing(corpus, group, everything - selected, related, unrelated, about=(requirement,))) is not None
    )
    assert outcome_of(requirement, listing(corpus, group, everything - selected, unrelated, about=(requirement,))) is None


def test_blame_is_found_quickly_even_where_no_misreading_explains_it(corpus):
    import time

    group = {"AND": [{"OR": [BOB, MANY, {"NOT": [ANNA, {"AND": [MANY, BOB]}]}]}, MANY], "case_sensitive": True}
    wrong = {"doc_0", "doc_3"}
    started = time.perf_counter()
    assert len(broken_requirements(listing(corpus, group, wrong))) == 1
    assert time.perf_counter() - started < 0.5


@pytest.mark.parametrize("results", [5, None, "text", {"a": 1}, [None], [5], [{"document_id": []}]])
def test_lists_of_anything_are_judged_without_a_crash(corpus, results):
    from conformance.engine.checks import History
    from conformance.evidence.ledger import Ledger

    for about in (
        (),
        ("documents.delete.then-unknown", "documents.delete.only-that"),
        ("list.group-by",),
        ("list.select",),
        ("auth.no-effect",),
    ):
        for body in ({}, {"group_by": "name"}, {"select": ["name"]}, {"sort": {"field": "name"}}, {"filters": {"AND": [ANNA]}}):
            answer = {"results": results, "groups": [{"group_key": 1, "documents": results, "count": 1}], "pagination": results}
            path = "/v1/collections/col_1/documents/list?limit=1000&include_total=true"
            list_exchange = exchange(Operations.LIST_DOCUMENTS, "POST", path, body, answer, corpus, about)
            ledger = Ledger()
            CHECKS.judge(list_exchange, History(), ledger)
            assert [(name, finding.errors) for name, finding in ledger.tallies.items() if finding.errors] == []


def test_a_target_that_still_asks_to_come_back_later_is_judged_by_nothing_but_http(corpus):
    from dataclasses import replace

    from conformance.engine.checks import History
    from conformance.evidence.ledger import Ledger

    list_exchange = listing(corpus, {"AND": [ANNA]}, set(), about=("filters.eval.eq",))
    put_off = replace(
        list_exchange, response=Response(429, (("retry-after", "120"), ("content-type", "text/plain")), b"later", 0.0)
    )
    ledger = Ledger()
    CHECKS.judge(put_off, History(), ledger)
    assert ledger.failed() == set()
    assert {name.partition(".")[0] for name in ledger.tallies} == {"http"}


@pytest.fixture
def labelled():
    collection = exchange(Operations.CREATE_COLLECTION, "POST", "/v1/collections/create", {}, {"collection_id": "col_1"})
    corpus = [collection]
    for number, label in enumerate(("red", ["red"], ["blue", "red"], "blue", [])):
        body = {"collection_id": "col_1", "label": label, "rank": number}
        answer = {**body, "document_id": f"doc_{number}"}
        corpus.append(exchange(Operations.CREATE_DOCUMENT, "POST", "/v1/collections/col_1/documents", body, answer, (collection,)))
    return tuple(corpus)


def of_label(operator, value):
    return {"AND": [{"field": "label", "operator": operator, "value": value}]}


@pytest.mark.parametrize(
    ("operator", "value", "by_elements"),
    [
        ("eq", "red", {"doc_0", "doc_1", "doc_2"}),
        ("ne", "red", {"doc_3", "doc_4"}),
        ("in", ["red", "x"], {"doc_0", "doc_1", "doc_2"}),
        ("nin", ["red", "x"], {"doc_3", "doc_4"}),
        ("starts_with", "r", {"doc_0", "doc_1", "doc_2"}),
        ("text", "red", {"doc_0", "doc_1", "doc_2"}),
    ],
)
def test_who_looks_at_the_elements_of_arrays_breaks_one_requirement_and_no_other(labelled, operator, value, by_elements):
    group = of_label(operator, value)
    own = filter_evaluation.operator_requirement(operator)
    assert (
        filter_evaluation.outcomes_by_requirement(listing(labelled, group, selected_by(labelled, group)))[
            "filters.eval.array-fields"
        ]
        == HELD
    )
    outcomes = filter_evaluation.outcomes_by_requirement(listing(labelled, group, by_elements))
    assert isinstance(outcomes["filters.eval.array-fields"], Violation)
    assert outcomes.get(own, HELD) == HELD


def test_an_operator_that_is_wrong_about_texts_is_blamed_beside_arrays(labelled):
    assert broken_requirements(listing(labelled, of_label("eq", "red"), set())) == {"filters.eval.eq"}


def test_a_group_is_not_blamed_for_what_a_server_makes_of_arrays(labelled):
    red, low = of_label("eq", "red"), {"field": "rank", "operator": "lt", "value": 2}
    group = {"AND": [*red["AND"], low]}
    before = (listing(labelled, red, {"doc_0", "doc_1", "doc_2"}), correct_list(labelled, low))
    assert broken_requirements(listing(labelled, group, {"doc_0", "doc_1"}, *before)) == set()
    assert broken_requirements(listing(labelled, group, {"doc_0", "doc_1"})) == set()
