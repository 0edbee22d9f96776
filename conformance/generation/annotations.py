"""What a type cannot say about a field's values, said at the field: `Annotated[str, FromVocabulary("bucket")]`.

Each annotation writes one keyword into the JSON Schema that Pydantic makes of the model, and an OpenAPI document may have the same
keyword. So models and documents are read alike. The values remain valid by the type: an annotation only narrows what is drawn.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import GetJsonSchemaHandler, TypeAdapter

Keywords = dict[str, Any]


class Annotation:
    """What all annotations have in common: they add their keywords to the JSON Schema of what they annotate."""

    __slots__ = ()

    def keywords(self) -> Keywords:
        """Return the keywords by name."""
        raise NotImplementedError

    def __get_pydantic_json_schema__(self, core_schema: Any, handler: GetJsonSchemaHandler) -> Keywords:
        return {**handler(core_schema), **self.keywords()}


@dataclass(frozen=True, slots=True)
class FromVocabulary(Annotation):
    """The text names something outside the body: it is drawn from the names of this kind, which whoever draws gives.

    With `beside`, it is the name at the same position as the one that the same object drew for the kind `beside`, because the two belong
    together. `unknown` is the share of texts that are no known name: 1 if none can be known. If there are no names of the kind, the field
    is not given; if the kind is not among those that have names, any text is drawn.
    """

    kind: str
    beside: str | None = None
    unknown: float = 0.0

    def keywords(self) -> Keywords:
        """Return `x-reference`, `x-beside` and `x-unknown`."""
        more = {"x-beside": self.beside} if self.beside else {}
        return {"x-reference": self.kind, **more, **({"x-unknown": self.unknown} if self.unknown else {})}


@dataclass(frozen=True, slots=True)
class Weight(Annotation):
    """How often an optional field is given, from 0 to 1; one half without it. Weight 1: only boundary values leave it out."""

    share: float

    def keywords(self) -> Keywords:
        """Return `x-weight`."""
        return {"x-weight": self.share}


@dataclass(frozen=True, slots=True)
class Text(Annotation):
    """What kind of text it is: any, a key of an object, or a path."""

    kind: Literal["any", "keys", "paths"]

    def keywords(self) -> Keywords:
        """Return `x-text`."""
        return {"x-text": self.kind}


@dataclass(frozen=True, slots=True)
class Depth(Annotation):
    """How many levels deep user data, or a model inside itself, is drawn at most."""

    levels: int

    def keywords(self) -> Keywords:
        """Return `x-depth`."""
        return {"x-depth": self.levels}


@dataclass(frozen=True, slots=True)
class Size(Annotation):
    """How few and how many items a list has when drawn. The boundary values have more, and not fewer than `fewest`, the least if not given."""

    least: int
    most: int
    fewest: int | None = None

    def keywords(self) -> Keywords:
        """Return `x-size`."""
        return {"x-size": [self.least, self.most, self.least if self.fewest is None else self.fewest]}


@dataclass(frozen=True, slots=True, init=False)
class Examples(Annotation):
    """The values to draw from: others may be valid, but a reader may refuse them."""

    values: tuple[Any, ...]

    def __init__(self, *values: Any) -> None:
        object.__setattr__(self, "values", values)

    def keywords(self) -> Keywords:
        """Return `x-known`."""
        return {"x-known": list(self.values)}


@dataclass(frozen=True, slots=True, init=False)
class OnlyIf(Annotation):
    """A field that is given if, and only if, another field of the object has one of these values."""

    field: str
    values: tuple[Any, ...]

    def __init__(self, field: str, *values: Any) -> None:
        object.__setattr__(self, "field", field)
        object.__setattr__(self, "values", values)

    def keywords(self) -> Keywords:
        """Return `x-only-if`."""
        return {"x-only-if": {"field": self.field, "values": list(self.values)}}


@dataclass(frozen=True, slots=True)
class Cases(Annotation):
    """A field whose type depends on the value of another field of the object: `types` has a type for some of those values."""

    field: str
    types: Mapping[Any, Any]

    def keywords(self) -> Keywords:
        """Return `x-cases`."""
        cases = [{"value": value, "schema": TypeAdapter(case).json_schema()} for value, case in self.types.items()]
        return {"x-cases": {"field": self.field, "cases": cases}}


def own_names(*names: str) -> Keywords:
    """Return a model's `json_schema_extra` that says how users name their own fields; the model's `extra` is "allow"."""
    return {"x-own-names": list(names)}


def at_least_one(*fields: str) -> Keywords:
    """Return a model's `json_schema_extra` that says that one of these optional fields is always given."""
    return {"x-any-of": list(fields)}
