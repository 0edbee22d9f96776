"""A model is enough: each kind of field is drawn valid, at its boundaries, wrong, and compared, with no line about the field."""

import json
from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from ipaddress import IPv4Address
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from pydantic import AnyUrl, BaseModel, ConfigDict, Field, Json, TypeAdapter, ValidationError

from conformance import strategies
from conformance.core import pointers
from conformance.core.errors import UsageError
from conformance.core.json_text import dumps
from conformance.core.pointers import MISSING
from conformance.generation import boundary_values, payloads
from conformance.schema import mutations, rules, tree
from conformance.schema.round_trip import round_trip
from conformance.schema.tree import Rules
from conformance.strategies import Cases, Depth, Examples, FromVocabulary, OnlyIf, Size, Text, Weight, at_least_one, own_names

QUIET = settings(max_examples=300, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
NAMES = {"shop": ("s1", "s2"), "nobody": ()}
RULES = Rules(
    wrong_type="type", scalar="type", null="null", missing="missing", enum="enum", bound="bound", format="format", unknown="unknown"
)


class Base(BaseModel):
    model_config = ConfigDict(strict=True)


class Colour(Enum):
    RED = "red"
    GREEN = "green"


class Cat(Base):
    kind: Literal["cat"]
    lives: Annotated[int, Field(ge=0, le=9)] = 9


class Dog(Base):
    kind: Literal["dog"]
    name: Annotated[str, Field(min_length=1, max_length=5)]


class Tree(Base):
    label: str
    children: list["Tree"] = []


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    flag: bool = False


class PlainText(Base):
    field: str


class OptionalText(Base):
    field: str | None = None


class Pattern(Base):
    field: Annotated[str, Field(pattern="^[a-z]{2,4}$")]


class Whole(Base):
    field: Annotated[int, Field(gt=3, le=12)]


class Fraction(Base):
    field: Annotated[float, Field(ge=0, lt=1)]


class Step(Base):
    field: Annotated[int, Field(multiple_of=5)]


class Flag(Base):
    field: bool


class Choice(Base):
    field: Literal["a", "b", 3]


class OfEnum(Base):
    field: Colour


class Some(Base):
    field: Annotated[list[int], Field(min_length=2, max_length=4)]


class Distinct(Base):
    field: Annotated[set[int], Field(min_length=1)]


class Pair(Base):
    field: tuple[int, str]


class Map(Base):
    field: dict[str, int]


class Keyed(Base):
    field: dict[Annotated[str, Field(min_length=2)], int]


class Nested(Base):
    field: Closed


class Recursive(Base):
    field: Annotated[Tree, Depth(3)]


class Tagged(Base):
    field: Annotated[Cat | Dog, Field(discriminator="kind")]


class Plain(Base):
    field: int | str | None


class Time(Base):
    field: datetime


class Day(Base):
    field: date


class Identifier(Base):
    field: UUID


class Free(Base):
    field: Any


class FreeObject(Base):
    field: dict[str, Any]


class Named(Base):
    field: Annotated[str, FromVocabulary("shop")]


class Listed(Base):
    field: Annotated[str, Examples("one", "two")]


class Path(Base):
    field: Annotated[str, Text("paths")]


class Sized(Base):
    field: Annotated[list[str], Size(2, 3)]


KINDS = [
    PlainText, OptionalText, Pattern, Whole, Fraction, Step, Flag, Choice, OfEnum, Some, Distinct, Pair, Map, Keyed, Nested, Recursive,
    Tagged, Plain, Time, Day, Identifier, Free, FreeObject, Named, Listed, Path, Sized,
]  # fmt: skip
# Whatever JSON it is, it fits.
NEVER_WRONG = {Free}


def drawn(strategy, settings_=QUIET):
    values = []

    @seed(1)
    @settings_
    @given(strategy)
    def collect(value):
        values.append(value)

    collect()
    return values


def accepts(model, body):
    try:
        model.model_validate_json(dumps(body))
    except ValidationError:
        return False
    return True


def schema(model):
    return tree.of_model(model, RULES)


@pytest.mark.parametrize("model", KINDS)
def test_a_field_is_drawn_valid(model):
    bodies = drawn(payloads.payloads(schema(model), NAMES))
    assert [body for body in bodies if not accepts(model, body)] == []
    assert [list(rules.broken(schema(model), body)) for body in bodies if list(rules.broken(schema(model), body))] == []
    assert len({json.dumps(body) for body in bodies}) >= 2


@pytest.mark.parametrize("model", KINDS)
def test_a_field_is_drawn_at_its_boundaries(model):
    catalogue = boundary_values.catalogue(schema(model), NAMES)
    assert [body for body in catalogue.values if not accepts(model, body)] == []
    assert [body for body in catalogue.values if list(rules.broken(schema(model), body))] == []
    assert len(catalogue.values) >= 2


@pytest.mark.parametrize("model", KINDS)
def test_a_field_is_drawn_wrong_and_the_model_refuses_it_too(model):
    bodies = [body for body in boundary_values.catalogue(schema(model), NAMES).values if "field" in body]
    broken = mutations.catalogue(schema(model), bodies)
    assert [(mutation, body) for mutation, body in broken if accepts(model, body)] == []
    wrong = [mutation for mutation, _body in broken if mutation.at[:1] == ("field",) and mutation.value is not MISSING]
    assert bool(wrong) is (model not in NEVER_WRONG)


@pytest.mark.parametrize("model", KINDS)
def test_a_field_is_compared_with_what_was_sent(model):
    node = schema(model)
    bodies = [body for body in boundary_values.catalogue(node, NAMES).values if body.get("field") not in (None, [], {}, "")]
    assert bodies
    for body in bodies:
        assert list(round_trip(node, body, body)) == []
        assert list(round_trip(node, body, {**body, "field": MISSING}))


class Note(Base):
    """A place of its own for anything."""

    text: Any = None


class Part(Base):
    """A bounded field beside one that holds anything, a level deeper than any reader must take all of it."""

    rank: Annotated[int, Field(ge=2, le=7)] = 2
    note: list[Note] | None = None


class Whole(Base):
    """Parts, some of which hold what no reader has to take."""

    parts: list[Part] = []


def test_an_item_that_may_be_refused_takes_nothing_else_of_its_list_away():
    bodies = boundary_values.catalogue(schema(Whole), NAMES).values
    parts = [part for body in bodies for part in body.get("parts", ())]
    assert not any(rules.exceeds_limits(body, boundary_values.USUAL_LIMITS) for body in bodies)
    assert {2, 7} <= {part.get("rank") for part in parts}
    assert max(len(dumps(part)) for part in parts) > 5_000


class Delivery(Base):
    """Fields that depend on each other."""

    model_config = ConfigDict(
        strict=True, extra="allow", json_schema_extra={**own_names("mine", "yours"), **at_least_one("fast", "slow")}
    )

    by: Literal["post", "hand"]
    address: Annotated[str | None, OnlyIf("by", "post")] = None
    fast: bool | None = None
    slow: bool | None = None
    unit: Literal["days", "text"] = "days"
    due: Annotated[Any, Cases("unit", {"days": int, "text": str})] = 0
    seldom: Annotated[int, Weight(0.05)] = 1
    from_nobody: Annotated[str | None, FromVocabulary("nobody")] = None


def test_relations_between_fields_hold_in_all_that_is_drawn():
    bodies = [*drawn(payloads.payloads(schema(Delivery), NAMES)), *boundary_values.catalogue(schema(Delivery), NAMES).values]
    for body in bodies:
        assert (body.get("address") is not None) is (body["by"] == "post")
        assert body.get("fast") is not None or body.get("slow") is not None
        assert "due" not in body or type(body["due"]) is (str if body.get("unit") == "text" else int)
        assert body.get("from_nobody") is None
    assert {"mine", "yours"} <= set().union(*bodies)
    shares = Counter(name for body in bodies[:300] for name in body)
    assert shares["seldom"] < 45 < shares["unit"]


def test_recursion_is_bounded():
    def depth(body):
        return 1 + max(map(depth, body.get("children", ())), default=0)

    bodies = [*drawn(payloads.payloads(schema(Recursive))), *boundary_values.catalogue(schema(Recursive)).values]
    assert {depth(body["field"]) for body in bodies} == {1, 2, 3}


class Everything(BaseModel):
    """Many fields at once, of a lax model with types that JSON has no type for."""

    text: str
    price: Decimal
    address: IPv4Address
    site: AnyUrl
    lasts: timedelta
    packed: Json[Any]
    tree: Tree
    pet: Annotated[Cat | Dog, Field(discriminator="kind")]
    more: dict[str, list[Colour]] = {}
    aliased: Annotated[int, Field(alias="Aliased-Name", ge=1)] = 1


def test_instances_are_drawn_and_come_again_from_their_json():
    instances = [*drawn(strategies.from_model(Everything)), *strategies.boundaries(Everything)]
    assert all(type(instance) is Everything for instance in instances)
    assert len({instance.model_dump_json() for instance in instances}) > 200


def test_what_is_invalid_is_refused_and_its_place_and_reason_are_told():
    found = drawn(strategies.invalid_bodies(Everything))
    assert not any(accepts(Everything, invalid.body) for invalid in found)
    # The rarer reasons come by chance, and which they are depends on what else is loaded: Hypothesis draws from the constants in it.
    assert {"wrong type", "missing"} <= {invalid.reason for invalid in found}
    for invalid in found:
        assert (pointers.get(invalid.body, invalid.at) is MISSING) is (invalid.reason == "missing")


def test_a_required_name_of_a_kind_without_names_cannot_be_drawn():
    class Impossible(BaseModel):
        field: Annotated[str, FromVocabulary("nobody")]

    with pytest.raises(strategies.NothingToDraw):
        strategies.valid_bodies(Impossible, NAMES)


def test_the_same_seed_draws_the_same_bodies():
    assert drawn(strategies.valid_bodies(Everything)) == drawn(strategies.valid_bodies(Everything))


class Required(BaseModel):
    """Leads to itself in each of its values, unless that is null."""

    value: int
    following: "Required | None"


class Endless(BaseModel):
    inner: "Endless"


class EndlessList(BaseModel):
    inner: Annotated[list["EndlessList"], Field(min_length=1)]


class Nothing(BaseModel):
    value: Annotated[int, Field(gt=5, lt=5)]


def test_a_required_field_that_leads_back_ends_with_null():
    def depth(instance):
        return 1 + (0 if instance.following is None else depth(instance.following))

    drawn_instances = drawn(strategies.from_model(Required))
    assert 1 in {depth(instance) for instance in drawn_instances}
    assert max(map(depth, drawn_instances)) <= 6
    assert len(strategies.boundaries(Required)) >= 5


@pytest.mark.parametrize("model", [Endless, EndlessList, Nothing])
def test_a_model_without_a_finite_instance_cannot_be_drawn(model):
    with pytest.raises(strategies.NothingToDraw):
        strategies.from_model(model)
    with pytest.raises(strategies.NothingToDraw):
        strategies.boundaries(model)


@pytest.mark.parametrize("kind", [list[int], int | str, Literal["a"]])
def test_what_is_no_object_is_drawn_wrong_too(kind):
    found = drawn(strategies.invalid_bodies(kind))
    assert any(invalid.at == () for invalid in found)
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_json(dumps(found[-1].body))


def test_a_schema_that_refers_to_nothing_is_told():
    with pytest.raises(UsageError, match="refers to #/\\$defs/none, which it does not contain"):
        strategies.from_json_schema({"$ref": "#/$defs/none"})


def test_a_list_that_says_nothing_of_its_items_has_any():
    lists = drawn(strategies.from_json_schema({"type": "array", "minItems": 2}))
    assert min(map(len, lists)) == 2
    assert len({type(item) for values in lists for item in values}) > 3
