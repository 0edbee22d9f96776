"""The document's schemas as JSON Schema 2020-12, and what fits them.

Every schema is copied keyword by keyword, so that whatever a document holds, a validator can be made of it: a keyword with a value
that it cannot have constrains nothing (and is reported), neither does a reference that leads nowhere or in a circle.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

import jsonschema_rs

from conformance.core.pointers import Pointer
from conformance.openapi_lint.cycles import cycles, entangled, leading
from conformance.openapi_lint.document import Document
from conformance.openapi_lint.index import Places, Side
from conformance.openapi_lint.reachability import height, links, reached

# Keywords that are looked at without the others; all of them if none is named.
Keys: TypeAlias = tuple[str, ...]

TYPES = ("null", "boolean", "integer", "number", "string", "array", "object")
_BASE = "urn:document"
_FORMATS = ("date-time", "uuid")


@dataclass(frozen=True, slots=True)
class Reading:
    """How schemas are read: whether oneOf means exactly one, formats are asserted, patterns are looked at, and for which side."""

    exactly_one: bool = False
    formats: bool = False
    patterns: bool = True
    side: Side = Side.BOTH

    def on(self, side: Side) -> "Reading":
        """Return the same reading for requests or for responses alone."""
        return replace(self, side=side)


LENIENT, STRICT = Reading(), Reading(exactly_one=True, formats=True)
WORDS = Reading(patterns=False)  # Python's patterns differ from ECMA's, and some of them never end


class Unjudged(NamedTuple):
    """A schema of which something was not judged: the reason, and what it is about."""

    place: Pointer
    reason: str
    about: str


class Schemas:
    """What fits the schemas of a document."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.document: Document = places.document
        leads = leading(places)
        self.circles = cycles(places, leads)
        self._broken = {place for circle in self.circles for place in circle}
        self.entangled = entangled(places, leads, self._broken)
        self._passed_over = set(self.entangled)
        self._numbers: dict[Pointer, int] = {}
        for site in places.of("schema"):
            if (target := places.targets.get(site.place)) is not None:
                self._numbers.setdefault(target, len(self._numbers))
        unfollowed = places.dangling or places.outside or places.dynamic
        self._unsure = bool(self.circles or self.entangled or unfollowed) or any(
            any(unread(site.node, is_3_0=self.document.is_3_0)) for site in places.of("schema")
        )
        self._failures: dict[Pointer, str] = {}
        self._definitions: dict[Reading, dict[str, Any]] = {}
        self._links: dict[Reading, dict[str, list[tuple[str, int]]]] = {}
        self._validators: dict[tuple[Pointer, Reading, Keys, int], jsonschema_rs.Draft202012Validator | None] = {}

    def fits(self, place: Pointer, value: Any, reading: Reading = LENIENT) -> bool:
        """Whether a value is what the schema at a place says; what cannot be judged fits."""
        validator = self.validator(place, reading, value)
        return validator is None or validator.is_valid(value)

    def holds(self, place: Pointer, keys: Keys, value: Any, reading: Reading = LENIENT) -> bool:
        """Whether a value is what these keywords alone say, of those of the schema at a place; what cannot be judged is."""
        validator = self.validator(place, reading, value, keys)
        return validator is None or validator.is_valid(value)

    def validator(self, place: Pointer, reading: Reading, value: Any, keys: Keys = ()) -> jsonschema_rs.Draft202012Validator | None:
        """Return the compiled validator for such a value of the schema at a place, or of some keywords of it; None if none can be made.

        Of schemas that contain themselves it holds as much as values with as many levels can be held against.
        """
        key = place, reading, keys, height(value)
        if key not in self._validators:
            self._validators[key] = self._compiled(*key)
        return self._validators[key]

    def _compiled(self, place: Pointer, reading: Reading, keys: Keys, levels: int) -> jsonschema_rs.Draft202012Validator | None:
        schema = self._alone(place, keys, reading) if keys else self.normal(place, reading)
        registry = jsonschema_rs.Registry([(_BASE, self._reached(schema, reading, levels))])
        try:
            return jsonschema_rs.Draft202012Validator(schema, registry=registry, validate_formats=reading.formats, offline=True)
        except (ValueError, jsonschema_rs.ReferencingError) as error:
            # Whatever we did not foresee in a schema must not become a finding about a value.
            self._failures[place] = str(error)
            return None

    def _reached(self, schema: Any, reading: Reading, levels: int) -> dict[str, Any]:
        """Return the part of the definitions that is reached by a value of so many levels; whatever lies behind is anything."""
        every = self.definitions(reading)["$defs"]
        if reading not in self._links:
            self._links[reading] = {_address(name): list(links(one)) for name, one in every.items()}
        further = self._links[reading]
        near = reached(schema, further, levels)
        behind = {name for one in near for name, _level in further[one]} | {name for name, _level in links(schema)}
        return {"$defs": {_name(one): every[_name(one)] if one in near else True for one in near | behind}}

    def unjudged(self) -> Iterator[Unjudged]:
        """Yield what was not judged so far, for what cannot be judged fits: whoever relies on that should know of it."""
        for site in self.places.of("schema"):
            for pattern in filter(_is_anyones_pattern, unreadable(site.node)):
                yield Unjudged(site.place, "a pattern that the validator cannot read", pattern)
            for key in sorted(_TURN_ROUND & site.node.keys()) if self._unsure and isinstance(site.node, dict) else ():
                yield Unjudged(site.place, "a keyword left out, for something else in the document cannot be read", key)
        for place, error in self._failures.items():
            yield Unjudged(place, "no validator could be made of it", error)

    def definitions(self, reading: Reading) -> dict[str, Any]:
        """Return one resource with all the schemas that references lead to."""
        if reading not in self._definitions:
            self._definitions[reading] = {
                "$defs": {f"s{number}": self.normal(place, reading) for place, number in self._numbers.items()}
            }
        return self._definitions[reading]

    def normal(self, place: Pointer, reading: Reading) -> Any:
        """Return the schema at a place as JSON Schema 2020-12."""
        return self._normal(place, self.document.get(place), reading, frozenset())

    def _alone(self, place: Pointer, keys: Keys, reading: Reading) -> Any:
        """Return some keywords of the schema at a place; the reference beside them is not among them."""
        stated = {key: value for key, value in self.document.get(place).items() if key in keys}
        schema = self._normal(place, stated, reading, frozenset())
        return {key: value for key, value in schema.items() if key != "$ref"} if isinstance(schema, dict) else schema

    def _normal(self, place: Pointer, node: Any, reading: Reading, one_sided: frozenset[str]) -> Any:
        if not isinstance(node, dict) or place in self._passed_over:
            return node if isinstance(node, bool) else True
        schema = self._referred(place)
        if "$ref" in node and self.document.is_3_0:
            return schema
        one_sided |= frozenset(self._one_sided(place, node, _ABSENT[reading.side]))
        schema |= self._nested(place, node, reading, one_sided)
        schema |= {key: node[key] for key in node if is_usable(key, node[key]) and _is_read(key, node, reading)}
        if "required" in schema:
            schema["required"] = [name for name in schema["required"] if name not in one_sided]
        schema = self._as_read(schema, reading)
        _translate_bounds(node, schema)
        return _nullable(schema) if node.get("nullable") is True else schema

    def _referred(self, place: Pointer) -> dict[str, Any]:
        target = self.places.targets.get(place)
        known = target in self._numbers and place not in self._broken
        return {"$ref": _address(f"s{self._numbers[target]}")} if target is not None and known else {}

    def _as_read(self, schema: dict[str, Any], reading: Reading) -> dict[str, Any]:
        """Return what is left of a schema in a reading, and in a document that is not understood as a whole."""
        if self._unsure:
            schema = {key: inside for key, inside in schema.items() if key not in _TURN_ROUND}
        if (self._unsure or not reading.exactly_one) and "oneOf" in schema:
            schema["allOf"] = [*schema.get("allOf", ()), {"anyOf": schema.pop("oneOf")}]
        if not reading.patterns and schema.pop("patternProperties", None) is not None:
            schema.pop("additionalProperties", None)  # which would be about more fields without the patterns
        return schema

    def _nested(self, place: Pointer, node: dict[str, Any], reading: Reading, one_sided: frozenset[str]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key in node:
            inside, at = node[key], (*place, key)
            if key in _ONE and isinstance(inside, dict | bool):
                found[key] = self._normal(at, inside, reading, frozenset())
            elif key in _LISTS and isinstance(inside, list) and inside:
                # What allOf brings together is one object: a field may be declared in one part and required in another.
                names = one_sided if key == "allOf" else frozenset[str]()
                found[key] = [self._normal((*at, index), one, reading, names) for index, one in enumerate(inside)]
            elif key in _MAPS and isinstance(inside, dict):
                usable = {name: one for name, one in inside.items() if key != "patternProperties" or _is_pattern(name)}
                found[key] = {name: self._normal((*at, name), one, reading, frozenset()) for name, one in usable.items()}
        return found

    def _one_sided(self, place: Pointer, node: dict[str, Any], absent: tuple[str, ...], depth: int = 0) -> Iterator[str]:
        """Yield the fields that one of the sides does not have: a value may be of that side, and need not have them."""
        for name, member in _items(node.get("properties")):
            _at, stated = self.resolved((*place, "properties", name), member)
            beside = member if isinstance(member, dict) else {}
            if any(schema.get(key) is True for schema in (stated, beside) for key in absent):
                yield name
        if isinstance(node.get("allOf"), list) and depth < 5:  # noqa: PLR2004 - a chain of references may be a circle
            for index, part in enumerate(node["allOf"]):
                yield from self._one_sided(*self.resolved((*place, "allOf", index), part), absent, depth + 1)

    def resolved(self, place: Pointer, node: Any) -> tuple[Pointer, dict[str, Any]]:
        """Follow references to the schema that they end at, and return it with its place; what is beside them is not taken along."""
        seen = set[Pointer]()
        while place in self.places.targets and place not in seen:
            seen.add(place)
            place = self.places.targets[place]
            node = self.document.get(place)
        return place, node if isinstance(node, dict) else {}


def _address(name: str) -> str:
    return f"{_BASE}#/$defs/{name}"


def _name(address: str) -> str:
    return address.rpartition("/")[2]


def unread(node: Any, *, is_3_0: bool) -> Iterator[str]:
    """Yield the keywords of a schema that are passed over, whoever could read them."""
    yield from unusable(node, is_3_0=is_3_0)
    yield from unreadable(node)


def unreadable(node: Any) -> Iterator[str]:
    """Yield the patterns of a schema that the validator cannot read."""
    if isinstance(node, dict):
        patterns = node.get("patternProperties")
        given = [node.get("pattern"), *(patterns if isinstance(patterns, dict) else ())]
        yield from (pattern for pattern in given if isinstance(pattern, str) and not _is_pattern(pattern))


def unusable(node: Any, *, is_3_0: bool) -> Iterator[str]:
    """Yield the keywords of a schema whose value no reader could understand."""
    for key, value in node.items() if isinstance(node, dict) else ():
        is_old = is_3_0 and key in {"exclusiveMinimum", "exclusiveMaximum"} and isinstance(value, bool)
        if key in _FORMS and not _FORMS[key](value) and not is_old:
            yield key


def is_usable(key: str, value: Any) -> bool:
    """Whether a keyword asserts something by itself, and has a value that it can have."""
    return key in _CHECKS and _CHECKS[key](value)


def _is_read(key: str, node: dict[str, Any], reading: Reading) -> bool:
    if key == "format":
        return reading.formats and node[key] in _FORMATS
    return key != "pattern" or reading.patterns


def _translate_bounds(node: dict[str, Any], schema: dict[str, Any]) -> None:
    """Give the boolean bounds of 3.0 the meaning that they have there."""
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if node.get(exclusive) is True and bound in schema:
            schema[exclusive] = schema.pop(bound)


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    """Let null through, as generously as any reading of `nullable` does: also past an enum, and past what allOf says."""
    if set(schema) == {"type"} and isinstance(schema["type"], str):
        return {"type": [schema["type"], "null"]}
    return {"anyOf": [{"type": "null"}, schema]}


def _items(value: Any) -> Iterator[tuple[str, Any]]:
    return iter(value.items() if isinstance(value, dict) else ())


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_count(value: Any) -> bool:
    return _is_number(value) and value >= 0 and value == int(value) and value < 2**53


def _is_type(value: Any) -> bool:
    return value in TYPES if isinstance(value, str) else _is_texts(value) and bool(value) and set(value) <= set(TYPES)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value) and len(set(value)) == len(value)


@lru_cache(maxsize=4096)
def _compiles(pattern: str) -> bool:
    try:
        jsonschema_rs.Draft202012Validator({"pattern": pattern})
    except ValueError:
        return False
    return True


def is_match(pattern: str, text: str) -> bool:
    """Whether a text has what a pattern looks for; nothing matches a pattern that the validator cannot read."""
    return _is_pattern(pattern) and jsonschema_rs.Draft202012Validator({"pattern": pattern}).is_valid(text)


def _is_pattern(value: Any) -> bool:
    return isinstance(value, str) and _compiles(value)


def _is_anyones_pattern(value: Any) -> bool:
    """Whether a pattern is one in any dialect: those differ, and not being able to read it proves nothing."""
    if not isinstance(value, str) or _compiles(value):
        return isinstance(value, str)
    named = re.sub(r"\\k<(\w+)>", r"(?P=\1)", re.sub(r"\(\?<(?=\w)", "(?P<", value))  # as ECMA writes groups with a name
    try:
        re.compile(named)
    except re.error as error:
        return "look-behind" in str(error)  # of any width, elsewhere
    except (RecursionError, OverflowError):
        return False
    return True


_NUMBERS = dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), _is_number)
_COUNTS = dict.fromkeys(
    ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "minContains", "maxContains"), _is_count
)
_CHECKS: dict[str, Callable[[Any], bool]] = {
    "type": _is_type,
    "enum": lambda value: isinstance(value, list) and bool(value),
    "const": lambda _value: True,
    "required": _is_texts,
    "uniqueItems": lambda value: isinstance(value, bool),
    "multipleOf": lambda value: _is_number(value) and value > 0,
    "pattern": _is_pattern,
    "format": lambda value: isinstance(value, str),
    "dependentRequired": lambda value: isinstance(value, dict) and all(_is_texts(one) for one in value.values()),
} | _NUMBERS | _COUNTS  # fmt: skip
_ONE = (
    "items", "additionalProperties", "not", "if", "then", "else", "propertyNames", "contains",
    "unevaluatedProperties", "unevaluatedItems",
)  # fmt: skip
_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_MAPS = ("properties", "patternProperties", "dependentSchemas")
_ABSENT = {Side.REQUEST: ("readOnly",), Side.RESPONSE: ("writeOnly",), Side.BOTH: ("readOnly", "writeOnly")}
# Where less said below means more said here: what is left out of them because it is not understood would make them too strict.
_TURN_ROUND = frozenset({"not", "if", "then", "else", "unevaluatedProperties", "unevaluatedItems", "maxContains"})
_FORMS: dict[str, Callable[[Any], bool]] = _CHECKS | {
    "pattern": _is_anyones_pattern,
    **dict.fromkeys(_ONE, lambda value: isinstance(value, dict | bool)),
    **dict.fromkeys(_LISTS, lambda value: isinstance(value, list) and bool(value)),
    **dict.fromkeys(_MAPS, lambda value: isinstance(value, dict)),
}
