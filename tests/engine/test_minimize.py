"""Counterexamples: repeated, made small, and still of the kind they were."""

import json
from dataclasses import replace

import pytest
from harness import begun, reference

from conformance.contracts.collections.generation import collections
from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections.reference.fault import Fault
from conformance.contracts.collections.reference.faults import FAULTS, NONE
from conformance.contracts.collections.reference.hooks import matching
from conformance.contracts.collections.vocabulary import Vocabulary
from conformance.core.pointers import MISSING
from conformance.engine import minimize
from conformance.engine.budget import BUDGETS
from conformance.engine.replay import _Rewriter
from conformance.evidence.ledger import Counterexample, Violation
from conformance.evidence.operation import Expect


@pytest.fixture
def opened():
    runs = []

    def start(name):
        transport = reference(FAULTS.get(name, NONE))
        runs.append(transport)
        run = begun(transport.__enter__(), budget=BUDGETS["standard"])
        run.begin("reduction")
        return run

    yield start
    for transport in runs:
        transport.__exit__(None, None, None)


def minimized(run, requirement):
    return minimize.minimize(run, requirement, run.ledger.tallies[requirement].counterexample).counterexample


def last_body(counterexample):
    return json.loads(counterexample.exchanges[-1].request.body)


def test_a_large_body_is_reduced_to_what_the_violation_needs(opened):
    run = opened("zero-threshold-lost")
    for body in collections.boundaries(Vocabulary()).values:
        run.collection(body)
    small = minimized(run, "cache-config.echoes")
    assert small.reproduced
    body = last_body(small)
    assert body.keys() == {"collection_name", "source", "feature_extractors", "cache_config"}
    assert body["cache_config"] in ({"score_threshold": 0}, {"score_threshold": 0.0})
    assert body["source"] == {"type": "bucket", "bucket_id": body["source"]["bucket_id"]}


def test_what_was_refused_for_one_rule_still_breaks_that_rule_only(opened):
    run = opened("type-case-ignored")
    body = {**collections.minimal(Vocabulary()), "metadata": {"a": [1, 2, 3]}, "description": "long " * 50}
    body["source"] = {**body["source"], "type": "BUCKET", "prefix_key": "p"}
    run.collection(body, "source.type-enum", expect=Expect.REFUSE, at=("source", "type"))
    body = last_body(minimized(run, "source.type-enum"))
    assert body["source"].keys() <= {"type", "bucket_id"}
    assert body["source"]["type"] == "BUCKET"
    assert "metadata" not in body


def test_a_chain_of_exchanges_is_repeated_with_new_names_and_ids(opened):
    run = opened("grandparents-lost")
    parent = run.shared_collection()
    for _ in range(2):
        body = {
            **collections.minimal(Vocabulary(), "child"),
            "source": {"type": "collection", "collection_id": parent.created_id},
        }
        parent = run.collection(body, context=(parent,))
    before = run.ledger.tallies["lineage.extends-parent"].counterexample
    small = minimized(run, "lineage.extends-parent")
    assert len(small.exchanges) == 3
    assert {exchange.created_id for exchange in small.exchanges}.isdisjoint(exchange.created_id for exchange in before.exchanges)


def test_a_violation_that_does_not_show_again_is_kept_and_marked(opened):
    run = opened("name-trimmed")
    run.collection({**collections.minimal(Vocabulary()), "collection_name": "trailing "})
    counterexample = run.ledger.tallies["collections.create.echoes-name"].counterexample
    small = minimize.minimize(run, "collections.create.echoes-description", counterexample).counterexample
    assert small.reproduced is False
    assert small.violation == counterexample.violation


class Sometimes:
    """A transport to a target that is faulty for some of the creates only, by turns."""

    def __init__(self, faulty, faithful, turns):
        self._faulty, self._faithful, self._turns, self._creates = faulty, faithful, turns, 0

    def send(self, request, timeout):
        if request.path != "/v1/collections/create":
            return self._faithful.send(request, timeout)
        turn = self._turns[self._creates % len(self._turns)]
        self._creates += 1
        return (self._faulty if turn else self._faithful).send(request, timeout)


@pytest.mark.parametrize(("turns", "times"), [((1, 0, 0, 1, 0, 0), 1), ((1, 0, 0, 0, 0, 0), 0), ((1, 1), 3)])
def test_a_violation_that_shows_only_sometimes_keeps_both_outcomes(turns, times):
    with reference(FAULTS["name-trimmed"]) as faulty, reference(NONE) as faithful:
        run = begun(Sometimes(faulty, faithful, turns), budget=replace(BUDGETS["quick"], shrinks=0))
        run.begin("flaky")
        run.collection({**collections.minimal(Vocabulary()), "collection_name": "trailing "})
        counterexample = run.ledger.tallies["collections.create.echoes-name"].counterexample
        small = minimize.minimize(run, "collections.create.echoes-name", counterexample).counterexample
    assert small.shown == times
    assert (small.hidden > 0) == (0 in turns)
    assert len(small.exchanges) == 1
    if small.hidden:
        assert small.held[-1].made["collection_name"].endswith("trailing ")
        assert not small.exchanges[-1].made["collection_name"].endswith(" ")


def send_in_sequence(run, *steps):
    """Make a collection and a document, and go on with these operations, each with all that went before as its context."""
    home = run.new_collection()
    history = (home, run.document(home, {"collection_id": home.created_id, "title": "first", "other": [1, 2, 3]}))
    for operation, body in steps:
        subject = history[0] if operation in (Operations.LIST_DOCUMENTS, Operations.DELETE_COLLECTION) else history[1]
        query = {"limit": 1000} if operation == Operations.LIST_DOCUMENTS else None
        history = (*history, run.call(operation, body=body, of=subject, expect=Expect.ACCEPT, query=query, context=history))
    return history


GET, PATCH, PUT, LIST = (Operations.GET_DOCUMENT, Operations.PATCH_DOCUMENT, Operations.PUT_DOCUMENT, Operations.LIST_DOCUMENTS)


def methods(counterexample):
    return [exchange.request.method for exchange in counterexample.exchanges]


def test_a_sequence_loses_the_requests_that_its_violation_does_not_need(opened):
    run = opened("read-cache-outlives-put")
    noise = [(PATCH, {"noise": 1}), (LIST, {}), (PATCH, {"noise": 2}), (LIST, {})]
    send_in_sequence(run, *noise, (GET, MISSING), (LIST, {}), (PUT, {"title": "second"}), (LIST, {}), (GET, MISSING))
    small = minimized(run, "documents.get.equals-created")
    assert small.reproduced
    assert methods(small) == ["POST", "POST", "GET", "PUT", "GET"]


def test_no_request_is_left_out_without_which_there_would_be_no_violation(opened):
    run = opened("list-cache-outlives-patch")
    send_in_sequence(run, (LIST, {}), (PATCH, {"title": "second"}), (LIST, {}))
    small = minimized(run, "list.returns-exactly-created")
    assert small.reproduced
    assert [exchange.request.path.rpartition("/")[2].partition("?")[0] for exchange in small.exchanges][-3::2] == ["list", "list"]
    assert methods(small)[-2] == "PATCH"


def test_requests_that_were_sent_at_once_are_repeated_at_once(opened):
    run = opened("lost-updates")
    context = send_in_sequence(run)
    about = "robustness.concurrent-updates"
    plans = [
        run.plan_call(PATCH, about, body={f"f{at}": at}, of=context[1], expect=Expect.ACCEPT, context=context) for at in range(8)
    ]
    patches = run.send_concurrently(plans)
    run.read(context[1], about, context=(*context, *patches))
    small = minimized(run, about)
    assert small.reproduced
    assert methods(small) == ["POST", "POST", "PATCH", "PATCH", "GET"]


def test_a_cursor_is_replaced_by_the_one_of_this_time(opened):
    run = opened("none")
    home = run.new_collection()
    documents = [run.document(home, {"collection_id": home.created_id}) for _ in range(3)]
    first = run.list_documents(home, {}, context=(home, *documents), limit=2)
    cursor = first.made["pagination"]["next_cursor"]
    second = run.list_documents(home, {}, context=(home, *documents, first), limit=2, cursor=cursor)
    assert len(second.made["results"]) == 1
    rewrite = _Rewriter(run, {})
    rewrite.learn(first, replace(first, response=replace(first.response, body=b'{"pagination":{"next_cursor":"other+one"}}')))
    assert rewrite.path(second).endswith("?limit=2&cursor=other%2Bone")


def test_names_are_replaced_as_wholes_and_all_at_once(opened):
    rewrite = _Rewriter(opened("none"), {"doc_1": "doc_57", "col_1": "col_2", "col_2": "col_3"})
    assert rewrite.text("/col_1/documents/doc_12?x=doc_1") == "/col_2/documents/doc_12?x=doc_57"
    assert rewrite.text('{"a":"col_2","b":["col_1"]}') == '{"a":"col_3","b":["col_2"]}'


def test_a_pattern_that_is_cut_into_none_crashes_nothing(opened):
    run = opened("none")
    home = run.new_collection()
    document = run.document(home, {"collection_id": home.created_id, "phrase": "quick"})
    body = {"filters": {"AND": [{"field": "phrase", "operator": "regex", "value": "q[tu"}]}}
    run.list_documents(home, body, "filters.eval.regex", context=(home, document), limit=1000)
    assert [finding.errors for finding in run.ledger.tallies.values() if finding.errors] == []


def minimized_condition(run, operator, value, field="phrase"):
    """Return what is left of a filter under which a faulty server answers nothing."""
    home = run.new_collection()
    documents = [
        run.document(home, {"collection_id": home.created_id, field: value}) for value in ("quick brown", 5, 7.25, "quick")
    ]
    whole = run.list_documents(home, {}, context=(home, *documents), limit=1000)
    body = {"filters": {"AND": [{"field": field, "operator": operator, "value": value}]}}
    run.list_documents(home, body, f"filters.eval.{operator.replace('_', '-')}", context=(home, *documents, whole), limit=1000)
    (requirement,) = run.ledger.failed()
    small = minimized(run, requirement)
    assert small.reproduced
    return last_body(small)["filters"]["AND"][0]


@pytest.mark.parametrize(
    ("operator", "value", "least"),
    [
        ("lte", 7.25, lambda condition: isinstance(condition["value"], int | float)),
        ("text", "quick", lambda condition: condition["value"].isalpha() and condition["value"].islower()),
        ("in", ["quick", 5], lambda condition: condition["value"] and None not in condition["value"]),
        ("starts_with", "quick", lambda condition: condition["value"] != ""),
    ],
)
def test_what_is_left_of_a_condition_is_something_that_a_server_must_take(operator, value, least):
    fault = Fault("none at all", "", installed=matching(lambda _op, _v, _o, _c, _ok: False))
    with reference(fault) as transport:
        run = begun(transport, budget=BUDGETS["standard"])
        run.begin("reduction")
        condition = minimized_condition(run, operator, value)
    assert condition["field"] == "phrase"
    assert least(condition), condition


def test_what_a_cursor_goes_on_from_stays_in_the_proof(opened):
    run = opened("none")
    home = run.new_collection()
    documents = [run.document(home, {"collection_id": home.created_id}) for _ in range(3)]
    first = run.list_documents(home, {}, context=(home, *documents), limit=2)
    second = run.list_documents(
        home, {}, context=(home, *documents, first), limit=2, cursor=first.made["pagination"]["next_cursor"]
    )
    assert minimize._needs(second, first)
    assert not minimize._lacks_nothing((home, *documents, second), (home, *documents, first, second))


def test_the_place_of_a_refusal_points_into_the_smaller_body(opened):
    run = opened("none")
    extractor = {"feature_extractor_name": "e", "version": "v1"}
    body = {**collections.minimal(Vocabulary()), "feature_extractors": [extractor, extractor, {"feature_extractor_name": "e"}]}
    at, about = ("feature_extractors", 2, "version"), "feature-extractors.requires-version"
    exchange = run.collection(body, about, expect=Expect.REFUSE, at=at)
    smaller = {**exchange.case.body, "feature_extractors": [{"feature_extractor_name": "e"}]}
    reducer = minimize._Reducer(run, about, Counterexample(Violation(""), (exchange,)), 1)
    assert reducer._with_body(exchange, smaller).case.at == ("feature_extractors", 0, "version")
