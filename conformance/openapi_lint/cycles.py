"""References that lead back to where they stand before any value is looked into, or to too much: no validator would finish with them."""

from collections.abc import Iterator
from graphlib import TopologicalSorter

from conformance.core.pointers import Pointer
from conformance.openapi_lint.graphs import connected
from conformance.openapi_lint.index import Places, ends_here

# What holds of the same value, not of a part of it.
_SAME_VALUE = ("not", "if", "then", "else")
_SAME_VALUE_EACH = ("allOf", "anyOf", "oneOf", "dependentSchemas")
_MOST = 20_000


def leading(places: Places) -> dict[Pointer, list[Pointer]]:
    """Return, for each schema, those that look at the same value."""
    return {site.place: list(_same_value(places, site.place)) for site in places.of("schema")}


def cycles(places: Places, leads: dict[Pointer, list[Pointer]]) -> list[list[Pointer]]:
    """Return, for each group of schemas that lead to each other, the places of the references that do so."""
    found = []
    for group in connected(leads):
        inside = set(group)
        if references := sorted((one for one in group if places.targets.get(one) in inside), key=repr):
            found.append(references)
    return found


def entangled(places: Places, leads: dict[Pointer, list[Pointer]], broken: set[Pointer]) -> list[Pointer]:
    """Return the schemas that look at one value in more ways than anybody would wait for: twenty that name the next one twice do.

    `broken` are the references of circles, which are not followed.
    """
    kept = {
        place: [one for one in following if place not in broken or one != places.targets[place]]
        for place, following in leads.items()
    }
    ways: dict[Pointer, int] = {}
    found = []
    for place in TopologicalSorter(kept).static_order():
        ways[place] = 1 + sum(ways[one] for one in kept.get(place, ()))
        if ways[place] > _MOST:
            found.append(place)
            ways[place] = 1  # for it is passed over
    return found


def _same_value(places: Places, place: Pointer) -> Iterator[Pointer]:
    site = places.sites[place]
    if place in places.targets:
        yield places.targets[place]
    if not isinstance(site.node, dict) or ends_here(site, places.document):
        return
    yield from ((*place, key) for key in _SAME_VALUE if key in site.node)
    for key in _SAME_VALUE_EACH:
        inside = site.node.get(key)
        names = range(len(inside)) if isinstance(inside, list) else inside if isinstance(inside, dict) else ()
        yield from ((*place, key, name) for name in names)
