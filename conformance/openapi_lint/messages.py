"""Messages that say why a value does not fit a schema."""

from collections.abc import Callable
from itertools import islice
from typing import Any, NamedTuple

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match
from jsonschema_rs import ValidationErrorKind
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from conformance.core.display import short
from conformance.core.pointers import Pointer, text
from conformance.openapi_lint.schemas import FOR_MESSAGES, Schemas, ValidationMode
from conformance.openapi_lint.type_names import either, type_of, with_article
from conformance.openapi_lint.usage import Side

_LONGEST = 60
_MOST_LISTED = 8
_MOST_ERRORS = 50


class ErrorMessage(NamedTuple):
    """What is wrong, by which keyword, where in the value, and how many errors there are beside it."""

    keyword: str
    at: Pointer
    text: str
    more: int = 0

    def __str__(self) -> str:
        more = f" (and {self.more} more)" if self.more else ""
        return f"{text(self.at)}: {self.text}{more}" if self.at else self.text + more


class ErrorMessages:
    """Error messages for values that do not fit a document's schemas; of several errors, jsonschema's `best_match` chooses one."""

    def __init__(self, schemas: Schemas) -> None:
        self._schemas = schemas
        self._registries: dict[Side, Registry[Any]] = {}

    def explain(self, place: Pointer, value: Any, mode: ValidationMode) -> ErrorMessage:
        """Return why a value that a mode refuses does not fit the schema at a place."""
        errors = [] if mode.exactly_one else self._errors(place, value, mode.side)
        error: ValidationError | None = best_match(errors)
        if error is None:
            return self._first(place, value, mode)
        at, more = tuple(error.absolute_path), len(errors) - 1
        if types := _refused_types(error):
            return ErrorMessage("type", at, describe("type", types, error.instance, {}), more)
        keyword = str(error.validator)
        return ErrorMessage(keyword, at, describe(keyword, error.validator_value, error.instance, error.schema), more)

    def _errors(self, place: Pointer, value: Any, side: Side) -> list[ValidationError]:
        mode = FOR_MESSAGES.for_side(side)
        if side not in self._registries:
            resource = Resource.from_contents(self._schemas.definitions(mode), default_specification=DRAFT202012)
            self._registries[side] = Registry().with_resource("urn:document", resource)
        validator = Draft202012Validator(self._schemas.normalized(place, mode), registry=self._registries[side])
        return list(islice(validator.iter_errors(value), _MOST_ERRORS))

    def _first(self, place: Pointer, value: Any, mode: ValidationMode) -> ErrorMessage:
        """Return the first error of the validator itself: jsonschema finds none in patterns, formats and a second branch of oneOf."""
        validator = self._schemas.validator(place, mode, value)
        assert validator is not None
        error = next(iter(validator.iter_errors(value)))
        at = tuple(error.instance_path)
        if isinstance(error.kind, ValidationErrorKind.OneOfMultipleValid):
            return ErrorMessage("oneOf", at, "more than one branch of oneOf fits, and oneOf means exactly one")
        keyword = str(error.kind.name)
        return ErrorMessage(keyword, at, describe(keyword, error.kind.value, error.instance, {}))


def _refused_types(error: ValidationError) -> list[str]:
    """Return the types of a union's branches, if each refuses the type of the value: that says more than that no branch fits."""
    types: dict[Any, Any] = {}
    for one in error.context or ():
        if one.validator == "type" and not one.relative_path:
            types[one.relative_schema_path[0]] = one.validator_value
    branches: Any = error.validator_value
    if error.validator not in {"anyOf", "oneOf"} or len(types) < len(branches):
        return []
    return list(dict.fromkeys(name for names in types.values() for name in (names if isinstance(names, list) else [names])))


def describe(keyword: str, stated: Any, value: Any, schema: Any) -> str:
    """Return how a value breaks a keyword with a stated value."""
    shown = short(value, _LONGEST)
    if keyword in _LENGTHS:
        return f"{shown} has a length of {len(value)}, against `{keyword}: {stated}`"
    if keyword in _ABOUT_FIELDS:
        return _ABOUT_FIELDS[keyword](stated, value, schema)
    if keyword in _ABOUT_VALUES:
        return _ABOUT_VALUES[keyword](stated, value, shown)
    return f"{shown} breaks `{keyword}: {short(stated, _LONGEST)}`"


def _type(stated: Any, value: Any, shown: str) -> str:
    actual = "" if value is None else f"{with_article(type_of(value))}, "
    return f"{shown} is {actual}not {either(stated)}"


def _union(stated: Any, _value: Any, shown: str) -> str:
    return f"{shown} fits none of the {f'{len(stated)} ' if isinstance(stated, list) else ''}alternatives"


def _required(stated: Any, value: Any, _schema: Any) -> str:
    missing = [name for name in stated if name not in value] if isinstance(stated, list) else [stated]
    return f"{', '.join(f'`{name}`' for name in missing)} {'is' if len(missing) == 1 else 'are'} required, and missing"


def _extra(_stated: Any, value: Any, schema: Any) -> str:
    extra = [name for name in value if name not in schema.get("properties", {})] if isinstance(schema, dict) else []
    shown = ", ".join(f"`{name}`" for name in extra[:_MOST_LISTED]) or short(value, _LONGEST)
    return f"{shown} is a field that the schema does not allow"


def _enum(stated: Any, value: Any, shown: str) -> str:
    return f"{shown} is none of {_listed(stated)}{_same_letters(value, stated)}"


def _same_letters(value: Any, values: Any) -> str:
    """Name the listed value that differs only in upper and lower case."""
    near = [item for item in values if isinstance(item, str) and isinstance(value, str) and item.lower() == value.lower()]
    return f"; {short(near[0], _LONGEST)} is one" if near else ""


def _listed(values: Any) -> str:
    names = [short(value, _LONGEST) for value in values] if isinstance(values, list) else [short(values)]
    return ", ".join(names[:_MOST_LISTED]) + (f" … ({len(names)} values)" if len(names) > _MOST_LISTED else "")


_LENGTHS = frozenset({"minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"})
_ABOUT_FIELDS: dict[str, Callable[[Any, Any, Any], str]] = {
    "required": _required,
    "additionalProperties": _extra,
    "unevaluatedProperties": _extra,
}
_ABOUT_VALUES: dict[str, Callable[[Any, Any, str], str]] = {
    "type": _type,
    "enum": _enum,
    "const": lambda stated, _value, shown: f"{shown} is not {short(stated, _LONGEST)}",
    "anyOf": _union,
    "oneOf": _union,
    "format": lambda stated, _value, shown: f"{shown} is no {stated}",
    "pattern": lambda stated, _value, shown: f"{shown} does not match {short(stated, _LONGEST)}",
}
