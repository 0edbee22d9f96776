"""A contract that says nothing of recordings has its traffic judged all the same, by what its operations and checks say."""

import io
import json
from dataclasses import replace

import pytest

from conformance.contracts.collections.contract import CONTRACT as COLLECTIONS
from conformance.engine.api import Api
from conformance.engine.checks import HELD, Checks, When
from conformance.engine.contract import Contract
from conformance.engine.recordings import Recordings
from conformance.evidence.ledger import Violation
from conformance.evidence.operation import Effect, Operation
from conformance.evidence.record import Recorder
from conformance.evidence.redaction import Redactor
from conformance.evidence.requirements import Basis, Level, Requirement
from conformance.schema.openapi import OpenApiDocument
from conformance.traffic.addresses import Addresses, query_parameters
from conformance.traffic.exchanges import Reader
from conformance.traffic.har import Entry, Part
from conformance.traffic.judge import judge

BASE = "https://keys.test/api"
DOCUMENT = """
openapi: 3.1.0
info: {title: keys, version: "1"}
paths:
  /kv/{key}:
    parameters: [{$ref: "#/components/parameters/Ttl"}]
    get: {parameters: [{name: pretty, in: query, schema: {type: boolean}}], responses: {}}
components:
  parameters:
    Ttl: {name: ttl, in: query, schema: {type: integer}}
  schemas:
    Value: {type: object, required: [value], properties: {value: {type: string}}}
"""
PUT = Operation(name="put", method="PUT", path="/kv/{key}", effect=Effect.UPDATE, body="Value")
GET = Operation(name="get", method="GET", path="/kv/{key}", effect=Effect.READ)
DELETE = Operation(name="delete", method="DELETE", path="/kv/{key}", effect=Effect.DELETE, answers=False)
CHECKS = Checks()


@CHECKS.check("kv.status", when=When.ANSWERED)
def status(exchange):
    """The server does not fail."""
    return HELD if exchange.status < 500 else Violation("it failed", "no 5xx", exchange.status)


@CHECKS.check("kv.names-key", GET, PUT, when=When.ACCEPTED)
def names_key(exchange):
    """The answer names the key of the path."""
    key = exchange.made.get("key")
    return HELD if key == exchange.id_of("key") else Violation("another key", exchange.id_of("key"), key, ("key",))


def requirement(identifier, *rests_on):
    return Requirement(identifier, Level.MUST, "core", (), "s", "t.", rests_on=rests_on)


@pytest.fixture
def contract(tmp_path):
    (tmp_path / "keys.yaml").write_text(DOCUMENT)
    rows = (requirement("kv.status", Basis.STATUS_ALONE), requirement("kv.names-key", Basis.ADDRESS))
    api = Api(
        requirements={row.id: row for row in rows}, operations=(PUT, GET, DELETE), document=OpenApiDocument(str(tmp_path / "keys.yaml")),
        checks=CHECKS, deletions={},
    )  # fmt: skip
    return Contract(
        name="keys", title="key-value API", label="keys", sources={}, profiles=("core",), requirements_file="", api=api, run=COLLECTIONS.run,
        scenarios=tmp_path, signs_of_life=(), first_look=COLLECTIONS.first_look, vocabulary_table=COLLECTIONS.vocabulary_table,
        vocabulary=COLLECTIONS.vocabulary,
    )  # fmt: skip


def entry(method, path, body=None, answer=None, status=200, unknown=()):
    content = None if body is None else json.dumps(body).encode()
    return Entry(
        method, BASE + path, (), content, status, (), json.dumps(answer or {}).encode(), 1.0, 0.1, unknown=frozenset(unknown)
    )


def judged(contract, *entries):
    reader = Reader(contract, BASE, contract.recordings.nothing_known)
    ledger, count = judge(reader.exchanges(list(entries)), Recorder(io.StringIO(), Redactor()), contract)
    assert not [finding.errors for finding in ledger.tallies.values() if finding.errors]
    return ledger.failed(), {name for name, finding in ledger.tallies.items() if finding.checks}, reader, count


def test_its_traffic_is_judged(contract):
    faithful = [
        entry("PUT", "/kv/a", {"value": "1"}, {"key": "a"}),
        entry("GET", "/kv/a?pretty=true", None, {"key": "a", "value": "1"}),
        entry("DELETE", "/kv/a", status=204),
        entry("GET", "/kv/a", None, {"error": "gone"}, 404),
        entry("GET", "/other"),
    ]
    failed, checked, reader, count = judged(contract, *faithful)
    assert (failed, checked, count) == (set(), {"kv.status", "kv.names-key"}, 4)
    assert reader.skipped == {"not of this API": 1}


@pytest.mark.parametrize(
    ("recorded", "failed"),
    [
        (entry("GET", "/kv/a", None, {"key": "b"}), {"kv.names-key"}),
        (entry("PUT", "/kv/a", {"value": "1"}, {"key": "b"}), {"kv.names-key"}),
        (entry("GET", "/kv/a", None, {"key": "b"}, unknown=[Part.REQUEST]), set()),
        (entry("PUT", "/kv/a", {"value": 5}, {"key": "b"}), set()),  # it breaks the schema: nothing is promised
        (entry("PUT", "/kv/a", {"value": "1"}, {}, 500), {"kv.status"}),
        (entry("GET", "/kv/a", None, {}, 500, unknown=[Part.RESPONSE_BODY]), {"kv.status"}),
    ],
)
def test_what_contradicts_its_own_request_is_reported(contract, recorded, failed):
    assert judged(contract, recorded)[0] == failed


def test_what_a_query_may_hold_is_read_from_its_document(contract):
    assert query_parameters(contract.api.document) == {"ttl": "integer", "pretty": "boolean"}
    reader = judged(contract, entry("GET", "/kv/a?ttl=soon"))[2]
    assert reader.skipped == {"with a ttl that is no number": 1}


def test_an_update_and_an_unknown_method_change_a_thing(contract):
    addresses = Addresses(contract.api)
    assert addresses.bases([entry("GET", "/kv/a")]) == [BASE]
    changed = [addresses.changed_thing(entry(method, "/kv/a"), BASE) for method in ("PUT", "PATCH", "GET", "DELETE")]
    assert changed == ["key", "key", None, None]


def test_a_crash_of_what_an_exchange_shows_by_itself_is_the_toolkits_error(contract):
    def crashing(_exchange):
        raise ZeroDivisionError("oops")

    broken = replace(contract, recordings=Recordings(self_contained={"kv.status": crashing}))
    reader = Reader(broken, BASE, None)
    ledger, _count = judge(
        reader.exchanges([entry("GET", "/kv/a", None, {"key": "a"})]), Recorder(io.StringIO(), Redactor()), broken
    )
    assert ledger.tallies["kv.status"].errors == ["ZeroDivisionError: oops"]
