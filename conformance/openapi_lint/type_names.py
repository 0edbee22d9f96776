"""JSON types, and their names in a message."""

from collections.abc import Collection
from typing import Any

TYPES = ("null", "boolean", "integer", "number", "string", "array", "object")
_WITH_ARTICLE = {"null": "null", "boolean": "a boolean", "integer": "an integer", "number": "a number", "string": "a string",
                 "array": "an array", "object": "an object"}  # fmt: skip
_OF_PYTHON: dict[type, str] = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}


def type_of(value: Any) -> str:
    """Return the JSON type of a value."""
    return _OF_PYTHON.get(type(value), "null")


def with_article(name: str) -> str:
    """Return a type with its article."""
    return _WITH_ARTICLE.get(name, name)


def either(names: Any) -> str:
    """Return a type or a list of types as a message names them."""
    return " or ".join(with_article(str(name)) for name in (names if isinstance(names, list) else [names]))


def any_of(types: Collection[str]) -> str:
    """Return the types of a schema as a message names them: integers are not named beside numbers, and null comes last."""
    if set(types) == set(TYPES):
        return "anything"
    return either(sorted(without_integer(set(types), types), key=lambda name: (name == "null", name)))


def without_integer(types: set[str], among: Collection[str]) -> set[str]:
    """Leave out integers if all numbers are named."""
    return types - {"integer"} if "number" in among and "number" in types else types
