"""Strongly connected components of a graph."""

from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

N = TypeVar("N", bound=Hashable)


def strongly_connected(links: dict[N, list[N]]) -> Iterator[list[N]]:
    """Yield the strongly connected components of a graph, each after those that it leads to."""
    search = _Search(links)
    for root in links:
        if root not in search.number:
            yield from search.components(root)


class _Search(Generic[N]):
    """Tarjan's algorithm without recursion, because documents are deep."""

    def __init__(self, links: dict[N, list[N]]) -> None:
        self._links = links
        self.number: dict[N, int] = {}
        self._lowest: dict[N, int] = {}
        self._open: dict[N, None] = {}

    def components(self, root: N) -> Iterator[list[N]]:
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

    def _enter(self, node: N) -> tuple[N, Iterator[N]]:
        self.number[node] = self._lowest[node] = len(self.number)
        self._open[node] = None
        return node, iter(self._links[node])

    def _next(self, node: N, following: Iterator[N]) -> N | None:
        """Return the next node that was not entered yet; an open one belongs to the same component."""
        for one in following:
            if one in self._links and one not in self.number:
                return one
            if one in self._open:
                self._lower(node, self.number[one])
        return None

    def _lower(self, node: N, number: int) -> None:
        self._lowest[node] = min(self._lowest[node], number)

    def _close(self, node: N) -> list[N]:
        component = [node]
        while (last := self._open.popitem()[0]) != node:
            component.append(last)
        return component
