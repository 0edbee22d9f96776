"""Recorded traffic: what contradicts its own request is reported, and what only looks wrong from outside is not."""

import io
import json
from dataclasses import replace

import pytest
from command import conformance
from one_exchange import judged
from recorded import files_with
from recorded_har import BASE, har, of_record

from conformance.contracts.collections.contract import CONTRACT
from conformance.contracts.collections.operations import Operations
from conformance.evidence.record import Recorder
from conformance.evidence.redaction import Redactor
from conformance.traffic.addresses import Addresses
from conformance.traffic.exchanges import Reader
from conformance.traffic.har import Entry
from conformance.traffic.judge import judge

NOTHING_KNOWN = CONTRACT.recordings.nothing_known
JSON = (("content-type", "application/json"),)
COLLECTION = {"collection_name": "c", "source": {"type": "bucket", "bucket_id": "b"}, "feature_extractors": []}
MADE = {
    "collection_name": "c", "collection_id": "col_1", "feature_extractors": [], "output_schema": {"properties": {}}, "enabled": True,
    "source_lineage": [{"source_type": "bucket", "bucket_id": "b", "bucket_config": {"type": "bucket", "bucket_id": "b"},
                        "output_schema": {"properties": {}}}],
}  # fmt: skip
TIMES = {"created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"}


def document(number, **fields):
    ids = {"document_id": f"doc_{number}", "collection_id": "col_1"}
    return {**ids, **fields, "_internal": {**ids, **TIMES, "lineage": {}}}


def asked(method, path, body=None, answer=None, status=200, **more):
    content = None if body is None else json.dumps(body).encode()
    return Entry(method, BASE + path, JSON, content, status, JSON, json.dumps(answer or {}).encode(), 1.0, 0.01, **more)


def listed(body, *found, query=""):
    answer = {"results": list(found), "pagination": {"next_cursor": None}}
    return asked("POST", f"/v1/collections/col_1/documents/list{query}", body, answer)


def failed(*entries):
    reader = Reader(CONTRACT, BASE, NOTHING_KNOWN)
    ledger, _count = judge(reader.exchanges(list(entries)), Recorder(io.StringIO(), Redactor()), CONTRACT)
    assert not [finding.errors for finding in ledger.tallies.values() if finding.errors]
    return ledger.failed()


REFUSED = {"success": False, "status": 422, "error": {"message": "no", "type": "invalid"}}


@pytest.mark.parametrize(
    ("entry", "requirement"),
    [
        (asked("POST", "/v1/collections/create", COLLECTION, {**MADE, "collection_name": "C"}), "collections.create.echoes-name"),
        (asked("POST", "/v1/collections/create", {**COLLECTION, "source": {}}, MADE), "source.requires-type"),
        (asked("POST", "/v1/collections/create", COLLECTION, {"detail": "x"}, 500), "http.no-server-error"),
        (asked("POST", "/v1/collections/create", COLLECTION, {"oops": 1}, 404), "errors.envelope"),
        (listed({}, *(document(one) for one in range(11)), query="?limit=10"), "list.limit"),
        (listed({}, query="?limit=1001"), "list.limit-bounds"),
        (listed({}, document(1), document(1)), "list.returns-exactly-created"),
        (listed({}, document(1), query="?include_total=true"), "list.total"),
        (asked("GET", "/v1/collections/col_1/documents/doc_1", None, document(2)), "documents.get.equals-created"),
        (listed({"sort": {"field": "n"}}, document(1, n=2), document(2, n=1)), "list.sort-ascending"),
        (listed({"sort": {"field": "n", "direction": "desc"}}, document(1, n=1), document(2, n=2)), "list.sort-descending"),
        (listed({"filters": {"AND": [{"field": "n", "operator": "gt", "value": 1}]}}, document(1, n=1)), "filters.eval.gt"),
        (listed({"filters": {"NOT": [{"field": "n", "operator": "eq", "value": 1}]}}, document(1, n=1)), "filters.eval.not"),
        (asked("PATCH", "/v1/collections/col_1/documents/doc_1", {"a": 0}, document(1, a=None)), "documents.patch.merges"),
        (asked("PUT", "/v1/collections/col_1/documents/doc_1", {"a": 0}, document(1)), "documents.put.replaces"),
        (asked("GET", "/v1/collections/col_1/documents/doc_1", None, {**document(1), "_internal": None}), "internal.present"),
    ],
)
def test_what_contradicts_its_own_request_is_reported(entry, requirement):
    assert requirement in failed(entry)


@pytest.mark.parametrize(
    "entry",
    [
        # Refused, and nobody recorded why: the name is taken, the bucket unknown, the caller not allowed.
        asked("POST", "/v1/collections/create", COLLECTION, REFUSED, 422),
        asked("POST", "/v1/collections/create", {}, {**REFUSED, "status": 403}, 403),
        asked("GET", "/v1/collections/col_1", None, {**REFUSED, "status": 404}, 404),
        # The collection by its name.
        asked("POST", "/v1/collections/c/documents", {"collection_id": "col_1", "a": 1}, document(1, a=1)),
        # More than was asked for by nobody that we know of.
        listed({}, *(document(one) for one in range(10))),
        listed({}, *(document(one) for one in range(50)), query="?limit=50"),
        # What the filter is about is not shown, or means nothing certain.
        listed({"filters": {"AND": [{"field": "hidden", "operator": "eq", "value": 1}]}}, document(1)),
        listed({"filters": {"AND": [{"field": "n", "operator": "gt", "value": 1}]}}, document(1, n="2")),
        listed({"filters": {"AND": [{"field": "n", "operator": "gt", "value": 1}]}, "select": ["a"]}, document(1, n=0)),
        listed({"filters": {"AND": [{"field": "s", "operator": "eq", "value": "A"}]}}, document(1, s="a")),
        listed({"sort": {"field": "n"}}, document(1, n=2), document(2), document(3, n=1)),
        listed({"sort": {"field": "s"}}, document(1, s="b"), document(2, s="A")),
        # A list that breaks the schema's rules, answered all the same.
        listed({"sort": {}}, *(document(one) for one in range(20)), query="?limit=5"),
        # What is not of this contract: the vendor's own operations, parameters and names.
        asked("PUT", "/v1/collections/col_1/documents/batch", {"a": 1}, {"updated": 1}),
        asked("PATCH", "/v1/collections/col_1/documents/bulk", {"a": 1}, {"updated": 1}),
        asked("GET", "/v1/collections/col_1/documents/export", None, {"url": "x"}),
        asked("GET", "/v1/collections/stats", None, {"count": 1}),
        asked("GET", "/v1/collections/list", None, {"results": []}),
        listed({}, *(document(one) for one in range(50)), query="?page_size=50"),
        listed({"limit": 50}, *(document(one) for one in range(50))),
        listed({"filters": {"NOT": [{"AND": []}]}}, document(1)),
        listed({"filters": {"AND": [{"field": "s", "operator": "text", "value": "run"}]}}, document(1, s="running")),
        listed({"filters": {"AND": [{"field": "s", "operator": "regex", "value": "(a+)+$"}]}}, document(1, s="a" * 40 + "!")),
        listed({"filters": {"AND": [{"field": "_internal.created_at", "value": "2026-01-01T00:00:00.000Z"}]}}, document(1)),
        listed({"sort": {"field": "s"}}, document(1, s="coop"), document(2, s="co-op")),
        asked("PATCH", "/v1/collections/col_1/documents/doc_1", {"a": None, "b.c": 1}, document(1)),
        asked(
            "POST",
            "/v1/collections/create",
            {**COLLECTION, "source": {"type": "collection", "collection_id": "by its name"}},
            {**MADE, "source_lineage": []},
        ),
        asked(
            "POST",
            "/v1/collections/col_1/documents",
            {"collection_id": "col_1", "metadata": {"collection_id": "col_1"}},
            document(1, metadata={"collection_id": "col_1"}),
        ),
        # From a cache.
        asked("GET", "/v1/collections/col_1", None, None, 304),
        asked("OPTIONS", "/v1/collections/create", None, None, 204),
        asked("GET", "/v1/collections", None, {"anything": 1}),
        asked("GET", "/v1/collections/col_1", None, {"x": 1}, lacks="the end of the response's body"),
    ],
)
def test_what_may_have_a_reason_that_nobody_recorded_is_not(entry):
    assert failed(entry) == set()


def test_a_create_that_was_repeated_with_its_idempotency_key_is_one():
    entry = asked("POST", "/v1/collections/create", COLLECTION, MADE)
    later = replace(entry, sent_at=60.0)
    assert failed(entry, later) == {"collections.create.id-unique"}
    keyed, keyed_later = (replace(one, headers=(*JSON, ("idempotency-key", "k1"))) for one in (entry, later))
    assert failed(keyed, keyed_later) == set()


def test_what_was_recorded_twice_is_one_exchange():
    entry = asked("POST", "/v1/collections/create", COLLECTION, MADE)
    assert failed(entry, replace(entry, sent_at=1.4)) == set()


def test_a_lineage_is_held_against_the_recorded_parent():
    child = {**COLLECTION, "source": {"type": "collection", "collection_id": "col_1"}}
    answer = {**MADE, "collection_id": "col_2", "source_lineage": [{"source_type": "collection", "collection_id": "col_1",
              "collection_config": {"type": "collection", "collection_id": "col_1"}, "output_schema": {"properties": {}}}]}  # fmt: skip
    parent = asked("POST", "/v1/collections/create", COLLECTION, MADE)
    create = asked("POST", "/v1/collections/create", child, answer)
    assert "lineage.extends-parent" in failed(parent, create)
    # An operation that the contract lacks may have changed the parent in between.
    change = asked("PATCH", "/v1/collections/col_1", {"enabled": False}, MADE)
    assert "lineage.extends-parent" not in failed(parent, change, create)


def test_the_address_of_the_api_is_found_behind_a_gateway():
    entries = [asked("GET", "/v1/collections/col_1"), asked("GET", "/other"), asked("POST", "/v1/collections/create")]
    addresses = Addresses(CONTRACT.api)
    assert addresses.bases(entries) == [BASE]
    operations = [addresses.operation_of(entry, BASE) for entry in entries]
    assert operations == [Operations.GET_COLLECTION, None, Operations.CREATE_COLLECTION]
    assert addresses.operation_of(entries[0], "https://api.acme.test") is None


def test_a_key_in_an_address_is_not_kept():
    (exchange,) = Reader(CONTRACT, BASE, NOTHING_KNOWN).exchanges([asked("GET", "/v1/collections/col_1?api_key=s3cret&limit=5")])
    assert exchange.request.path == "/v1/collections/col_1?api_key=%24REDACTED&limit=5"


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """Return a folder with the traffic of a run on the reference, and of one on a faulty one."""
    folder = tmp_path_factory.mktemp("recorded")
    (folder / "faulty.py").write_text(
        "from conformance.contracts.collections.reference.app import Reference\nfrom conformance.contracts.collections.reference.faults import FAULTS\n"
        "app = Reference(fault=FAULTS['zero-ttl-is-default']).app\n"
    )
    secret = [("Authorization", "Bearer abcdef-secret-123456")]
    for name, options in (("faithful", ["--seed", "1"]), ("faulty", ["--app", "faulty:app", "--only", "cache-config.*"])):
        conformance("run", *options, "--output", name, cwd=folder)
        (folder / f"{name}.har").write_text(json.dumps(of_record(folder / name / "exchanges.jsonl.gz", more=secret)))
    return folder


def test_nothing_is_reported_of_what_a_faithful_server_answered(recorded):
    done = conformance("check", "faithful.har", "--output", "out", cwd=recorded)
    assert done.returncode == 4, done.stdout
    results = json.loads((recorded / "out" / "results.json").read_text())
    statuses = [row["status"] for row in results["requirements"]]
    assert not {"failed", "error"} & set(statuses)
    assert statuses.count("passed") > 100
    assert results["requests"] == 0
    assert results["manifest"]["recording"]["exchanges"] > 1000
    assert files_with(recorded / "out", "abcdef-secret") == []


def _bodies(entry):
    return [one for one in (entry["request"].get("postData"), entry["response"]["content"]) if one]


def _omitted(entry):
    for one in _bodies(entry):
        one["text"] = ""
    _unmeasured(entry)


def _unmeasured(entry):
    for message in (entry["request"], entry["response"]):
        message["headers"] = [one for one in message["headers"] if one["name"].lower() != "content-length"]
        message["bodySize"] = -1
    entry["response"]["content"]["size"] = -1


def _answers_lost(entry):
    _unmeasured(entry)
    entry["response"]["content"].pop("text", None)


def _requests_lost(entry):
    _unmeasured(entry)
    entry["request"].pop("postData", None)


def _headers_lost(entry):
    entry["request"]["headers"], entry["response"]["headers"] = [], []
    entry["response"]["content"]["mimeType"] = "x-unknown"


def _cut(entry):
    _unmeasured(entry)
    for one in _bodies(entry):
        one["text"] = one.get("text", "")[:100]


@pytest.mark.parametrize("lose", [_omitted, _unmeasured, _answers_lost, _requests_lost, _headers_lost, _cut])
def test_nothing_is_reported_of_a_faithful_server_whatever_its_recording_lacks(recorded, tmp_path, lose):
    log = json.loads((recorded / "faithful.har").read_text())
    for entry in log["log"]["entries"]:
        lose(entry)
    (tmp_path / "t.har").write_text(json.dumps(log))
    failed, kept, reader = judged(tmp_path / "t.har", BASE)
    assert failed == set()
    assert "http.status-documented" in kept
    assert reader.partly


def test_a_fault_shows_in_what_was_recorded_and_is_reported_as_a_run_does(recorded):
    done = conformance("check", "faulty.har", "--output", "bad", "--only", "cache-config.*", cwd=recorded)
    assert done.returncode == 1, done.stdout
    assert "cache-config.echoes" in done.stdout
    assert "exchanges of faulty.har" in done.stdout
    assert {"report.html", "results.json", "junit.xml", "results.sarif", "badge.json", "exchanges.jsonl.gz"} <= {
        one.name for one in (recorded / "bad").iterdir()
    }


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (json.dumps(har([])), "no request to a collections and documents API is in it"),
        ("{", "not a HAR file"),
        (None, "No such file"),
    ],
)
def test_a_file_without_such_traffic_is_a_mistake(tmp_path, content, said):
    if content is not None:
        (tmp_path / "t.har").write_text(content)
    done = conformance("check", "t.har", cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr


def test_of_several_apis_in_a_recording_one_is_to_be_named(tmp_path, recorded):
    log = json.loads((recorded / "faulty.har").read_text())
    other = json.loads(json.dumps(log["log"]["entries"][0]).replace(BASE, "http://other.test"))
    log["log"]["entries"].append(other)
    (tmp_path / "t.har").write_text(json.dumps(log))
    done = conformance("check", "t.har", cwd=tmp_path)
    assert done.returncode == 2
    assert "http://other.test" in done.stderr
    assert conformance("check", "t.har", BASE, "--only", "http.*", cwd=tmp_path).returncode != 2


def test_an_address_that_was_recorded_is_taken_as_it_is(recorded):
    text = (recorded / "faulty.har").read_text().replace("/gateway/", "/gäte|way/")
    (recorded / "odd.har").write_text(text)
    done = conformance("check", "odd.har", "--output", "odd", "--only", "cache-config.*", cwd=recorded)
    assert done.returncode == 1, done.stdout + done.stderr
