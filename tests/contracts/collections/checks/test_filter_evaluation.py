"""A filter that selects the wrong documents is blamed on the one requirement whose misreading explains it."""

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
def made():
    home = exchange(Operations.CREATE_COLLECTION, "POST", "/v1/collections/create", {}, {"collection_id": "col_1"})
    documents = []
    for number, name in enumerate(NAMES):
        body = {"collection_id": "col_1", "name": name, "number": number, "deep": {"number": number}}
        answer = {**body, "document_id": f"doc_{number}"}
        documents.append(exchange(Operations.CREATE_DOCUMENT, "POST", "/v1/collections/col_1/documents", body, answer, (home,)))
    return (home, *documents)


def listing(made, group, selected, *before, about=()):
    results = [one.made for one in made[1:] if one.created_id in selected]
    path = "/v1/collections/col_1/documents/list?limit=1000"
    body = {"filters": group}
    return exchange(Operations.LIST_DOCUMENTS, "POST", path, body, {"results": results, "pagination": {}}, (*made, *before), about)


def right(made, group):
    return {one.created_id for one in made[1:] if filter_semantics.selects(group, one.made)}


def asked(made, condition, rule=None):
    group = {"AND": [condition], **({} if rule is None else {"case_sensitive": rule})}
    return listing(made, group, right(made, group))


def violated(one):
    return {name for name, outcome in filter_evaluation.judged(one).items() if isinstance(outcome, Violation)}


ANNA = {"field": "name", "operator": "eq", "value": "anna"}
BOB = {"field": "name", "operator": "eq", "value": "bob"}
MANY = {"field": "number", "operator": "gte", "value": 2}


def test_what_is_selected_rightly_holds_and_is_credited_to_its_operator(made):
    assert filter_evaluation.judged(asked(made, MANY)) == {"filters.eval.gte": HELD}
    assert filter_evaluation.judged(asked(made, ANNA)) == {"filters.eval.eq": HELD, "filters.eval.case-insensitive-default": HELD}


def test_a_filter_that_selects_nothing_is_credited_to_nothing(made):
    assert filter_evaluation.judged(asked(made, {"field": "number", "operator": "gt", "value": 99})) == {}


@pytest.mark.parametrize(
    ("rule", "blamed"),
    [
        (None, "filters.eval.case-insensitive-default"),
        (True, "filters.eval.case-sensitive"),
        (False, "filters.eval.case-sensitive"),
    ],
)
def test_eq_under_the_wrong_case_rule_is_blamed_on_the_rule(made, rule, blamed):
    group = {"AND": [ANNA], **({} if rule is None else {"case_sensitive": rule})}
    assert violated(listing(made, group, right(made, {"AND": [ANNA], "case_sensitive": not rule}))) == {blamed}


def test_another_operator_is_not_blamed_where_the_control_has_shown_the_case_rule_broken(made):
    control = listing(made, {"AND": [ANNA]}, right(made, {"AND": [ANNA], "case_sensitive": True}))
    starts = {"field": "name", "operator": "starts_with", "value": "an"}
    wrong = right(made, {"AND": [starts], "case_sensitive": True})
    assert violated(listing(made, {"AND": [starts]}, wrong)) == {"filters.eval.starts-with"}
    assert violated(listing(made, {"AND": [starts]}, wrong, control)) == set()


def test_a_dotted_field_that_leads_nowhere_is_blamed_on_nesting(made):
    assert violated(listing(made, {"AND": [{"field": "deep.number", "operator": "eq", "value": 3}]}, set())) == {
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
def test_a_group_that_is_misread_is_blamed_on_its_kind(made, group, misread, blamed):
    before = [asked(made, one, rule) for one in (ANNA, BOB, MANY) for rule in (None, True)]
    assert violated(listing(made, group, right(made, misread), *before)) == {blamed}


def test_a_deviation_in_one_operator_says_nothing_about_groups(made):
    # The target takes gte for gt; its AND is right about what it selects itself.
    gte = listing(made, {"AND": [MANY]}, {"doc_3", "doc_4", "doc_5"})
    assert violated(gte) == {"filters.eval.gte"}
    both = listing(made, {"AND": [MANY, BOB]}, {"doc_3"}, gte, asked(made, BOB))
    assert violated(both) == set()


def test_documents_that_no_list_shows_are_no_matter_of_filters(made):
    plain = exchange(
        Operations.LIST_DOCUMENTS, "POST", "/v1/collections/col_1/documents/list?limit=1000", {},
        {"results": [one.made for one in made[1:-1]], "pagination": {}}, made,
    )  # fmt: skip
    selected = right(made, {"AND": [MANY]}) - {"doc_5"}
    assert violated(listing(made, {"AND": [MANY]}, selected)) == {"filters.eval.gte"}
    assert violated(listing(made, {"AND": [MANY]}, selected, plain)) == set()


def judged_by(requirement, one):
    from conformance.engine.checks import History

    assert metamorphic
    return CHECKS.outcome(requirement, one, History())


def test_a_filter_and_its_negation_that_both_leave_a_document_out_break_the_complement(made):
    base = asked(made, MANY)
    for selected, is_broken in ((set(), True), ({"doc_0", "doc_1"}, False), ({"doc_0", "doc_1", "doc_2"}, True)):
        negated = listing(made, {"NOT": [MANY]}, selected, base, about=("filters.laws.complement",))
        assert (judged_by("filters.laws.complement", negated) is not None) is is_broken


@pytest.mark.parametrize(
    ("law", "one", "other"),
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
def test_a_law_is_judged_between_its_two_sides_and_no_others(made, law, one, other):
    requirement = f"filters.laws.{law}"
    everything = {document.created_id for document in made[1:]}
    selected = right(made, one)
    unrelated = listing(made, {"AND": [ANNA]}, everything)
    related = listing(made, other, right(made, other))
    # What is right on both sides holds; turned around on one side it does not; an unrelated list says nothing.
    assert judged_by(requirement, listing(made, one, selected, related, unrelated, about=(requirement,))) is None
    assert judged_by(requirement, listing(made, one, everything - selected, related, unrelated, about=(requirement,))) is not None
    assert judged_by(requirement, listing(made, one, everything - selected, unrelated, about=(requirement,))) is None


def test_blame_is_found_quickly_even_where_no_misreading_explains_it(made):
    import time

    group = {"AND": [{"OR": [BOB, MANY, {"NOT": [ANNA, {"AND": [MANY, BOB]}]}]}, MANY], "case_sensitive": True}
    wrong = {"doc_0", "doc_3"}
    started = time.perf_counter()
    assert len(violated(listing(made, group, wrong))) == 1
    assert time.perf_counter() - started < 0.5


@pytest.mark.parametrize("results", [5, None, "text", {"a": 1}, [None], [5], [{"document_id": []}]])
def test_lists_of_anything_are_judged_without_a_crash(made, results):
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
            one = exchange(Operations.LIST_DOCUMENTS, "POST", path, body, answer, made, about)
            ledger = Ledger()
            CHECKS.judge(one, History(), ledger)
            assert [(name, found.errors) for name, found in ledger.tallies.items() if found.errors] == []


def test_a_target_that_still_asks_to_come_back_later_is_judged_by_nothing_but_http(made):
    from dataclasses import replace

    from conformance.engine.checks import History
    from conformance.evidence.ledger import Ledger

    one = listing(made, {"AND": [ANNA]}, set(), about=("filters.eval.eq",))
    later = replace(one, response=Response(429, (("retry-after", "120"), ("content-type", "text/plain")), b"later", 0.0))
    ledger = Ledger()
    CHECKS.judge(later, History(), ledger)
    assert ledger.failed() == set()
    assert {name.partition(".")[0] for name in ledger.tallies} == {"http"}


@pytest.fixture
def labelled():
    home = exchange(Operations.CREATE_COLLECTION, "POST", "/v1/collections/create", {}, {"collection_id": "col_1"})
    made = [home]
    for number, label in enumerate(("red", ["red"], ["blue", "red"], "blue", [])):
        body = {"collection_id": "col_1", "label": label, "rank": number}
        answer = {**body, "document_id": f"doc_{number}"}
        made.append(exchange(Operations.CREATE_DOCUMENT, "POST", "/v1/collections/col_1/documents", body, answer, (home,)))
    return tuple(made)


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
    assert filter_evaluation.judged(listing(labelled, group, right(labelled, group)))["filters.eval.array-fields"] == HELD
    outcomes = filter_evaluation.judged(listing(labelled, group, by_elements))
    assert isinstance(outcomes["filters.eval.array-fields"], Violation)
    assert outcomes.get(own, HELD) == HELD


def test_an_operator_that_is_wrong_about_texts_is_blamed_beside_arrays(labelled):
    assert violated(listing(labelled, of_label("eq", "red"), set())) == {"filters.eval.eq"}


def test_a_group_is_not_blamed_for_what_a_server_makes_of_arrays(labelled):
    red, low = of_label("eq", "red"), {"field": "rank", "operator": "lt", "value": 2}
    group = {"AND": [*red["AND"], low]}
    before = (listing(labelled, red, {"doc_0", "doc_1", "doc_2"}), asked(labelled, low))
    assert violated(listing(labelled, group, {"doc_0", "doc_1"}, *before)) == set()
    assert violated(listing(labelled, group, {"doc_0", "doc_1"})) == set()
