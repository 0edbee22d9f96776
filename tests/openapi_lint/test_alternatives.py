"""Schemas as alternatives: how far references are followed."""

import pytest
from openapi_documents import document

from conformance.openapi_lint.alternatives import Alternatives
from conformance.openapi_lint.index import DocumentIndex
from conformance.openapi_lint.schemas import Schemas


def first_of_chain(length):
    """Return the first of schemas of which each refers to the next one."""
    chain = {f"S{number}": {"$ref": f"#/components/schemas/S{number + 1}"} for number in range(length)}
    made = document(**chain, **{f"S{length}": {"type": "string"}})
    return Alternatives(Schemas(DocumentIndex(made))).of((("components", "schemas", "S0"),))


def test_a_chain_of_references_is_followed_to_its_end():
    (one,) = first_of_chain(20)
    assert one.types == {"string"}


@pytest.mark.parametrize("length", [100, 3000])
def test_a_chain_that_nobody_writes_is_unknown_and_no_crash(length):
    (one,) = first_of_chain(length)
    assert one.is_unknown
