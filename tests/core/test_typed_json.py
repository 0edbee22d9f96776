"""Dataclasses become JSON objects and come back as they were; what does not fit is refused with its place."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import pytest

from conformance.core.typed_json import LEFT_OUT, from_json, to_json


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, slots=True)
class Leaf:
    colour: Colour
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class Tree:
    leaves: tuple[Leaf, ...]
    pair: tuple[str, int]
    names: dict[str, Leaf]
    anything: Any
    best: Leaf | None
    note: str | None = field(default=None, metadata=LEFT_OUT)


TREE = Tree((Leaf(Colour.RED, 1.5),), ("a", 1), {"b": Leaf(Colour.RED)}, {"deep": [None, "\ud800"]}, None)
JSON = {
    "leaves": [{"colour": "red", "weight": 1.5}],
    "pair": ["a", 1],
    "names": {"b": {"colour": "red", "weight": 0.0}},
    "anything": {"deep": [None, "\ud800"]},
    "best": None,
}


def test_a_value_is_written_and_read_as_it_was():
    assert to_json(TREE) == JSON
    assert type(to_json(TREE)["leaves"][0]["colour"]) is str
    assert from_json(Tree, JSON) == TREE
    assert from_json(Tree, {**JSON, "note": "n"}).note == "n"


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"leaves": {}}, "/leaves: dict in place of list"),
        ({"leaves": [{"colour": "blue"}]}, "/leaves/0/colour: 'blue' is none of red"),
        ({"leaves": [{"colour": "red", "weight": "1"}]}, "/leaves/0/weight: str in place of float"),
        ({"leaves": [{}]}, "/leaves/0: 'colour' is missing"),
        ({"pair": ["a"]}, "/pair: 1 items in place of 2"),
        ({"pair": ["a", True]}, "/pair/1: bool in place of int"),
        ({"names": {"b": None}}, "/names/b: NoneType in place of dict"),
        ({"best": []}, "/best: list in place of dict"),
        ({"more": 1}, "'more' is not known there"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(more, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        from_json(Tree, {**JSON, **more})


def test_a_whole_number_is_a_number_too():
    assert from_json(Leaf, {"colour": "red", "weight": 2}).weight == 2
