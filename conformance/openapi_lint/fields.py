"""The fields of objects, for the comparison of one object with several of which any may be meant."""

from typing import NamedTuple

from conformance.core.pointers import Pointer
from conformance.openapi_lint.alternatives import Alternative, SchemaPlaces


class Fields(NamedTuple):
    """The schemas that a field may have, by its name; the fields that every alternative requires; and what other fields may be."""

    named: dict[str, tuple[SchemaPlaces, ...]]
    required: frozenset[str]
    additional: SchemaPlaces | bool | None
    place: Pointer

    @classmethod
    def of(cls, alternatives: list[Alternative]) -> "Fields":
        """Put the fields of alternatives together."""
        names = dict.fromkeys(name for one in alternatives for name in one.properties)
        named = {name: tuple(one.properties[name] for one in alternatives if name in one.properties) for name in names}
        required = frozenset.intersection(*(one.required for one in alternatives))
        return cls(named, required, _most_open([one.additional for one in alternatives]), _place(alternatives[0]))

    def schemas_of(self, name: str) -> tuple[SchemaPlaces, ...]:
        """Return the schemas that a field may have; of a field that is not named, the schema for other fields, if there is one."""
        return self.named.get(name, (self.additional,) if isinstance(self.additional, tuple) else ())


def _most_open(additional: list[SchemaPlaces | bool | None]) -> SchemaPlaces | bool | None:
    """Return the most open statement about other fields: anything goes, nothing is said, or else the first."""
    if any(stated is True for stated in additional):
        return True
    return None if None in additional else additional[0]


def _place(alternative: Alternative) -> Pointer:
    """Return the place of the first schema that names fields, or of the first one."""
    first = alternative.parts[0][0] if alternative.parts else ()
    return next((place[:-1] for place, _stated in alternative.values_of("properties")), first)
