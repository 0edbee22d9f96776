"""Requests about many documents: what a server is free to do is not reported, and what one fault breaks is not blamed on others."""

import json
import time
from dataclasses import replace

import pytest
from harness import Harness, explained

from conformance.contracts.collections.checks import expected_state
from conformance.contracts.collections.reference.fault import Fault
from conformance.contracts.collections.reference.hooks import change_answer, change_handlers, change_presentation, matching
from conformance.contracts.collections.reference.refusals import Refusal
from conformance.contracts.collections_2026_01.batch_corpus import NEIGHBOUR
from conformance.contracts.collections_2026_01.batches import shelf
from conformance.contracts.collections_2026_01.contract import CONTRACT
from conformance.contracts.collections_2026_01.operations import Added
from conformance.contracts.collections_2026_01.reference.batch_faults import BATCH_FAULTS
from conformance.core.tags import Tags
from conformance.engine.budget import BUDGETS
from conformance.engine.dispatch import Dispatcher
from conformance.engine.plan import Plan
from conformance.evidence.exchange import Case, Request, Response
from conformance.evidence.operation import Expect

EDITION = Harness(CONTRACT)
BULK, UPDATE, DELETE = "update_documents_in_bulk", "update_documents_in_batch", "delete_documents_in_batch"
ALL = (BULK, UPDATE, DELETE)


def run_of(fault, seed="1", budget=BUDGETS["quick"]):
    """Run the scenarios that are about many documents."""
    with EDITION.reference(fault) as opened:
        run = EDITION.begun(opened, seed=seed, budget=budget)
        for name, scenario in EDITION.scenarios().items():
            if name.startswith(("batches/", "namespaces/test_batches")):
                run.begin(name)
                scenario(run)
    return run


def answers(change):
    def installed(reference):
        for operation in ALL:
            change_answer(operation, change)(reference)

    return installed


def count_what_changed(reference):
    """Count documents only that are otherwise than before."""
    change_one, counted = reference.change_one, []

    def changed(call, identifier, data):
        before = reference.service.get_document(call.namespace, call.path["collection"], identifier)
        change_one(call, identifier, data)
        counted.append(any(before.get(key) != value for key, value in data.items()))

    def handled(_reference, original, call):
        counted.clear()
        return {**original(call), "updated_count": sum(counted)}

    reference.change_one = changed
    change_handlers(BULK, UPDATE, change=handled)(reference)


def named_in(call):
    try:
        body = json.loads(call.body)
        return [update["document_id"] for update in body.get("updates") or ()] or body.get("document_ids") or []
    except (ValueError, KeyError, TypeError, AttributeError):
        return []


def refuse(status, when, *operations):
    def handled(reference, original, call):
        if when(reference, call):
            raise Refusal(status, "not like that")
        return original(call)

    return change_handlers(*(operations or ALL), change=handled)


def names_twice(_reference, call):
    named = named_in(call)
    return len({str(name) for name in named}) < len(named)


def fail_the_second(reference):
    change_one, seen = reference.change_one, set()

    def changed(call, identifier, data):
        if (id(call), identifier) in seen:
            raise Refusal(409, "once is enough")
        seen.add((id(call), identifier))
        change_one(call, identifier, data)

    reference.change_one = changed


def claims(_reference, call):
    return b'"_internal"' in call.body


def fail_claims(reference):
    change_one = reference.change_one

    def changed(call, identifier, data):
        if "_internal" in data:
            raise Refusal(400, "not yours to change")
        change_one(call, identifier, data)

    reference.change_one = changed


def never_updated(reference):
    original = reference.service._changed

    def changed(namespace, before, after):
        updated = original(namespace, before, after)
        updated["_internal"] = {**updated["_internal"], "updated_at": before["_internal"]["updated_at"]}
        reference.service.store.replace_document(namespace, updated["collection_id"], updated["document_id"], updated)
        return updated

    reference.service._changed = changed


def whole_seconds(document, _urls, _vectors):
    inner = document["_internal"]
    cut = {key: inner[key][:19] + "Z" for key in ("created_at", "updated_at")}
    return {**document, "_internal": {**inner, **cut}}


def more_in_lists(reference):
    original = reference.service.list_documents
    scores = iter(range(10**6))

    def listed(*arguments):
        page = original(*arguments)
        return {**page, "results": [{**document, "score": next(scores)} for document in page.get("results", [])]}

    reference.service.list_documents = listed


def with_results_of_filters(reference):
    """Tell of each document also where a filter selects."""

    def handled(_reference, original, call):
        body = json.loads(call.body)
        is_sound = isinstance(body, dict) and not reference.problems(call.operation, body)
        chosen = reference.chosen(call, body["filters"]) if is_sound and body.get("filters") else []
        answer = original(call)
        return answer if answer["results"] else {**answer, "results": [{"document_id": name, "success": True} for name in chosen]}

    change_handlers(UPDATE, DELETE, change=handled)(reference)


VARIANTS = {
    "counts what changed alone": {"installed": count_what_changed},
    "results in another order": {"installed": answers(lambda a: {**a, "results": a["results"][::-1]} if "results" in a else a)},
    "no more than is required": {"installed": answers(lambda a: {k: v for k, v in a.items() if k != "message" and v not in (0, [])}
                                                      | {k: v for k, v in a.items() if k in ("updated_count", "deleted_count")})},
    "more than is named": {"installed": answers(lambda a: {**a, "took_ms": 3, "matched": 7,
                                                           "results": [{**r, "took": 1, "error": r["error"] or ""} for r in a.get("results", [])]})},
    "results of filters": {"installed": with_results_of_filters},
    "an id once": {"installed": refuse(400, names_twice)},
    "the second update of one fails": {"installed": fail_the_second},
    "claims refused": {"installed": refuse(422, claims)},
    "claims fail": {"installed": fail_claims},
    "updated_at does not move": {"installed": never_updated},
    "whole seconds": {"installed": change_presentation(whole_seconds)},
    "more in lists": {"installed": more_in_lists},
    "says more at the root": {"installed": change_presentation(lambda d, _u, _v: {"etag": d["_internal"]["updated_at"], "metadata": {}, **d})},
    "too large for a thousand": {"installed": refuse(413, lambda _r, call: len(call.body) > 50_000)},
    "400 for 422": {"sent": lambda _o, _b, r: (400, r[1], json.dumps({"success": False, "status": 400, "error": {"message": "no", "type": "t"}}).encode())
                    if r[0] == 422 else r},
    "counts with a fraction": {"installed": answers(lambda a: {k: float(v) if k.endswith("count") else v for k, v in a.items()})},
}  # fmt: skip


@pytest.mark.parametrize("name", VARIANTS)
def test_what_a_server_is_free_to_do_is_not_reported(name):
    assert explained(run_of(Fault(name, "", **VARIANTS[name]), seed=name)) == ""


@pytest.mark.parametrize("seed", range(5))
def test_the_faithful_reference_breaks_nothing_whatever_the_seed(seed):
    assert explained(run_of(Fault("none", ""), seed=str(seed))) == ""


def test_a_larger_budget_has_more_filters_and_a_crowd():
    budget = replace(BUDGETS["quick"], exhaustive=True, crowd=60)
    quick, larger = (run_of(Fault("none", ""), budget=used) for used in (BUDGETS["quick"], budget))
    assert explained(larger) == ""
    assert larger.exchanges > quick.exchanges + 60


@pytest.mark.parametrize(("name", "breaks"), [("some are unknown", "goes-on"), ("", "")])
def test_a_server_that_refuses_all_for_some_unknown_ids_is_told_that_alone(name, breaks):
    def some_are_unknown(reference, call):
        found = [reference.service.store.document(call.namespace, call.path["collection"], str(one)) for one in named_in(call)]
        is_sound = all(isinstance(one, str) for one in named_in(call))
        return bool(name) and is_sound and None in found and len(found) <= 1000

    run = run_of(Fault("x", "", installed=refuse(404, some_are_unknown, UPDATE, DELETE)))
    chapters = ("documents.batch-update", "documents.batch-delete")
    assert run.ledger.failed() == ({f"{chapter}.{breaks}" for chapter in chapters} if breaks else set())


def test_what_lists_read_otherwise_is_blamed_on_no_batch():
    cased = matching(lambda operator, value, operand, _sensitive, holds: value == operand if operator == "eq" else holds)
    assert run_of(Fault("x", "", installed=cased)).ledger.failed() == {"filters.eval.case-insensitive-default"}


def test_a_batch_that_fails_with_500_says_nothing_of_lists():
    def handled(reference, original, call):
        original(call)
        raise Refusal(500, "internal server error")

    failed = run_of(Fault("x", "", installed=change_handlers(BULK, change=handled))).ledger.failed()
    assert not any(name.startswith(("list.", "documents.get.")) for name in failed)
    assert "documents.bulk.changes-selected" in failed


def test_after_a_change_that_shows_nothing_no_document_is_known_but_after_a_refused_one_all_are():
    with EDITION.reference() as opened:
        run = EDITION.begun(opened)
        home = shelf(run, [NEIGHBOUR])
        assert expected_state.documents(home.context, home.collection.created_id).keys() == set(home.ids)
        refused = home.ask(Added.UPDATE_IN_BULK, {}, expect=Expect.REFUSE)
        assert expected_state.documents(home.context, home.collection.created_id).keys() == set(home.ids)
        home.ask(Added.UPDATE_IN_BULK, {"update_data": {"title": "b"}})
        assert expected_state.documents(home.context, home.collection.created_id) == {}
        assert expected_state.documents(home.context, "col_other") == {}
        assert refused.status == 422


def test_each_requirement_about_many_documents_has_a_fault_that_breaks_it():
    ours = {name for name, requirement in CONTRACT.api.requirements.items() if requirement.profile == "batches"}
    assert {fault.breaks for fault in BATCH_FAULTS} >= ours


def test_what_selects_waits_as_a_list_does():
    sent = []

    class Client:
        def send(self, request):
            sent.append((request.method, time.monotonic()))
            return type("Sent", (), {"response": Response(200, (), b"{}", 0.0), "failure": None, "sent_at": 0.0, "done_at": 0.0})()

    dispatcher = Dispatcher(Client(), 0.2)
    for operation, method in ((Added.UPDATE_IN_BULK, "PATCH"), (Added.DELETE_IN_BATCH, "DELETE")):
        dispatcher.send(Plan(Case(operation), Request(method, operation.path)), Tags("1", 0))
    assert sent[1][1] - sent[0][1] >= 0.2
