"""Listing, changing and naming collections: what a server is free to do is not reported, whatever it already holds."""

import re

import pytest
from collection_variants import LATE, LATE_LISTS, VARIANTS
from harness import IDENTITY, Harness, explained

from conformance.client.transports.asgi import open_asgi
from conformance.contracts.collections_2026_01.checks import collection_lists, collection_state
from conformance.contracts.collections_2026_01.contract import CONTRACT
from conformance.contracts.collections_2026_01.reference.app import Reference2026
from conformance.contracts.collections_2026_01.reference.faults import FAULTS
from conformance.engine.budget import BUDGETS
from conformance.evidence.exchange import Namespace

EDITION = Harness(CONTRACT)
CHAPTERS = ("collections.list.", "collections.update.", "collections.by-name.")


def performed(opened, *, concerned=CHAPTERS, **settings):
    """Return a run in which all scenarios of these chapters were performed against an open target."""
    run = EDITION.begun(opened, **settings)
    for name, scenario in EDITION.scenarios().items():
        if any(requirement.startswith(concerned) for requirement in EDITION.exercised(scenario)):
            run.begin(name)
            scenario(run)
    return run


@pytest.mark.parametrize("name", VARIANTS)
def test_a_permitted_variant_is_not_reported(name):
    with EDITION.reference(VARIANTS[name]) as opened:
        assert explained(performed(opened, seed=name)) == ""


@pytest.mark.parametrize("name", ["names-once", "newest-first", "an-empty-last-page"])
def test_a_larger_budget_reports_no_permitted_variant_either(name):
    with EDITION.reference(VARIANTS[name]) as opened:
        assert explained(performed(opened, seed=name, budget=BUDGETS["standard"])) == ""


def test_lists_may_lag_behind_as_long_as_the_target_says():
    with EDITION.reference(LATE_LISTS) as opened:
        run = EDITION.begun(opened)
        run._dispatcher._list_delay = 3 * LATE
        for name, scenario in EDITION.scenarios().items():
            if name.startswith(("collection-", "namespaces/collections")):
                run.begin(name)
                scenario(run)
    assert explained(run) == ""


@pytest.mark.parametrize("name", ["names-once", "newest-first", None])
def test_a_second_run_with_the_same_names_on_the_same_server_finds_nothing(name):
    with EDITION.reference(*([] if name is None else [VARIANTS[name]])) as opened:
        for _ in range(3):
            run = performed(opened)
            assert explained(run) == ""
            judged = {requirement for requirement, tally in run.ledger.tallies.items() if tally.checks}
            assert {requirement for requirement in CONTRACT.api.requirements if requirement.startswith(CHAPTERS)} <= judged


def test_thousands_of_foreign_collections_do_not_matter():
    server = Reference2026(token=IDENTITY.token)
    body = {
        "source": {"type": "bucket", "bucket_ids": ["bkt"]},
        "feature_extractor": {"feature_extractor_name": "a", "version": "1"},
    }
    for number in range(1100):
        for namespace in (IDENTITY.primary, IDENTITY.secondary):
            made = server.service.create_collection(namespace, {**body, "collection_name": f"foreign_{number}"})
            server.service.keep_collection(namespace, made)
    with open_asgi(server.app) as opened:
        run = performed(opened)
    assert explained(run) == ""
    assert run.ledger.tallies["collections.list.returns-created"].checks > 1
    server.close()


def test_the_same_seed_sends_the_same_requests_to_a_new_server():
    first, second = ([_without_ids(exchange) for exchange in _seen("collection-updates/", "collection-lists/")] for _ in range(2))
    assert first == second != []


def _without_ids(exchange):
    return re.sub(r"\b(col|doc)_[0-9a-f]+", "id", f"{exchange.request.method} {exchange.request.path} {exchange.request.body}")


def _seen(*beginnings):
    """Return the exchanges of the scenarios whose names begin so, on a new server."""
    seen = []
    with EDITION.reference() as opened:
        run = EDITION.begun(opened)
        record = run.record_late
        run.record_late = lambda *given, **more: seen.append(record(*given, **more)) or seen[-1]
        for name, scenario in EDITION.scenarios().items():
            if name.startswith(beginnings):
                run.begin(name)
                scenario(run)
    return seen


def test_what_became_of_a_collection_follows_from_its_writes():
    last = _seen("collection-updates/test_updates/test_updates")[-1]
    (state,) = collection_state.collections(last).values()
    assert not state.is_as_created
    assert not state.is_unsure
    assert state.answer["description"] is None
    assert collection_state._collections(last.context, Namespace.SECONDARY) == {}


def test_an_update_that_is_refused_beside_another_one_breaks_no_must():
    with EDITION.reference(FAULTS["updates-among-others-refused"]) as opened:
        run = performed(opened)
    assert {identifier for identifier, tally in run.ledger.tallies.items() if tally.violations} == {"collections.update.concurrent"}


def test_a_list_is_complete_if_it_shows_less_than_was_asked_for():
    lists = {exchange.request.path: exchange for exchange in _seen("collection-lists/test_lists/test_whole")}
    assert collection_lists.is_complete(lists["/v1/collections/list?limit=1000"])
    assert not collection_lists.is_complete(lists["/v1/collections/list?limit=1"])
    assert not collection_lists.is_complete(lists["/v1/collections/list"])
