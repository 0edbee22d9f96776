"""The schemas of a document as JSON Schema 2020-12, and which values fit them.

Every schema is copied keyword by keyword, so that a validator can be made of it whatever the document holds. A keyword with a value
that it cannot have is left out (and reported), and so is a reference that leads nowhere or in a circle.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import jsonschema_rs

from conformance.core.pointers import Pointer
from conformance.openapi_lint.cycles import cycles, same_value_links, too_complex
from conformance.openapi_lint.document import Document
from conformance.openapi_lint.index import DocumentIndex
from conformance.openapi_lint.keywords import (
    LIST_KEYWORDS,
    MAP_KEYWORDS,
    SCHEMA_KEYWORDS,
    Keywords,
    ignored_keywords,
    is_pattern,
    is_readable_pattern,
    is_valid_keyword,
    unreadable_patterns,
)
from conformance.openapi_lint.reachability import height, links, reached
from conformance.openapi_lint.usage import Side

_BASE = "urn:document"
_FORMATS = ("date-time", "uuid")
# How deep `allOf` is followed: a chain of references may be a circle.
_DEEPEST_ALL_OF = 5
_ABSENT = {Side.REQUEST: ("readOnly",), Side.RESPONSE: ("writeOnly",), Side.BOTH: ("readOnly", "writeOnly")}
# Keywords that become stricter if something in their own schema is left out.
_NEGATING = frozenset({"not", "if", "then", "else", "unevaluatedProperties", "unevaluatedItems", "maxContains"})


@dataclass(frozen=True, slots=True)
class ValidationMode:
    """How values are validated: whether oneOf means exactly one, whether formats and patterns count, and for which side."""

    exactly_one: bool = False
    formats: bool = False
    patterns: bool = True
    side: Side = Side.BOTH

    def for_side(self, side: Side) -> "ValidationMode":
        """Return the same mode for requests or for responses alone."""
        return replace(self, side=side)


LENIENT, STRICT = ValidationMode(), ValidationMode(exactly_one=True, formats=True)
FOR_MESSAGES = ValidationMode(patterns=False)  # Python's patterns differ from ECMA's, and some run for ever


class Unjudged(NamedTuple):
    """A schema that is not judged in full: the reason, and what that is about."""

    place: Pointer
    reason: str
    about: str


class Schemas:
    """The schemas of a document as validators, each compiled when it is first needed."""

    def __init__(self, index: DocumentIndex) -> None:
        self.index = index
        self.document: Document = index.document
        following = same_value_links(index)
        self.circles = cycles(index, following)
        self._in_circles = {place for circle in self.circles for place in circle}
        self.too_complex = too_complex(index, following, self._in_circles)
        self._passed_over = set(self.too_complex)
        targets = [index.targets[site.place] for site in index.of("schema") if site.place in index.targets]
        self._numbers: dict[Pointer, int] = {place: number for number, place in enumerate(dict.fromkeys(targets))}
        self._is_incomplete = self._has_unknown()
        self._failures: dict[Pointer, str] = {}
        self._definitions: dict[ValidationMode, dict[str, Any]] = {}
        self._links: dict[ValidationMode, dict[str, list[tuple[str, int]]]] = {}
        self._validators: dict[tuple[Pointer, ValidationMode, Keywords, int], jsonschema_rs.Draft202012Validator | None] = {}

    def _has_unknown(self) -> bool:
        """Whether anything in the document is left out of the validators."""
        if self.circles or self.too_complex or self.index.dangling or self.index.outside or self.index.dynamic:
            return True
        return any(any(ignored_keywords(site.node, is_3_0=self.document.is_3_0)) for site in self.index.of("schema"))

    def fits(self, place: Pointer, value: Any, mode: ValidationMode = LENIENT) -> bool:
        """Whether a value fits the schema at a place, or cannot be judged."""
        validator = self.validator(place, mode, value)
        return validator is None or validator.is_valid(value)

    def holds(self, place: Pointer, keywords: Keywords, value: Any, mode: ValidationMode = LENIENT) -> bool:
        """Whether a value fits these keywords alone of the schema at a place, or cannot be judged."""
        validator = self.validator(place, mode, value, keywords)
        return validator is None or validator.is_valid(value)

    def validator(
        self, place: Pointer, mode: ValidationMode, value: Any, keywords: Keywords = ()
    ) -> jsonschema_rs.Draft202012Validator | None:
        """Return the validator of a schema, or of some of its keywords, for values as deep as this one; None if none can be made.

        A schema that contains itself is only compiled as deep as the value goes.
        """
        key = place, mode, keywords, height(value)
        if key not in self._validators:
            self._validators[key] = self._compiled(*key)
        return self._validators[key]

    def _compiled(
        self, place: Pointer, mode: ValidationMode, keywords: Keywords, levels: int
    ) -> jsonschema_rs.Draft202012Validator | None:
        schema = self._part(place, keywords, mode) if keywords else self.normalized(place, mode)
        registry = jsonschema_rs.Registry([(_BASE, self._reached(schema, mode, levels))])
        try:
            return jsonschema_rs.Draft202012Validator(schema, registry=registry, validate_formats=mode.formats, offline=True)
        except (ValueError, jsonschema_rs.ReferencingError) as error:
            # What this toolkit does not know about schemas must not become a finding about a value.
            self._failures[place] = str(error)
            return None

    def _reached(self, schema: Any, mode: ValidationMode, levels: int) -> dict[str, Any]:
        """Return the definitions that a value of so many levels can reach; those right behind them accept anything."""
        definitions = self.definitions(mode)["$defs"]
        if mode not in self._links:
            self._links[mode] = {_address(name): list(links(definition)) for name, definition in definitions.items()}
        known = self._links[mode]
        near = reached(schema, known, levels)
        behind = {name for one in near for name, _level in known[one]} | {name for name, _level in links(schema)}
        return {"$defs": {_name(one): definitions[_name(one)] if one in near else True for one in near | behind}}

    def unjudged(self) -> Iterator[Unjudged]:
        """Yield what was not judged so far: it counts as fitting, and a reader must know that."""
        for site in self.index.of("schema"):
            for pattern in filter(is_pattern, unreadable_patterns(site.node)):
                yield Unjudged(site.place, "a pattern that the validator cannot read", pattern)
            for key in sorted(_NEGATING & site.node.keys()) if self._is_incomplete and isinstance(site.node, dict) else ():
                yield Unjudged(site.place, "a keyword left out, for something else in the document cannot be read", key)
        for place, error in self._failures.items():
            yield Unjudged(place, "no validator could be made of it", error)

    def definitions(self, mode: ValidationMode) -> dict[str, Any]:
        """Return all schemas that references lead to, as one resource."""
        if mode not in self._definitions:
            definitions = {f"s{number}": self.normalized(place, mode) for place, number in self._numbers.items()}
            self._definitions[mode] = {"$defs": definitions}
        return self._definitions[mode]

    def normalized(self, place: Pointer, mode: ValidationMode) -> Any:
        """Return the schema at a place as JSON Schema 2020-12."""
        return self._normalized(place, self.document.get(place), mode, frozenset())

    def _part(self, place: Pointer, keywords: Keywords, mode: ValidationMode) -> Any:
        """Return some keywords of the schema at a place, without a reference beside them."""
        stated = {key: value for key, value in self.document.get(place).items() if key in keywords}
        schema = self._normalized(place, stated, mode, frozenset())
        return {key: value for key, value in schema.items() if key != "$ref"} if isinstance(schema, dict) else schema

    def _normalized(self, place: Pointer, node: Any, mode: ValidationMode, absent: frozenset[str]) -> Any:
        """Return a schema; `absent` are fields that one side never has, so that they are not required."""
        if not isinstance(node, dict) or place in self._passed_over:
            return node if isinstance(node, bool) else True
        schema = self._reference(place)
        if "$ref" in node and self.document.is_3_0:
            return schema
        absent |= frozenset(self._absent_fields(place, node, _ABSENT[mode.side]))
        schema |= self._nested(place, node, mode, absent)
        schema |= {key: node[key] for key in node if is_valid_keyword(key, node[key]) and _counts(key, node, mode)}
        if "required" in schema:
            schema["required"] = [name for name in schema["required"] if name not in absent]
        schema = self._without_ignored(schema, mode)
        _translate_bounds(node, schema)
        return _nullable(schema) if node.get("nullable") is True else schema

    def _reference(self, place: Pointer) -> dict[str, Any]:
        target = self.index.targets.get(place)
        if target is None or target not in self._numbers or place in self._in_circles:
            return {}
        return {"$ref": _address(f"s{self._numbers[target]}")}

    def _without_ignored(self, schema: dict[str, Any], mode: ValidationMode) -> dict[str, Any]:
        """Return a schema without the keywords that a mode ignores, or that are too strict in an incomplete document."""
        if self._is_incomplete:
            schema = {key: inside for key, inside in schema.items() if key not in _NEGATING}
        if (self._is_incomplete or not mode.exactly_one) and "oneOf" in schema:
            schema["allOf"] = [*schema.get("allOf", ()), {"anyOf": schema.pop("oneOf")}]
        if not mode.patterns and schema.pop("patternProperties", None) is not None:
            schema.pop("additionalProperties", None)  # without the patterns it would be about more fields
        return schema

    def _nested(self, place: Pointer, node: dict[str, Any], mode: ValidationMode, absent: frozenset[str]) -> dict[str, Any]:
        """Return the keywords that hold schemas."""
        nested: dict[str, Any] = {}
        for key in node:
            inside, at = node[key], (*place, key)
            if key in SCHEMA_KEYWORDS and isinstance(inside, dict | bool):
                nested[key] = self._normalized(at, inside, mode, frozenset())
            elif key in LIST_KEYWORDS and isinstance(inside, list) and inside:
                # The parts of allOf are about one object: a field may be declared in one part and required in another.
                names = absent if key == "allOf" else frozenset[str]()
                nested[key] = [self._normalized((*at, index), item, mode, names) for index, item in enumerate(inside)]
            elif key in MAP_KEYWORDS and isinstance(inside, dict):
                usable = {name: item for name, item in inside.items() if key != "patternProperties" or is_readable_pattern(name)}
                nested[key] = {name: self._normalized((*at, name), item, mode, frozenset()) for name, item in usable.items()}
        return nested

    def _absent_fields(self, place: Pointer, node: dict[str, Any], marks: tuple[str, ...], depth: int = 0) -> Iterator[str]:
        """Yield the fields that carry one of the marks (`readOnly`, `writeOnly`), in the schema or in a part of its `allOf`."""
        for name, member in _items(node.get("properties")):
            _at, resolved = self.resolved((*place, "properties", name), member)
            beside = member if isinstance(member, dict) else {}
            if any(schema.get(mark) is True for schema in (resolved, beside) for mark in marks):
                yield name
        if isinstance(node.get("allOf"), list) and depth < _DEEPEST_ALL_OF:
            for index, part in enumerate(node["allOf"]):
                yield from self._absent_fields(*self.resolved((*place, "allOf", index), part), marks, depth + 1)

    def resolved(self, place: Pointer, node: Any) -> tuple[Pointer, dict[str, Any]]:
        """Follow references from a place to their end, and return that with its place; keywords beside references are left out."""
        seen = set[Pointer]()
        while place in self.index.targets and place not in seen:
            seen.add(place)
            place = self.index.targets[place]
            node = self.document.get(place)
        return place, node if isinstance(node, dict) else {}


def _address(name: str) -> str:
    return f"{_BASE}#/$defs/{name}"


def _name(address: str) -> str:
    return address.rpartition("/")[2]


def _counts(key: str, node: dict[str, Any], mode: ValidationMode) -> bool:
    """Whether a mode looks at a keyword."""
    if key == "format":
        return mode.formats and node[key] in _FORMATS
    return key != "pattern" or mode.patterns


def _translate_bounds(node: dict[str, Any], schema: dict[str, Any]) -> None:
    """Turn the boolean bounds of OpenAPI 3.0 into numbers."""
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if node.get(exclusive) is True and bound in schema:
            schema[exclusive] = schema.pop(bound)


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    """Allow null as well, even beside `enum` and `allOf`: that is the most generous reading of `nullable`."""
    if set(schema) == {"type"} and isinstance(schema["type"], str):
        return {"type": [schema["type"], "null"]}
    return {"anyOf": [{"type": "null"}, schema]}


def _items(value: Any) -> Iterator[tuple[str, Any]]:
    return iter(value.items() if isinstance(value, dict) else ())
