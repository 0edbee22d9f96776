"""A field that is added to a model is generated valid, at its boundaries and wrong, compared and classified, with no other line."""

import copy
from datetime import datetime
from functools import cache
from typing import Annotated, Any, Literal

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from pydantic import BaseModel, ConfigDict, Field

from conformance.contracts.collections import body_promises, openapi
from conformance.contracts.collections.limits import LIMITS
from conformance.contracts.collections.models.collections import CreateCollectionRequest
from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections.vocabulary import Vocabulary
from conformance.core.json_text import dumps
from conformance.evidence.operation import Expect
from conformance.generation import boundary_values, payloads, samples
from conformance.schema import mutations, rules, tree
from conformance.schema.openapi import PREFIX
from conformance.schema.round_trip import round_trip

KNOWN = Vocabulary(collections=("col_1",), documents=("doc_1",))
QUIET = settings(max_examples=300, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))


class Rule(BaseModel):
    model_config = ConfigDict(strict=True)

    after_days: Annotated[int, Field(ge=1, le=90)]
    then: Literal["delete", "archive"] = "delete"


class Extended(CreateCollectionRequest):
    """A vendor's extension: fields of several kinds."""

    region: Literal["eu", "us"] = "eu"
    replicas: Annotated[int, Field(ge=1, le=5)] | None = None
    owner: Annotated[str, Field(min_length=1, max_length=40)] | None = None
    expires: datetime | None = None
    retention: list[Rule] = []
    limits: dict[str, int] = {}
    extra: Any = None


NEW = sorted(Extended.model_fields.keys() - CreateCollectionRequest.model_fields.keys())


class _Document:
    """The contract's document, in which the request has the new fields too."""

    def __init__(self) -> None:
        self.content = copy.deepcopy(openapi.DOCUMENT.content)
        written = Extended.model_json_schema(ref_template=PREFIX + "{model}")
        schemas = self.content["components"]["schemas"]
        schemas["Rule"] = written["$defs"]["Rule"]
        schemas["CreateCollectionRequest"]["properties"] |= {name: written["properties"][name] for name in NEW}

    def schema(self, name: str) -> Any:
        return self.content["components"]["schemas"][name]


SCHEMAS = {
    "in the model": tree.request(openapi.DOCUMENT, "CreateCollectionRequest", Extended),
    "in the document too": tree.request(_Document(), "CreateCollectionRequest", Extended),
}


@pytest.fixture(params=SCHEMAS)
def schema(request):
    return SCHEMAS[request.param]


@cache
def boundaries(schema):
    return boundary_values.catalogue(schema, KNOWN.names(), LIMITS).values


@cache
def drawn(schema):
    bodies = []

    @seed(1)
    @QUIET
    @given(payloads.payloads(schema, KNOWN.names()))
    def collect(body):
        bodies.append(body)

    collect()
    return bodies


@pytest.mark.parametrize("name", NEW)
def test_a_new_field_is_drawn(schema, name):
    assert len({dumps(body[name]) for body in drawn(schema) if name in body}) >= 2


@pytest.mark.parametrize("name", NEW)
def test_a_new_field_stands_in_the_boundary_values(schema, name):
    bodies = boundaries(schema)
    assert len({dumps(body[name]) for body in bodies if name in body}) >= 2
    assert any(name not in body for body in bodies)


@pytest.mark.parametrize("name", sorted(set(NEW) - {"extra"}))
def test_a_new_field_is_broken_and_the_requirement_is_the_bodys(schema, name):
    bodies = samples.complete(schema, KNOWN.names())
    broken = [(mutation, body) for mutation, body in mutations.catalogue(schema, bodies) if mutation.at[0] == name]
    assert broken
    for mutation, body in broken:
        assert mutation.requirement.startswith("collections.create.")
        assert body_promises.classify_object(Operations.CREATE_COLLECTION, schema, body, KNOWN) == (
            Expect.REFUSE,
            (mutation.requirement,),
        )


@pytest.mark.parametrize("name", sorted(set(NEW) - {"extra"}))
def test_a_new_field_is_compared(schema, name):
    bodies = boundaries(schema)
    body = next(body for body in bodies if body.get(name) not in (None, [], {}, "", schema.properties[name].default))
    answer = {key: value for key, value in body.items() if key != name}
    assert list(round_trip(schema, body, body)) == []
    assert [difference.at[0] for difference in round_trip(schema, body, answer)] == [name]


def test_bodies_with_new_fields_are_promised_to_be_accepted(schema):
    bodies = [body for body in boundaries(schema) if body.keys() & set(NEW)]
    promises = {body_promises.classify_object(Operations.CREATE_COLLECTION, schema, body, KNOWN)[0] for body in bodies}
    assert bodies
    assert promises <= {Expect.ACCEPT, Expect.EITHER}
    assert all(not list(rules.unknown_fields(schema, body)) for body in bodies)
