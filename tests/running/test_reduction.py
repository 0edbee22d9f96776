"""Counterexamples: repeated, made small, and still of the kind they were."""

import io
import json

import pytest
from harness import IDENTITY, reference

from conformance.contract.operations import Expect
from conformance.evidence.record import Recorder
from conformance.evidence.redaction import redactor
from conformance.generation import collections, edges
from conformance.generation.vocabulary import Vocabulary
from conformance.reference.faults import FAULTS
from conformance.running.budget import BUDGETS
from conformance.running.reduction import explained
from conformance.running.run import Run
from conformance.target.client import Client


@pytest.fixture
def opened():
    runs = []

    def start(name):
        transport = reference(FAULTS[name])
        runs.append(transport)
        recorder = Recorder(io.StringIO(), redactor(None))
        run = Run(
            Client(transport.__enter__(), identity=IDENTITY),
            recorder,
            vocabulary=Vocabulary(),
            seed="1",
            budget=BUDGETS["standard"],
        )
        run.begin("reduction")
        return run

    yield start
    for transport in runs:
        transport.__exit__(None, None, None)


def small(run, requirement):
    found = explained(run, requirement, run.ledger.findings[requirement].counterexample)
    return found, json.loads(found.exchanges[-1].request.body)


def test_a_large_body_is_reduced_to_what_the_violation_needs(opened):
    run = opened("zero-threshold-lost")
    for body in edges.collections(Vocabulary()):
        run.collection(body)
    found, body = small(run, "cache-config.echoes")
    assert found.reproduced
    assert body.keys() == {"collection_name", "source", "feature_extractors", "cache_config"}
    assert body["cache_config"] in ({"score_threshold": 0}, {"score_threshold": 0.0})
    assert body["source"] == {"type": "bucket", "bucket_id": body["source"]["bucket_id"]}


def test_what_was_refused_for_one_rule_still_breaks_that_rule_only(opened):
    run = opened("type-case-ignored")
    body = {**collections.minimal(Vocabulary()), "metadata": {"a": [1, 2, 3]}, "description": "long " * 50}
    body["source"] = {**body["source"], "type": "BUCKET", "prefix_key": "p"}
    run.collection(body, "source.type-enum", expect=Expect.REFUSE, at=("source", "type"))
    _found, body = small(run, "source.type-enum")
    assert body["source"].keys() <= {"type", "bucket_id"}
    assert body["source"]["type"] == "BUCKET"
    assert "metadata" not in body


def test_a_chain_of_exchanges_is_repeated_with_new_names_and_ids(opened):
    run = opened("grandparents-lost")
    parent = run.home()
    for _ in range(2):
        body = {
            **collections.minimal(Vocabulary(), "child"),
            "source": {"type": "collection", "collection_id": parent.created_id},
        }
        parent = run.collection(body, context=(parent,))
    before = run.ledger.findings["lineage.extends-parent"].counterexample
    found, _body = small(run, "lineage.extends-parent")
    assert len(found.exchanges) == 3
    assert {one.created_id for one in found.exchanges}.isdisjoint({one.created_id for one in before.exchanges})


def test_a_violation_that_does_not_show_again_is_kept_and_marked(opened):
    run = opened("name-trimmed")
    run.collection({**collections.minimal(Vocabulary()), "collection_name": "trailing "})
    counterexample = run.ledger.findings["collections.create.echoes-name"].counterexample
    found = explained(run, "collections.create.echoes-description", counterexample)
    assert found.reproduced is False
    assert found.violation == counterexample.violation
