"""The reference: what it promises beyond the suites."""

import json

import pytest
from harness import reference

from conformance.evidence.exchange import Request
from conformance.reference.app import Reference
from conformance.target.transports.asgi import open_asgi

BODY = {"collection_name": "n", "source": {"type": "bucket", "bucket_id": "b"}, "feature_extractors": []}


def call(transport, method, path, body=None, **headers):
    content = None if body is None else json.dumps(body).encode()
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    response = transport.send(Request(method, path, (("content-type", "application/json"), *named), content), 5)
    return response.status, json.loads(response.body)


def test_what_is_created_can_be_read():
    with reference(token=None) as transport:
        _status, made = call(transport, "POST", "/v1/collections/create", BODY)
        path = f"/v1/collections/{made['collection_id']}"
        assert call(transport, "GET", path) == (200, made)
        _status, document = call(transport, "POST", f"{path}/documents", {"collection_id": made["collection_id"], "title": "t"})
        assert call(transport, "GET", f"{path}/documents/{document['document_id']}") == (200, document)
        assert call(transport, "GET", f"{path}/documents/doc_none")[0] == 404


def test_namespaces_are_apart():
    with reference(token=None) as transport:
        _status, made = call(transport, "POST", "/v1/collections/create", BODY, x_namespace="one")
        path = f"/v1/collections/{made['collection_id']}"
        assert call(transport, "GET", path, x_namespace="one")[0] == 200
        assert call(transport, "GET", path, x_namespace="two")[0] == 404


def test_namespaces_can_be_switched_off():
    with reference(token=None, namespaces=False) as transport:
        _status, made = call(transport, "POST", "/v1/collections/create", BODY, x_namespace="one")
        assert call(transport, "GET", f"/v1/collections/{made['collection_id']}", x_namespace="two")[0] == 200


@pytest.mark.parametrize("given", ["Bearer wrong", "Basic secret", "secret", ""])
def test_with_a_token_everything_else_is_401(given):
    with open_asgi(Reference(token="secret").app) as transport:
        response = transport.send(Request("POST", "/v1/collections/create", (("authorization", given),) if given else (), b"{"), 5)
        assert response.status == 401
        assert response.header("www-authenticate") == "Bearer"


def test_a_file_keeps_the_data(tmp_path):
    first = Reference(database=tmp_path / "data.db")
    made = first.service.create_collection("", BODY)
    first.service.keep_collection("", made)
    first.close()
    second = Reference(database=tmp_path / "data.db")
    assert second.service.get_collection("", made["collection_id"]) == made
    second.close()
