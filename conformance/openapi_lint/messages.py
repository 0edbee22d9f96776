"""Why a value does not fit a schema, in words."""

from collections.abc import Callable
from itertools import islice
from typing import Any, NamedTuple

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match
from jsonschema_rs import ValidationErrorKind
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from conformance.core.pointers import Pointer, text
from conformance.openapi_lint.index import Side
from conformance.openapi_lint.schemas import WORDS, Reading, Schemas
from conformance.reporting.messages import short

_LONGEST = 60
_MOST = 8
_ENOUGH = 50
_KINDS = {"null": "null", "boolean": "a boolean", "integer": "an integer", "number": "a number", "string": "a string",
          "array": "an array", "object": "an object"}  # fmt: skip


class Reason(NamedTuple):
    """What is wrong, where in the value, the keyword that says so, and how much else is wrong."""

    keyword: str
    at: Pointer
    said: str
    more: int = 0

    def __str__(self) -> str:
        more = f" (and {self.more} more)" if self.more else ""
        return f"{text(self.at)}: {self.said}{more}" if self.at else self.said + more


class Explainer:
    """Finds words for what does not fit; jsonschema's best match chooses among several reasons."""

    def __init__(self, schemas: Schemas) -> None:
        self._schemas = schemas
        self._registries: dict[Side, Registry[Any]] = {}

    def explain(self, place: Pointer, value: Any, reading: Reading) -> Reason:
        """Say why a value that the reading refuses does not fit the schema at a place."""
        errors = [] if reading.exactly_one else self._errors(place, value, reading.side)
        error: ValidationError | None = best_match(errors)
        if error is not None:
            at, more = tuple(error.absolute_path), len(errors) - 1
            if types := _refused_types(error):
                return Reason("type", at, said("type", types, error.instance, {}), more)
            keyword = str(error.validator)
            return Reason(keyword, at, said(keyword, error.validator_value, error.instance, error.schema), more)
        return self._first(place, value, reading)

    def _errors(self, place: Pointer, value: Any, side: Side) -> list[ValidationError]:
        reading = WORDS.on(side)
        if side not in self._registries:
            resource = Resource.from_contents(self._schemas.definitions(reading), default_specification=DRAFT202012)
            self._registries[side] = Registry().with_resource("urn:document", resource)
        validator = Draft202012Validator(self._schemas.normal(place, reading), registry=self._registries[side])
        return list(islice(validator.iter_errors(value), _ENOUGH))

    def _first(self, place: Pointer, value: Any, reading: Reading) -> Reason:
        """Take what the validator that refused says first: it alone knows patterns, formats, and one branch from two."""
        validator = self._schemas.validator(place, reading, value)
        assert validator is not None
        error = next(iter(validator.iter_errors(value)))
        if isinstance(error.kind, ValidationErrorKind.OneOfMultipleValid):
            return Reason("oneOf", tuple(error.instance_path), "more than one branch of oneOf fits, and oneOf means exactly one")
        keyword = str(error.kind.name)
        return Reason(keyword, tuple(error.instance_path), said(keyword, error.kind.value, error.instance, {}))


def _refused_types(error: ValidationError) -> list[str]:
    """Return the types that a union's branches have, if all of them refuse the value's: that says more than how many they are."""
    types: dict[Any, Any] = {}
    for one in error.context or ():
        if one.validator == "type" and not one.relative_path:
            types[one.relative_schema_path[0]] = one.validator_value
    stated: Any = error.validator_value
    if error.validator not in {"anyOf", "oneOf"} or len(types) < len(stated):
        return []
    return list(dict.fromkeys(name for one in types.values() for name in (one if isinstance(one, list) else [one])))


def said(keyword: str, stated: Any, value: Any, schema: Any) -> str:
    """Say how a value breaks a keyword."""
    shown = short(value, _LONGEST)
    if keyword in _LENGTHS:
        return f"{shown} has a length of {len(value)}, against `{keyword}: {stated}`"
    if keyword in _OF_FIELDS:
        return _OF_FIELDS[keyword](stated, value, schema)
    say = _OF_VALUES.get(keyword)
    return say(stated, value, shown) if say is not None else f"{shown} breaks `{keyword}: {short(stated, _LONGEST)}`"


def _type(stated: Any, value: Any, shown: str) -> str:
    return f"{shown} is {'' if value is None else f'{kind(value)}, '}not {listed(stated)}"


def _union(stated: Any, _value: Any, shown: str) -> str:
    return f"{shown} fits none of the {f'{len(stated)} ' if isinstance(stated, list) else ''}alternatives"


def _required(stated: Any, value: Any, _schema: Any) -> str:
    missing = [name for name in stated if name not in value] if isinstance(stated, list) else [stated]
    return f"{', '.join(f'`{name}`' for name in missing)} {'is' if len(missing) == 1 else 'are'} required, and missing"


def _extra(_stated: Any, value: Any, schema: Any) -> str:
    extra = [name for name in value if name not in schema.get("properties", {})] if isinstance(schema, dict) else []
    shown = ", ".join(f"`{name}`" for name in extra[:_MOST]) or short(value, _LONGEST)
    return f"{shown} is a field that the schema does not allow"


def kind(value: Any) -> str:
    """Return the JSON type of a value, with its article."""
    names = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return _KINDS[names.get(type(value), "null")]


def listed(types: Any) -> str:
    """Return types in words."""
    return " or ".join(_KINDS.get(one, str(one)) for one in (types if isinstance(types, list) else [types]))


def _near(value: Any, values: Any) -> str:
    """Name the listed value that differs by its letters' case only."""
    near = [one for one in values if isinstance(one, str) and isinstance(value, str) and one.lower() == value.lower()]
    return f"; {short(near[0], _LONGEST)} is one" if near else ""


def _values(values: Any) -> str:
    names = [short(one, _LONGEST) for one in values] if isinstance(values, list) else [short(values)]
    return ", ".join(names[:_MOST]) + (f" … ({len(names)} values)" if len(names) > _MOST else "")


_LENGTHS = frozenset({"minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"})
_OF_FIELDS: dict[str, Callable[[Any, Any, Any], str]] = {
    "required": _required,
    "additionalProperties": _extra,
    "unevaluatedProperties": _extra,
}
_OF_VALUES: dict[str, Callable[[Any, Any, str], str]] = {
    "type": _type,
    "enum": lambda stated, value, shown: f"{shown} is none of {_values(stated)}{_near(value, stated)}",
    "const": lambda stated, _value, shown: f"{shown} is not {short(stated, _LONGEST)}",
    "anyOf": _union,
    "oneOf": _union,
    "format": lambda stated, _value, shown: f"{shown} is no {stated}",
    "pattern": lambda stated, _value, shown: f"{shown} does not match {short(stated, _LONGEST)}",
}
