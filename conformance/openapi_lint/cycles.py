"""Schemas that no validator would finish with: those that lead back to themselves for the same value, or branch too often."""

from collections.abc import Iterator
from graphlib import TopologicalSorter

from conformance.core.pointers import Pointer
from conformance.openapi_lint.graphs import strongly_connected
from conformance.openapi_lint.index import DocumentIndex, ends_here

# Keywords whose schemas are about the same value, not about a part of it.
_SAME_VALUE = ("not", "if", "then", "else")
_SAME_VALUE_EACH = ("allOf", "anyOf", "oneOf", "dependentSchemas")
_MOST_PATHS = 20_000


def same_value_links(index: DocumentIndex) -> dict[Pointer, list[Pointer]]:
    """Return, for each schema, the schemas that it applies to the same value."""
    return {site.place: list(_same_value(index, site.place)) for site in index.of("schema")}


def cycles(index: DocumentIndex, following: dict[Pointer, list[Pointer]]) -> list[list[Pointer]]:
    """Return, for each group of schemas that lead to each other, the places of the references in it."""
    circles = []
    for group in strongly_connected(following):
        inside = set(group)
        if references := sorted((place for place in group if index.targets.get(place) in inside), key=repr):
            circles.append(references)
    return circles


def too_complex(index: DocumentIndex, following: dict[Pointer, list[Pointer]], in_circles: set[Pointer]) -> list[Pointer]:
    """Return the schemas that apply more schemas to one value than can be waited for: a chain of twenty that each name the next one twice.

    References in circles are not followed.
    """
    kept = {
        place: [one for one in links if place not in in_circles or one != index.targets[place]]
        for place, links in following.items()
    }
    paths: dict[Pointer, int] = {}
    complex_schemas = []
    for place in TopologicalSorter(kept).static_order():
        paths[place] = 1 + sum(paths[one] for one in kept.get(place, ()))
        if paths[place] > _MOST_PATHS:
            complex_schemas.append(place)
            paths[place] = 1  # it is passed over
    return complex_schemas


def _same_value(index: DocumentIndex, place: Pointer) -> Iterator[Pointer]:
    site = index.sites[place]
    if place in index.targets:
        yield index.targets[place]
    if not isinstance(site.node, dict) or ends_here(site, index.document):
        return
    yield from ((*place, key) for key in _SAME_VALUE if key in site.node)
    for key in _SAME_VALUE_EACH:
        inside = site.node.get(key)
        names = range(len(inside)) if isinstance(inside, list) else inside if isinstance(inside, dict) else ()
        yield from ((*place, key, name) for name in names)
