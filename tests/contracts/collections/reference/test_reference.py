"""The reference: what it promises beyond the suites."""

import json
import time

import pytest
from harness import reference

from conformance.client.transports.asgi import open_asgi
from conformance.contracts.collections.reference.app import Reference
from conformance.evidence.exchange import Request

BODY = {"collection_name": "n", "source": {"type": "bucket", "bucket_id": "b"}, "feature_extractors": []}


def call(transport, method, path, body=None, **headers):
    content = None if body is None else json.dumps(body).encode()
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    response = transport.send(Request(method, path, (("content-type", "application/json"), *named), content), 5)
    return response.status, json.loads(response.body)


def test_a_created_collection_or_document_can_be_read():
    with reference(token=None) as transport:
        _status, collection = call(transport, "POST", "/v1/collections/create", BODY)
        path = f"/v1/collections/{collection['collection_id']}"
        assert call(transport, "GET", path) == (200, collection)
        _status, document = call(
            transport, "POST", f"{path}/documents", {"collection_id": collection["collection_id"], "title": "t"}
        )
        assert call(transport, "GET", f"{path}/documents/{document['document_id']}") == (200, document)
        assert call(transport, "GET", f"{path}/documents/doc_none")[0] == 404


def test_a_method_that_a_path_lacks_is_refused_with_those_that_it_has():
    with reference(token=None) as transport:
        response = transport.send(Request("POST", "/v1/collections/c/documents/d", (), b"{}"), 5)
        assert (response.status, response.header("allow")) == (405, "DELETE, GET, HEAD, PATCH, PUT")


def test_a_collection_is_not_found_from_another_namespace():
    with reference(token=None) as transport:
        _status, collection = call(transport, "POST", "/v1/collections/create", BODY, x_namespace="one")
        path = f"/v1/collections/{collection['collection_id']}"
        assert call(transport, "GET", path, x_namespace="one")[0] == 200
        assert call(transport, "GET", path, x_namespace="two")[0] == 404


def test_without_namespaces_a_collection_is_found_from_each():
    with reference(token=None, namespaces=False) as transport:
        _status, collection = call(transport, "POST", "/v1/collections/create", BODY, x_namespace="one")
        assert call(transport, "GET", f"/v1/collections/{collection['collection_id']}", x_namespace="two")[0] == 200


@pytest.mark.parametrize("given", ["Bearer wrong", "Basic secret", "secret", ""])
def test_with_a_token_any_other_credentials_are_answered_401(given):
    with open_asgi(Reference(token="secret").app) as transport:
        response = transport.send(Request("POST", "/v1/collections/create", (("authorization", given),) if given else (), b"{"), 5)
        assert response.status == 401
        assert response.header("www-authenticate") == "Bearer"


def test_a_database_file_keeps_the_data_over_a_restart(tmp_path):
    first = Reference(database=tmp_path / "data.db")
    collection = first.service.create_collection("", BODY)
    first.service.keep_collection("", collection)
    first.close()
    second = Reference(database=tmp_path / "data.db")
    assert second.service.get_collection("", collection["collection_id"]) == collection
    second.close()


def test_a_list_over_a_hundred_thousand_documents_loads_only_its_page():
    server = Reference()
    with open_asgi(server.app) as transport:
        _status, collection = call(transport, "POST", "/v1/collections/create", BODY)
        home = collection["collection_id"]
        rows = (
            (f"doc_{n}", json.dumps({"document_id": f"doc_{n}", "collection_id": home, "n": n, "kind": n % 7}))
            for n in range(100_000)
        )
        store = server.service.store
        store._connection.execute("BEGIN")
        store._connection.executemany(f"INSERT INTO documents VALUES ('', '{home}', ?, ?)", rows)
        store._connection.execute("COMMIT")
        loaded, original = [], store._all
        store._all = lambda *asked: loaded.extend(rows_read := original(*asked)) or rows_read
        query = {"filters": {"AND": [{"field": "kind", "operator": "eq", "value": 3}], "NOT": [{"field": "n", "operator": "lt", "value": 50_000}]},
                 "sort": {"field": "n", "direction": "desc"}}  # fmt: skip
        started = time.perf_counter()
        status, page = call(transport, "POST", f"/v1/collections/{home}/documents/list?limit=10&include_total=true", query)
        assert status == 200
        assert page["pagination"]["total"] == 7143
        assert [document["n"] for document in page["results"]] == list(range(99_998, 99_998 - 70, -7))
        # What conditions are about leaves the database as fragments; whole documents only those of the page, and one more.
        assert sum("document_id" in str(row[0]) for row in loaded) == 11
        assert time.perf_counter() - started < 10


def test_keys_that_json_escapes_are_filtered_by_too():
    with reference(token=None) as transport:
        _status, collection = call(transport, "POST", "/v1/collections/create", BODY)
        path = f"/v1/collections/{collection['collection_id']}/documents"
        for key in ('quo"te', "back\\slash", "tab\t", "ключ", "with space"):
            call(transport, "POST", path, {"collection_id": collection["collection_id"], key: 1})
            condition = {"field": key, "operator": "eq", "value": 1}
            assert len(call(transport, "POST", f"{path}/list", {"filters": {"AND": [condition]}})[1]["results"]) == 1


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=-1", "limit=1001", "limit=x", "offset=-1", "offset=10001", "cursor=zzz", "include_total=maybe"]
)
def test_a_query_out_of_bounds_is_refused_with_its_name(query):
    with reference(token=None) as transport:
        _status, collection = call(transport, "POST", "/v1/collections/create", BODY)
        status, body = call(transport, "POST", f"/v1/collections/{collection['collection_id']}/documents/list?{query}", {})
        assert status == 422
        assert body["detail"][0]["loc"] == ["query", query.partition("=")[0]]
