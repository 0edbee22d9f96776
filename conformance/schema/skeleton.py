"""The skeleton of a body: what it has to have, and what is on the way to the places that matter."""

from collections.abc import Collection

from conformance.core.json_text import Json
from conformance.core.pointers import Pointer
from conformance.schema.tree import SchemaNode


def skeleton(schema: SchemaNode | None, value: Json, places: Collection[Pointer]) -> Json:
    """Return a body without optional fields and further items, but for those that lead to one of these places; these stay whole."""
    if () in places:
        return value
    if isinstance(value, dict):
        return {
            key: skeleton(_member(schema, key), member, _below(places, key))
            for key, member in value.items()
            if _below(places, key) or (schema is not None and key in schema.required)
        }
    if isinstance(value, list):
        least = 1 if schema is None else max(1, schema.bounds.min_items)
        items = schema.items if schema is not None else None
        kept = [index for index in range(len(value)) if _below(places, index)] or range(min(least, len(value)))
        return [skeleton(items, value[index], _below(places, index)) for index in kept]
    return value


def _below(places: Collection[Pointer], part: str | int) -> list[Pointer]:
    return [place[1:] for place in places if place[:1] == (part,)]


def _member(schema: SchemaNode | None, key: str) -> SchemaNode | None:
    return None if schema is None else schema.properties.get(key)
