"""A filter that selects the wrong documents is blamed on the one requirement whose misreading explains it."""

import itertools
import json

import pytest

from conformance.checks import filtering, laws
from conformance.checks.registry import HELD
from conformance.contract import selection
from conformance.contract.operations import Expect, Operation
from conformance.evidence.exchange import Case, Exchange, Request, Response
from conformance.evidence.ledger import Violation

NAMES = ("anna", "Anna", "bob", "BOB", "eve", "mallory")
NUMBERS = itertools.count(1)


def exchange(operation, method, path, body, answer, context=(), about=()):
    content = None if body is None else json.dumps(body).encode()
    response = Response(200, (), json.dumps(answer).encode(), 0.0)
    case = Case(operation, Expect.ACCEPT, about, None, body)
    return Exchange(next(NUMBERS), "s", case, Request(method, path, (), content), response, context=context)


@pytest.fixture
def made():
    home = exchange(Operation.CREATE_COLLECTION, "POST", "/v1/collections/create", {}, {"collection_id": "col_1"})
    documents = []
    for number, name in enumerate(NAMES):
        body = {"collection_id": "col_1", "name": name, "number": number, "deep": {"number": number}}
        answer = {**body, "document_id": f"doc_{number}"}
        documents.append(exchange(Operation.CREATE_DOCUMENT, "POST", "/v1/collections/col_1/documents", body, answer, (home,)))
    return (home, *documents)


def listing(made, group, selected, *before, about=()):
    results = [one.made for one in made[1:] if one.created_id in selected]
    path = "/v1/collections/col_1/documents/list?limit=1000"
    body = {"filters": group}
    return exchange(Operation.LIST_DOCUMENTS, "POST", path, body, {"results": results, "pagination": {}}, (*made, *before), about)


def right(made, group):
    return {one.created_id for one in made[1:] if selection.selects(group, one.made)}


def asked(made, condition, rule=None):
    group = {"AND": [condition], **({} if rule is None else {"case_sensitive": rule})}
    return listing(made, group, right(made, group))


def violated(one):
    return {name for name, outcome in filtering.judged(one).items() if isinstance(outcome, Violation)}


ANNA = {"field": "name", "operator": "eq", "value": "anna"}
BOB = {"field": "name", "operator": "eq", "value": "bob"}
MANY = {"field": "number", "operator": "gte", "value": 2}


def test_what_is_selected_rightly_holds_and_is_credited_to_its_operator(made):
    assert filtering.judged(asked(made, MANY)) == {"filters.eval.gte": HELD}
    assert filtering.judged(asked(made, ANNA)) == {"filters.eval.eq": HELD, "filters.eval.case-insensitive-default": HELD}


def test_a_filter_that_selects_nothing_is_credited_to_nothing(made):
    assert filtering.judged(asked(made, {"field": "number", "operator": "gt", "value": 99})) == {}


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
        Operation.LIST_DOCUMENTS, "POST", "/v1/collections/col_1/documents/list?limit=1000", {},
        {"results": [one.made for one in made[1:-1]], "pagination": {}}, made,
    )  # fmt: skip
    selected = right(made, {"AND": [MANY]}) - {"doc_5"}
    assert violated(listing(made, {"AND": [MANY]}, selected)) == {"filters.eval.gte"}
    assert violated(listing(made, {"AND": [MANY]}, selected, plain)) == set()


def judged_by(requirement, one):
    from conformance.checks import registry
    from conformance.checks.registry import History

    assert laws
    return registry.outcome(requirement, one, History())


def test_a_filter_and_its_negation_that_both_leave_a_document_out_break_the_complement(made):
    base = asked(made, MANY)
    for selected, is_broken in ((set(), True), ({"doc_0", "doc_1"}, False), ({"doc_0", "doc_1", "doc_2"}, True)):
        negated = listing(made, {"NOT": [MANY]}, selected, base, about=("filters.laws.complement",))
        assert (judged_by("filters.laws.complement", negated) is not None) is is_broken
