"""Violations are repeated and made small: causes before rows, at a price that what they bring bounds, within the time of the run."""

import json
from dataclasses import replace

from command import conformance
from harness import begun, reference
from recorded import read_results

from conformance.contracts.collections.generation import collections
from conformance.contracts.collections.vocabulary import Vocabulary
from conformance.engine.budget import BUDGETS
from conformance.engine.confirm import Confirmation
from conformance.engine.sentinel import Sentinel

# Answers every request of an operation with the same object, and takes any JSON object.
MOCK = """
import asyncio, json

SECONDS = {seconds}
DOCUMENT = {{"document_id": "string", "collection_id": "string", "document_blobs": []}}
COLLECTION = {{"collection_id": "string", "collection_name": "string", "source_lineage": [], "enabled": True, "status": "ready"}}

def answer(path):
    if path.endswith("/documents/list"):
        return {{"results": [DOCUMENT], "pagination": {{"total": 1}}}}
    return DOCUMENT if "/documents" in path else COLLECTION

async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    await asyncio.sleep(SECONDS)
    headers = [(b"content-type", b"application/json")]
    await send({{"type": "http.response.start", "status": 200, "headers": headers}})
    await send({{"type": "http.response.body", "body": json.dumps(answer(scope["path"])).encode()}})
"""


class Altered:
    """A transport to the reference that alters the answers to some requests."""

    def __init__(self, served, alter):
        self._served, self._alter, self.creates = served, alter, 0

    def send(self, request, timeout):
        response = self._served.send(request, timeout)
        if request.path != "/v1/collections/create" or response.status != 200:
            return response
        self.creates += 1
        return replace(response, body=json.dumps(self._alter(json.loads(response.body), self.creates)).encode())


def seen(transport, *bodies):
    """Return a run that has sent these bodies, with the smallest fields."""
    run = begun(transport, budget=BUDGETS["quick"])
    run.begin("seen")
    for body in bodies:
        run.collection({**collections.minimal(Vocabulary()), **body})
    return run


def confirmed(run):
    """Confirm what a run has seen; return the counterexamples, and how many requests that took."""
    wanted, before = run.ledger.failed(), run.exchanges
    Confirmation(run, Sentinel(run, None), wanted, dict).confirm_new()
    return {name: run.ledger.tallies[name].counterexample for name in wanted}, run.exchanges - before


def test_an_exchange_that_breaks_many_requirements_is_made_small_for_all_of_them_at_once():
    with reference() as served:
        run = seen(Altered(served, lambda _made, _number: {}), {"description": "d", "metadata": {"a": [1, 2, 3]}})
        small, requests = confirmed(run)
    assert len(small) > 5
    assert all(counterexample.reproduced for counterexample in small.values())
    assert requests < 3 * len(small)


def test_what_is_proved_with_another_violation_shows_no_more_than_it_needs():
    def forget(made, _number):
        return {key: value for key, value in made.items() if key not in {"description", "metadata"}}

    with reference() as served:
        run = seen(Altered(served, forget), {"description": "d", "metadata": {"a": 1}})
        small, _requests = confirmed(run)
    bodies = {name: set(json.loads(small[name].exchanges[-1].request.body)) for name in small}
    least = {"collection_name", "source", "feature_extractors"}
    assert bodies["collections.create.echoes-description"] == {*least, "description"}
    assert bodies["collections.create.echoes-metadata"] == {*least, "metadata"}


def test_what_made_small_does_not_show_again_stays_as_it_was_seen():
    def forget_at_first(made, number):
        return {**made, "description": None} if number <= 3 else made

    with reference() as served:
        run = seen(Altered(served, forget_at_first), {"description": "d", "metadata": {"a": 1}})
        small, _requests = confirmed(run)
    kept = small["collections.create.echoes-description"]
    assert kept.hidden > 0
    assert kept.exchanges[-1].case.body["metadata"] == {"a": 1}


def test_another_violation_of_the_same_requirement_proves_nothing_of_the_one_that_was_seen():
    def change(made, number):
        changed = {"ttl_seconds": 7} if number == 1 else {"invalidation_events": [{"collection": "c", "action": "update"}]}
        return {**made, "cache_config": {**made["cache_config"], **changed}}

    with reference() as served:
        run = seen(Altered(served, change), {"cache_config": {"ttl_seconds": 60}})
        requirement = "cache-config.echoes"
        (kind,) = run.ledger.tallies[requirement].kinds
        confirmed(run)
    kept = run.ledger.tallies[requirement].kinds[kind]
    assert (kept.violation.message, kept.reproduced) == (kind.message, False)


def test_no_time_is_kept_for_violations_that_will_not_be_confirmed():
    def forget(made, _number):
        return {**made, "description": None, "metadata": None}

    with reference() as served:
        run = seen(Altered(served, forget), {"description": "d", "metadata": {"a": 1}})
        confirmation = Confirmation(run, Sentinel(run, None), run.ledger.failed(), dict)
        confirmation._begun -= 10
        assert confirmation.seconds_needed(60) == 15
        for requirement in run.ledger.failed():
            confirmation.mark_confirmed(requirement, "another kind")
        confirmation._spare, confirmation._counted = 0, -1
        assert confirmation.seconds_needed(60) == 0


def test_a_mock_costs_little_more_than_the_scenarios(tmp_path):
    (tmp_path / "mock.py").write_text(MOCK.format(seconds=0))
    done = conformance("run", "--app", "mock:app", "--seed", "1", "--profile", "core", "--output", "out", cwd=tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    results = read_results(tmp_path / "out")
    failed = [row for row in results["requirements"] if row["status"] == "failed"]
    violations = sum(1 + len(row["others"]) for row in failed)
    assert len(failed) > 40
    assert all(row["counterexample"]["reproduced"] for row in failed)
    assert violations > 100
    assert results["requests"] < 2000


def test_a_part_of_the_time_is_kept_for_repeating_what_was_seen(tmp_path):
    (tmp_path / "mock.py").write_text(MOCK.format(seconds=0.03))
    (tmp_path / "target.toml").write_text('[target]\napp = "mock:app"\n[limits]\nconcurrency = 8\n')
    done = conformance("run", "--target", "target.toml", "--seed", "1", "--max-time", "6", "--output", "out", cwd=tmp_path)
    assert done.returncode == 4, done.stdout + done.stderr
    results = read_results(tmp_path / "out")
    failed = [row for row in results["requirements"] if row["status"] == "failed"]
    assert results["seconds"] < 12
    assert len(failed) > 10
    repeated = [row for row in failed if row["counterexample"]["reproduced"]]
    assert len(repeated) > 0.9 * len(failed)
