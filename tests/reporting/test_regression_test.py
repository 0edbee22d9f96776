"""A counterexample as a test of one's own: what it sends is what was sent, with the ids of this time and the headers of a gateway."""

import ast
from dataclasses import replace

import pytest
from recorded import example, exchange, results

from conformance.reporting import regression_test

OLD = "col_1e01"


def written(body, **manifest):
    made = exchange(1, body="{}", answer=f'{{"collection_id": "{OLD}"}}', made=("collection_id", OLD))
    last = exchange(2, path=f"/v1/collections/{OLD}/documents", body=body, answer='{"a": 1}')
    outcome = results(made, last)
    shown = example(made, last, message="one is wrong", expected=0, actual=1, at="/a")
    text = regression_test.render(replace(outcome, manifest=replace(outcome.manifest, **manifest)), [("source.type-enum", shown)])
    ast.parse(text)
    return text


@pytest.mark.parametrize(
    ("body", "sent"),
    [
        (f'{{"collection_id": "{OLD}"}}', "json={'collection_id': id1}"),
        (f'{{"collection_id": "{OLD}", "n": 1e400}}', "content=f'"),
        (f'{{"collection_id": "{OLD}", "n": 1e-400}}', "content=f'"),
        (f'{{"collection_id": "{OLD}",', "content=f'"),
    ],
)
def test_an_id_of_that_time_is_in_no_body(body, sent):
    text = written(body)
    assert sent in text
    assert OLD not in text
    assert "f'/v1/collections/{id1}/documents'" in text


def test_the_headers_of_a_gateway_come_from_the_environment():
    text = written("{}", headers={"X-Gateway-Key": "GATEWAY_KEY"})
    assert "'x-gateway-key': os.environ['GATEWAY_KEY']" in text
    assert "'authorization': f\"Bearer {os.environ['MY_TOKEN']}\"" in text
