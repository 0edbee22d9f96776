"""`[routes]` of a target file: what is a route, and what a contract is whose operations are served there."""

import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from recorded import exchange

from conformance.contracts.collections.contract import CONTRACT
from conformance.contracts.collections_2026_01.contract import CONTRACT as EDITION
from conformance.core.errors import UsageError
from conformance.engine import routes
from conformance.evidence.exchange import Case, Exchange, Request
from conformance.evidence.operation import Operation

LIST = "POST /v1/collections/{collection}/documents:list"


def test_without_routes_a_contract_is_itself():
    assert routes.served(CONTRACT, {}) is CONTRACT


@pytest.mark.parametrize("contract", [CONTRACT, EDITION], ids=lambda contract: contract.name)
def test_operations_are_served_where_routes_say_and_all_others_where_they_were(contract):
    served = routes.served(contract, {"list_documents": LIST, "delete_collection": "POST /drop/{collection}"})
    assert served.api.by_name["list_documents"].path_of({"collection": "a/b"}) == "/v1/collections/a%2Fb/documents:list"
    assert served.api.by_name["list_documents"].schema is contract.api.by_name["list_documents"].schema
    assert ("POST", "/drop/{}") in {deletion.address for deletion in served.api.deletions.values()}
    assert {one.name for one in served.api.operations if served.api.is_moved(one)} == {"list_documents", "delete_collection"}
    assert (served.name, served.profiles, served.api.checks) == (contract.name, contract.profiles, contract.api.checks)


def test_what_asks_for_a_sign_of_life_goes_where_the_operation_is():
    served = routes.served(CONTRACT, {"create_collection": "PUT /gateway/create", "get_collection": "GET /c/{collection}"})
    assert [(sign.method, sign.path) for sign in served.signs_of_life] == [
        ("GET", "/c/col_sign_of_life"),
        ("PUT", "/gateway/create"),
    ]


def test_a_contract_that_brings_no_hook_is_served_elsewhere_too(monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "toy"))
    toy = __import__("keyvalue").KEY_VALUE
    served = routes.served(toy, {"get_entry": "GET /v2/{entry}:read", "delete_entry": "POST /v2/{entry}/delete"})
    assert [sign.path for sign in served.signs_of_life] == ["/v2/none:read"]
    assert [deletion.path for deletion in served.api.deletions.values()] == ["/v2/{entry}/delete"]
    sys.modules.pop("keyvalue")


@pytest.mark.parametrize(
    ("name", "route", "message"),
    [
        ("list_document", LIST, "[routes] list_document: the contract has no such operation; did you mean 'list_documents'?"),
        ("frobnicate", LIST, "the contract has no such operation; known here: create_collection, "),
        (
            "list_documents",
            "/v1/collections/{collection}/documents:list",
            "write METHOD and path, such as 'POST /v1/collections/{coll",
        ),
        ("list_documents", "POST", "write METHOD and path"),
        ("list_documents", "", "write METHOD and path"),
        ("list_documents", "post /{collection}", "'post' is none of the methods GET, POST, PUT, PATCH, DELETE"),
        ("list_documents", "QUERY /{collection}", "'QUERY' is none of the methods"),
        ("list_documents", "GET /{collection}", "its requests have a body, and GET has none"),
        ("list_documents", "POST v1/{collection}", "a path begins with one /"),
        ("list_documents", "POST  /v1/{collection}", "a path begins with one /"),
        ("list_documents", "POST //v1/{collection}", "a path begins with one /"),
        ("list_documents", "POST http://x/{collection}", "a path begins with one /; where the API is served stands in the URL"),
        ("list_documents", "POST /{collection}?all=1", "a path has no query and no fragment"),
        ("list_documents", "POST /{collection}#all", "a path has no query and no fragment"),
        ("list_documents", "POST /{collection}/a b", "' ' cannot stand in a path"),
        ("list_documents", "POST /{collection}/ü", "'ü' cannot stand in a path"),
        ("list_documents", "POST /{collection}/%zz", "two hexadecimal digits must follow a %"),
        ("list_documents", "POST /a/../{collection}", "a path has no dots as parts"),
        ("list_documents", "POST /v1/list", "its placeholders are {collection}, each once, and not none"),
        ("list_documents", "POST /{collection_id}", "its placeholders are {collection}, each once, and not {collection_id}"),
        ("list_documents", "POST /{collection}/{collection}", "each once, and not {collection}, {collection}"),
        ("list_documents", "POST /{collection!r}", "and not {collection!r}"),
        ("list_documents", "POST /{collection}/{", "a brace is left over"),
        ("list_documents", "POST /{{collection}}", "a brace is left over"),
        ("get_document", "GET /{collection}-{document}", "nothing tells where the one id ends and the other begins"),
        ("get_document", "GET /{collection}{document}", "nothing tells where the one id ends and the other begins"),
        ("create_collection", "POST /{collection}", "its placeholders are none, each once, and not {collection}"),
        (
            "list_documents",
            "POST /v1/collections/{collection}/documents",
            "create_document is served at POST /v1/collections/{coll",
        ),
    ],
)
def test_what_is_no_route_is_a_mistake_in_one_line(name, route, message):
    with pytest.raises(UsageError, match=re.escape(message)) as caught:
        routes.served(CONTRACT, {name: route})
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(f"[routes] {name}: ")


def test_operations_may_change_places():
    served = routes.served(
        CONTRACT,
        {
            "put_document": "PATCH /v1/collections/{collection}/documents/{document}",
            "patch_document": "PUT /v1/collections/{collection}/documents/{document}",
        },
    )
    assert served.api.by_name["put_document"].method == "PATCH"


@pytest.mark.parametrize(
    ("template", "path", "ids"),
    [
        ("/a/{x}/b/{y}", "/a/1/b/2", {"x": "1", "y": "2"}),
        ("/a/{x}:list", "/a/p%3Aq:list?limit=1", {"x": "p:q"}),
        ("/a/{x}:{y}", "/a/1:%2F", {"x": "1", "y": "/"}),
        ("/a/{x}", "/a", {}),
        ("/a/{x}/b", "/a/1/c/d", {"x": "1"}),
        ("/a/{x}:list", "/a/1", {}),
    ],
)
def test_the_ids_of_a_path_are_found_wherever_they_stand(template, path, ids):
    operation = Operation(name="o", method="GET", path=template)
    assert operation.ids_in(path) == ids
    assert Exchange(1, "s", Case(operation), Request("GET", path), None).id_of("x") == ids.get("x")


def test_recorded_exchanges_are_sent_where_operations_are_now():
    before, after = (routes.served(CONTRACT, given).api.by_name for given in ({"list_documents": LIST}, {"get_document": "POST /d/{document}/of/{collection}"}))  # fmt: skip
    recorded = [
        exchange(1, "list_documents", "/v1/collections/c%2F1/documents:list?limit=2"),
        replace(
            exchange(2, "get_document"), request=replace(exchange(2).request, method="GET", path="/v1/collections/c/documents/%2E")
        ),
        exchange(3, "outside", "/v1/collections/c/documents:list"),
        exchange(4, "create_document", "/another/path"),
    ]
    assert [(one.request.method, one.request.path) for one in routes.moved(recorded, before, after)] == [
        ("POST", "/v1/collections/c%2F1/documents/list?limit=2"),
        ("POST", "/d/%2E/of/c"),
        ("POST", "/v1/collections/c/documents:list"),
        ("POST", "/another/path"),
    ]
