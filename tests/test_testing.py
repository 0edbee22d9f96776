"""A target judged in one line of a test: whatever somebody has in Python, in a synchronous test and in an asynchronous one."""

import asyncio
import warnings

import pytest

from conformance.contracts.collections.reference.app import Reference
from conformance.contracts.collections.reference.faults import FAULTS
from conformance.core.errors import UsageError
from conformance.evidence.results import Status
from conformance.testing import assert_conforms, assert_conforms_async, judge

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Starlette would rather have httpx2
    from starlette.testclient import TestClient
    from starlette.testclient import httpx as of_starlette

ONLY = "source.*"


def app(fault=None):
    return Reference(namespaces=False, **({} if fault is None else {"fault": FAULTS[fault]})).app


def wsgi(environ, start_response):
    start_response("404 Not Found", [("content-type", "application/json")])
    return [b"{}"]


TARGETS = {
    "an application": app,
    "a TestClient": lambda: TestClient(app()),
    "an httpx transport": lambda: TestClient(app())._transport,  # noqa: SLF001 - a transport that somebody made
}


@pytest.mark.parametrize("kind", TARGETS)
def test_a_faithful_target_conforms(kind):
    results = assert_conforms(TARGETS[kind](), only=ONLY)
    assert {row.status for row in results.requirements} == {Status.PASSED}
    assert results.requests > 50


def test_a_faulty_target_fails_with_its_counterexample():
    with pytest.raises(AssertionError) as error:
        assert_conforms(app("type-case-ignored"), only=ONLY)
    message = str(error.value)
    assert "NOT CONFORMING" in message
    assert "failed MUST   source.type-enum" in message
    assert "after    POST /v1/collections/create" in message


def test_the_whole_contract_is_judged_unless_a_part_is_chosen():
    results = judge(app())
    assert len(results.requirements) > 150
    assert {row.status for row in results.requirements} <= {Status.PASSED, Status.NOT_APPLICABLE}


def test_a_client_keeps_its_own_authentication_and_hooks():
    seen = []
    served = TestClient(Reference(namespaces=False, token="secret").app)
    client = of_starlette.Client(
        transport=served._transport,  # noqa: SLF001 - a transport that somebody made
        base_url="http://target.test", auth=lambda request: (request.headers.update({"authorization": "Bearer secret"}), request)[1],
        event_hooks={"request": [lambda request: seen.append(request.url.path)]},
    )  # fmt: skip
    assert_conforms(client, only=ONLY)
    assert "/v1/collections/create" in seen


def test_an_asynchronous_test_can_wait_for_it():
    async def test():
        ticks = 0

        async def tick():
            nonlocal ticks
            while True:
                ticks += 1
                await asyncio.sleep(0.01)

        ticking = asyncio.create_task(tick())
        await assert_conforms_async(app(), only=ONLY)
        ticking.cancel()
        return ticks

    assert asyncio.run(test()) > 5


def test_the_same_seed_sends_the_same_and_another_one_something_else():
    def sent(seed):
        bodies = []
        client = TestClient(app(), headers={})
        client.event_hooks = {"request": [lambda request: bodies.append((request.method, len(request.content)))]}
        assert_conforms(client, only="collections.create.echoes-metadata", seed=seed)
        return sorted(bodies)  # several are under way at once

    assert sent("1") == sent("1") != sent("2")


@pytest.mark.parametrize("target", [5, lambda one, two, three, four, five: None], ids=["a number", "a function of five"])
def test_what_is_no_target_is_refused(target):
    with pytest.raises(UsageError, match="ASGI"):
        assert_conforms(target, only=ONLY)


def test_a_requirement_that_does_not_exist_is_refused():
    with pytest.raises(UsageError, match="no requirement has such an id"):
        assert_conforms(app(), only="no.such")


def counting():
    """Return an application whose data and ids begin again when it is reset, and what resets it."""
    state = {"reference": Reference(namespaces=False), "resets": 0}

    async def serve(scope, receive, send):
        await state["reference"].app(scope, receive, send)

    def reset():
        state["reference"] = Reference(namespaces=False)
        state["resets"] += 1

    return serve, reset, state


def test_data_can_be_reset_before_each_scenario():
    serve, reset, state = counting()
    results = assert_conforms(serve, only=["source.*", "documents.*", "list.*", "lineage.*"], reset=reset)
    assert state["resets"] > 10
    assert {row.status for row in results.requirements} <= {Status.PASSED, Status.NOT_APPLICABLE}


def test_a_reset_hides_no_violation():
    state = {}

    async def serve(scope, receive, send):
        await state["app"](scope, receive, send)

    def reset():
        state["app"] = app("type-case-ignored")

    reset()
    assert judge(serve, only=ONLY, reset=reset).row("source.type-enum").status is Status.FAILED
