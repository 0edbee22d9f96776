"""Strongly connected components of a graph."""

from collections.abc import Iterator

from conformance.core.pointers import Pointer


def strongly_connected(links: dict[Pointer, list[Pointer]]) -> Iterator[list[Pointer]]:
    """Yield the strongly connected components of a graph, each after those that it leads to."""
    search = _Search(links)
    for root in links:
        if root not in search.number:
            yield from search.components(root)


class _Search:
    """Tarjan's algorithm without recursion, because documents are deep."""

    def __init__(self, links: dict[Pointer, list[Pointer]]) -> None:
        self._links = links
        self.number: dict[Pointer, int] = {}
        self._lowest: dict[Pointer, int] = {}
        self._open: dict[Pointer, None] = {}

    def components(self, root: Pointer) -> Iterator[list[Pointer]]:
        path = [self._enter(root)]
        while path:
            node, following = path[-1]
            new = self._next(node, following)
            if new is not None:
                path.append(self._enter(new))
                continue
            path.pop()
            if path:
                self._lower(path[-1][0], self._lowest[node])
            if self._lowest[node] == self.number[node]:
                yield self._close(node)

    def _enter(self, node: Pointer) -> tuple[Pointer, Iterator[Pointer]]:
        self.number[node] = self._lowest[node] = len(self.number)
        self._open[node] = None
        return node, iter(self._links[node])

    def _next(self, node: Pointer, following: Iterator[Pointer]) -> Pointer | None:
        """Return the next node that was not entered yet; an open one belongs to the same component."""
        for one in following:
            if one in self._links and one not in self.number:
                return one
            if one in self._open:
                self._lower(node, self.number[one])
        return None

    def _lower(self, node: Pointer, number: int) -> None:
        self._lowest[node] = min(self._lowest[node], number)

    def _close(self, node: Pointer) -> list[Pointer]:
        component = [node]
        while (last := self._open.popitem()[0]) != node:
            component.append(last)
        return component
