"""Two schemas compared, one level deep: what changed, and which pairs of schemas lie further inside."""

from collections.abc import Iterator

from conformance.core.pointers import Pointer
from conformance.openapi_diff import shapes, values
from conformance.openapi_diff.change import Change
from conformance.openapi_diff.node import ANYTHING, Both, Child, Level, Node, Options
from conformance.openapi_diff.objects import Found, Objects
from conformance.openapi_lint.alternatives import Alternative, Alternatives

# What may stand beside a reference without a word about the values; a default is looked at where the reference stands.
_OF_REFERENCES = frozenset({"$ref", "default", *shapes.FOR_READERS})


class SchemaComparison:
    """Compares schemas of two documents, each pair once."""

    def __init__(self, old: Alternatives, new: Alternatives) -> None:
        self.objects = Objects(old, new)
        self._old, self._new = old, new
        self._known: dict[Node, Level] = {}

    def level(self, node: Node) -> Level:
        """Return what one level of two schemas shows."""
        if node not in self._known:
            self._known[node] = self._level(node)
        return self._known[node]

    def resolved(self, node: Node) -> Node:
        """Return a node with the ends of references that say nothing of their own, so that a component is compared once for all who name it."""
        ours, theirs = (_ends(alternatives, options) for alternatives, options in ((self._old, node.old), (self._new, node.new)))
        return Node(ours, theirs, node.side)

    def _level(self, node: Node) -> Level:
        both = self.objects.both(node)
        if any(one.is_unknown for one in (*both.old, *both.new)):
            return Level(is_unknown=True)
        if shapes.takes_anything(both.old) and shapes.takes_anything(both.new):
            return Level()
        found = list(self._found(both))
        changes = tuple(one for one in found if isinstance(one, Change))
        return Level(changes, tuple(Child(one.step, self.resolved(one.node)) for one in found if isinstance(one, Child)))

    def _found(self, both: Both) -> Iterator[Found]:
        yield from values.changes(both)
        if not values.is_stated_anew(both):
            yield from _items(both)
            yield from self.objects.found(both)


def _ends(alternatives: Alternatives, options: Options) -> Options:
    return tuple(dict.fromkeys(tuple(_end(alternatives, place) for place in places) for places in options))


def _end(alternatives: Alternatives, place: Pointer) -> Pointer:
    document, targets = alternatives.schemas.document, alternatives.schemas.index.targets
    seen = {place}
    while place in targets and targets[place] not in seen and (document.is_3_0 or document.get(place).keys() <= _OF_REFERENCES):
        place = targets[place]
        seen.add(place)
    return place


def _items(both: Both) -> Iterator[Child]:
    old, new = (_options(shapes.of_kind(alternatives, "array")) for alternatives in (both.old, both.new))
    if old and new and (old != ANYTHING or new != ANYTHING):
        yield Child("[]", Node(old, new, both.side))


def _options(lists: list[Alternative]) -> Options:
    """Return the schemas of the items of several lists."""
    return tuple(dict.fromkeys(one.items for one in lists))
