"""Operations at other addresses, and which of the contract's they are."""

import copy

from openapi_changes import COLLECTIONS, CREATE, differences

from conformance.contracts.collections import openapi


def test_an_operation_at_another_address_is_named_and_compared():
    moved = copy.deepcopy(openapi.DOCUMENT.content["paths"][COLLECTIONS])
    del moved["post"]["responses"]["500"]
    found = differences(("paths", COLLECTIONS, None), ("paths", "/v1/collections", moved))
    assert found == [
        ("error", CREATE, "is not in the document; POST /v1/collections takes much the same body and is compared in its place"),
        ("warning", "POST /v1/collections", "response 500 not documented"),
    ]
