"""What a scenario plans is a test of requirements, or it is not sent."""

import pytest
from harness import begun

from conformance.contracts.collections.contract import API
from conformance.contracts.collections.generation import collections
from conformance.engine.api import PlanningError
from conformance.engine.plan import Plan
from conformance.evidence.exchange import Case, Request
from conformance.evidence.operation import OUTSIDE, Expect

TYPO = "collections.create.acepts-minimal"


class Unasked:
    def send(self, _request, _timeout):
        raise AssertionError("it was sent")


@pytest.fixture
def run():
    return begun(Unasked())


@pytest.mark.parametrize(
    "plan",
    [
        lambda run: run.plan_collection(collections.minimal(run.vocabulary), TYPO),
        lambda run: run.plan_raw("/", b"", TYPO, operation=OUTSIDE),
        lambda run: run.perform(Plan(Case(OUTSIDE, Expect.ANY, (TYPO,)), Request("GET", "/"))),
        lambda run: run.send_concurrently([Plan(Case(OUTSIDE, Expect.ANY, (TYPO,)), Request("GET", "/"))]),
    ],
)
def test_a_request_about_no_requirement_is_refused_when_it_is_planned_and_never_sent(run, plan):
    with pytest.raises(PlanningError, match="acepts-minimal.*no requirement"):
        plan(run)


def test_what_is_a_requirement_is_planned(run):
    assert run.plan_collection(collections.minimal(run.vocabulary), TYPO.replace("acepts", "accepts")).case.about


def test_an_operation_that_is_named_in_a_record_is_found():
    assert API.by_name["create_document"].path.endswith("/documents")
    assert API.by_name["outside"] is OUTSIDE
