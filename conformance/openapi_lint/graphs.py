"""What leads to each other."""

from collections.abc import Iterator

from conformance.core.pointers import Pointer


def connected(leads: dict[Pointer, list[Pointer]]) -> Iterator[list[Pointer]]:
    """Yield the strongly connected parts of a graph, each after those that it leads to."""
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
