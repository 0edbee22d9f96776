"""References that lead back to where they stand before any value is looked into, or to too much: no validator would finish with them."""

from collections.abc import Iterator
from graphlib import TopologicalSorter

from conformance.contract.pointers import Pointer
from conformance.specification.places import Places, ends_here

# What holds of the same value, not of a part of it.
_SAME_VALUE = ("not", "if", "then", "else")
_SAME_VALUE_EACH = ("allOf", "anyOf", "oneOf", "dependentSchemas")
_MOST = 20_000


def cycles(places: Places) -> list[list[Pointer]]:
    """Return, for each group of schemas that lead to each other, the places of the references that do so."""
    leads = {site.place: list(_same_value(places, site.place)) for site in places.of("schema")}
    found = []
    for group in _groups(leads):
        inside = set(group)
        if references := sorted((one for one in group if places.targets.get(one) in inside), key=repr):
            found.append(references)
    return found


def entangled(places: Places, circles: list[list[Pointer]]) -> list[Pointer]:
    """Return the schemas that look at one value in more ways than anybody would wait for: twenty that name the next one twice do."""
    broken = {place for circle in circles for place in circle}
    leads = {site.place: list(_same_value(places, site.place)) for site in places.of("schema")}
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


def _groups(leads: dict[Pointer, list[Pointer]]) -> Iterator[list[Pointer]]:
    """Yield the strongly connected parts of a graph."""
    search = _Search(leads)
    for root in leads:
        if root not in search.number:
            yield from search.groups(root)


class _Search:
    """Tarjan's search, without recursion: documents are deep."""

    def __init__(self, leads: dict[Pointer, list[Pointer]]) -> None:
        self._leads = leads
        self.number: dict[Pointer, int] = {}
        self._lowest: dict[Pointer, int] = {}
        self._open: dict[Pointer, None] = {}

    def groups(self, root: Pointer) -> Iterator[list[Pointer]]:
        path = [self._entered(root)]
        while path:
            node, following = path[-1]
            new = self._next(node, following)
            if new is not None:
                path.append(self._entered(new))
                continue
            path.pop()
            if path:
                self._lower(path[-1][0], self._lowest[node])
            if self._lowest[node] == self.number[node]:
                yield self._closed(node)

    def _entered(self, node: Pointer) -> tuple[Pointer, Iterator[Pointer]]:
        self.number[node] = self._lowest[node] = len(self.number)
        self._open[node] = None
        return node, iter(self._leads[node])

    def _next(self, node: Pointer, following: Iterator[Pointer]) -> Pointer | None:
        """Return the next place that was not entered yet; what is still open is an earlier one of the same group."""
        for one in following:
            if one in self._leads and one not in self.number:
                return one
            if one in self._open:
                self._lower(node, self.number[one])
        return None

    def _lower(self, node: Pointer, number: int) -> None:
        self._lowest[node] = min(self._lowest[node], number)

    def _closed(self, node: Pointer) -> list[Pointer]:
        group = [node]
        while (last := self._open.popitem()[0]) != node:
            group.append(last)
        return group
