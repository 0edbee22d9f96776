"""The expected state of a document follows from its writes, applied in order."""

import itertools
import json

from conformance.contracts.collections.checks import expected_state
from conformance.contracts.collections.operations import Operations
from conformance.evidence.exchange import Case, Exchange, Request, Response
from conformance.evidence.operation import Expect

NUMBERS = itertools.count(1)
PATH = "/v1/collections/col_1/documents"


def exchange(operation, method, path, body, answer, status=200):
    content = None if body is None else json.dumps(body).encode()
    response = Response(status, (), json.dumps(answer).encode(), 0.0)
    return Exchange(
        next(NUMBERS), "s", Case(operation, Expect.ACCEPT, (), None, body), Request(method, path, (), content), response
    )


def document(**fields):
    return {"document_id": "doc_1", "collection_id": "col_1", "_internal": {"updated_at": "2026-01-01T00:00:00.5Z"}, **fields}


CREATE = exchange(Operations.CREATE_DOCUMENT, "POST", PATH, {"collection_id": "col_1", "a": 1, "b": 2}, document(a=1, b=2))
PATCH = exchange(Operations.PATCH_DOCUMENT, "PATCH", f"{PATH}/doc_1", {"b": 3, "c": 4}, document(a=1, b=3, c=4))
PUT = exchange(Operations.PUT_DOCUMENT, "PUT", f"{PATH}/doc_1", {"c": 5}, document(c=5))
REFUSED = exchange(Operations.PUT_DOCUMENT, "PUT", f"{PATH}/doc_1", {"z": 1}, {}, status=422)
DELETE = exchange(Operations.DELETE_DOCUMENT, "DELETE", f"{PATH}/doc_1", None, {})


def states(*context):
    return expected_state.documents(context, "col_1")


def test_a_patch_adds_names_and_a_put_leaves_only_its_own():
    assert states(CREATE)["doc_1"].names == {"a", "b"}
    assert states(CREATE, PATCH)["doc_1"].names == {"a", "b", "c"}
    put = states(CREATE, PATCH, PUT)["doc_1"]
    assert (put.names, put.gone, put.answer["c"]) == ({"c"}, {"a", "b"}, 5)


def test_what_was_refused_changes_nothing_and_what_was_deleted_is_not_known():
    assert states(CREATE, REFUSED)["doc_1"].is_as_created
    assert states(CREATE, DELETE) == {}
    assert states(CREATE, exchange(Operations.DELETE_COLLECTION, "DELETE", "/v1/collections/col_1", None, {})) == {}


def test_another_collections_documents_are_not_among_them():
    assert expected_state.documents((CREATE,), "col_2") == {}


def places_of_differences(shown, *context, exact=False):
    return [difference.at for difference in expected_state.differences(states(*context)["doc_1"], shown, exact=exact)]


def test_a_field_that_changed_or_is_left_over_or_lacking_is_a_difference():
    assert places_of_differences(document(a=1, b=2), CREATE) == []
    assert places_of_differences(document(a=1, b=9), CREATE) == [("b",)]
    assert places_of_differences(document(a=1), CREATE) == [("b",)]
    assert places_of_differences(document(c=5, a=1), CREATE, PATCH, PUT) == [("a",)]


def test_fields_that_the_contract_does_not_name_are_free():
    assert places_of_differences(document(a=1, b=2, etag="x"), CREATE) == []


def test_a_servers_own_times_may_lose_their_fraction_but_not_between_two_reads():
    shown = document(a=1, b=2) | {"_internal": {"updated_at": "2026-01-01T01:00:00+01:00"}}
    assert places_of_differences(shown, CREATE) == []
    assert places_of_differences(shown, CREATE, exact=True) == [("_internal", "updated_at")]
    assert places_of_differences(document(a=1, b=2) | {"_internal": {"updated_at": "2026-01-01T00:00:03Z"}}, CREATE) == [
        ("_internal", "updated_at")
    ]
