"""The keywords of JSON Schema: which values each can have, and which of a document's the validator cannot use."""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, TypeAlias

import jsonschema_rs

from conformance.openapi_lint.type_names import TYPES

# Keywords that are looked at without the others of their schema.
Keywords: TypeAlias = tuple[str, ...]

# Keywords whose value is a schema, a list of schemas, or a map of them.
SCHEMA_KEYWORDS = (
    "items", "additionalProperties", "not", "if", "then", "else", "propertyNames", "contains",
    "unevaluatedProperties", "unevaluatedItems",
)  # fmt: skip
LIST_KEYWORDS = ("allOf", "anyOf", "oneOf", "prefixItems")
MAP_KEYWORDS = ("properties", "patternProperties", "dependentSchemas")


def is_number(value: Any) -> bool:
    """Whether a JSON value is a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_valid_keyword(key: str, value: Any) -> bool:
    """Whether a keyword asserts something by itself, and has a value that it can have."""
    return key in _ASSERTIONS and _ASSERTIONS[key](value)


def invalid_keywords(node: Any, *, is_3_0: bool) -> Iterator[str]:
    """Yield the keywords of a schema with a value that they cannot have."""
    for key, value in node.items() if isinstance(node, dict) else ():
        is_boolean_bound = is_3_0 and key in {"exclusiveMinimum", "exclusiveMaximum"} and isinstance(value, bool)
        if key in _ALL and not _ALL[key](value) and not is_boolean_bound:
            yield key


def unreadable_patterns(node: Any) -> Iterator[str]:
    """Yield the patterns of a schema that the validator cannot read."""
    if isinstance(node, dict):
        patterns = node.get("patternProperties")
        given = [node.get("pattern"), *(patterns if isinstance(patterns, dict) else ())]
        yield from (pattern for pattern in given if isinstance(pattern, str) and not is_readable_pattern(pattern))


def ignored_keywords(node: Any, *, is_3_0: bool) -> Iterator[str]:
    """Yield the keywords and patterns of a schema that are passed over."""
    yield from invalid_keywords(node, is_3_0=is_3_0)
    yield from unreadable_patterns(node)


def is_match(pattern: str, text: str) -> bool:
    """Whether a text matches a pattern; none matches a pattern that the validator cannot read."""
    return is_readable_pattern(pattern) and jsonschema_rs.Draft202012Validator({"pattern": pattern}).is_valid(text)


def is_readable_pattern(value: Any) -> bool:
    """Whether a value is a pattern that the validator can read."""
    return isinstance(value, str) and _compiles(value)


@lru_cache(maxsize=4096)
def _compiles(pattern: str) -> bool:
    try:
        jsonschema_rs.Draft202012Validator({"pattern": pattern})
    except ValueError:
        return False
    return True


def is_pattern(value: Any) -> bool:
    """Whether a value is a pattern in any dialect: that the validator cannot read one does not make it wrong."""
    if not isinstance(value, str) or _compiles(value):
        return isinstance(value, str)
    python = re.sub(r"\\k<(\w+)>", r"(?P=\1)", re.sub(r"\(\?<(?=\w)", "(?P<", value))  # ECMA writes named groups so
    try:
        re.compile(python)
    except re.error as error:
        return "look-behind" in str(error)  # other dialects allow one of any width
    except (RecursionError, OverflowError):
        return False
    return True


def _is_count(value: Any) -> bool:
    return is_number(value) and value >= 0 and value == int(value) and value < 2**53


def _is_type(value: Any) -> bool:
    return value in TYPES if isinstance(value, str) else _is_texts(value) and bool(value) and set(value) <= set(TYPES)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value) and len(set(value)) == len(value)


_NUMBERS = dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), is_number)
_COUNTS = dict.fromkeys(
    ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "minContains", "maxContains"), _is_count
)
# Tells for each keyword that asserts something by itself which values it can have.
_ASSERTIONS: dict[str, Callable[[Any], bool]] = {
    "type": _is_type,
    "enum": lambda value: isinstance(value, list) and bool(value),
    "const": lambda _value: True,
    "required": _is_texts,
    "uniqueItems": lambda value: isinstance(value, bool),
    "multipleOf": lambda value: is_number(value) and value > 0,
    "pattern": is_readable_pattern,
    "format": lambda value: isinstance(value, str),
    "dependentRequired": lambda value: isinstance(value, dict) and all(_is_texts(names) for names in value.values()),
} | _NUMBERS | _COUNTS  # fmt: skip
_ALL: dict[str, Callable[[Any], bool]] = _ASSERTIONS | {
    "pattern": is_pattern,
    **dict.fromkeys(SCHEMA_KEYWORDS, lambda value: isinstance(value, dict | bool)),
    **dict.fromkeys(LIST_KEYWORDS, lambda value: isinstance(value, list) and bool(value)),
    **dict.fromkeys(MAP_KEYWORDS, lambda value: isinstance(value, dict)),
}
