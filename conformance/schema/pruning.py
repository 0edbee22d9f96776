"""Schemas without the optional fields that name things of some kinds: what is made of them names nothing of the kind."""

import copy
from collections.abc import Iterator

from conformance.schema.tree import SchemaNode


def without_references(schema: SchemaNode, kinds: frozenset[str]) -> SchemaNode:
    """Return a schema without its optional fields in which a name of one of these kinds stands, at any depth."""
    return _pruned(schema, kinds, {})


def _pruned(node: SchemaNode, kinds: frozenset[str], done: dict[int, SchemaNode]) -> SchemaNode:
    if id(node) in done:  # a recursive schema is a graph
        return done[id(node)]
    pruned = done[id(node)] = copy.copy(node)
    pruned.properties = {
        key: _pruned(inner, kinds, done)
        for key, inner in node.properties.items()
        if key in node.required or not _names_any(inner, kinds, set())
    }
    pruned.branches = tuple(_pruned(branch, kinds, done) for branch in node.branches)
    pruned.items = None if node.items is None else _pruned(node.items, kinds, done)
    pruned.values = None if node.values is None else _pruned(node.values, kinds, done)
    return pruned


def _names_any(node: SchemaNode, kinds: frozenset[str], seen: set[int]) -> bool:
    if id(node) in seen:
        return False
    seen.add(id(node))
    return bool({node.reference, node.keys_reference} & kinds) or any(_names_any(inner, kinds, seen) for inner in _inner(node))


def _inner(node: SchemaNode) -> Iterator[SchemaNode]:
    yield from node.properties.values()
    yield from node.branches
    yield from node.prefix
    yield from (inner for inner in (node.items, node.values) if inner is not None)
