"""What an answer shows of what was sent, by the contract's rules for each field.

Given values come back the same. What was not given may be absent, null, empty or the default; a null that was given counts as
not given; inside user data all is verbatim. An empty list or map given where the contract lets a server show it for "not given"
(mappings, parameters, taxonomy applications, events, retriever configs) is the same as not given, so it may be absent too.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

from conformance.core import equality
from conformance.core.equality import Difference, Kind
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING, Pointer
from conformance.schema.tree import SchemaNode

Inherited: TypeAlias = Mapping[str, Json]
_NOTHING: Inherited = MappingProxyType({})


def round_trip(
    shape: SchemaNode, sent: Json, got: Any, at: Pointer = (), *, inherited: Inherited = _NOTHING
) -> Iterator[Difference]:
    """Yield each place where what came back breaks the rules above; `inherited` are the settings of the enclosing objects."""
    if sent is None and not (shape.user_data and not shape.types):
        yield from _not_given(shape, got, at)
    elif shape.empty_is_absent and sent in ([], {}) and (got is None or got is MISSING):
        return
    elif shape.user_data:
        yield from equality.differences(sent, got, at)
    elif isinstance(sent, dict):
        yield from _object(shape.branch(sent), sent, got, at, inherited)
    elif isinstance(sent, list):
        yield from _list(shape, sent, got, at, inherited)
    elif not (equality.same_time(sent, got) if shape.is_time else equality.same_leaf(sent, got)):
        yield Difference(at, Kind.STRUCTURE if got is MISSING else equality.kind_of(sent), sent, got)


def _object(shape: SchemaNode, sent: dict[str, Json], got: Any, at: Pointer, inherited: Inherited) -> Iterator[Difference]:
    if not isinstance(got, dict):
        yield Difference(at, Kind.STRUCTURE, sent, got)
        return
    own = {
        name: _setting(node, sent.get(name), inherited.get(name)) for name, node in shape.properties.items() if node.is_inherited
    }
    # What an enclosing object has set may be written out in this one.
    written_out = {name: value for name, value in own.items() if name in inherited}
    for key, value in sent.items():
        if equality.is_same_scalar(value, got.get(key)):
            continue
        inner = shape.properties.get(key, shape.values)
        if inner is None or inner.is_hidden:
            continue
        if value is None and ((inner.null_is_absent and got.get(key) is None) or _is_written_out(written_out, key, got)):
            continue
        yield from round_trip(inner, value, got.get(key, MISSING), (*at, key), inherited={**inherited, **own})
    yield from _unsent(shape, sent, got, at, written_out)


def _setting(node: SchemaNode, given: Json, inherited: Json) -> Json:
    if given is not None:
        return given
    return node.default if inherited is None else inherited


def _is_written_out(written_out: Inherited, key: str, got: dict[str, Json]) -> bool:
    return key in written_out and equality.is_same_scalar(written_out[key], got.get(key))


def _unsent(
    shape: SchemaNode, sent: dict[str, Json], got: dict[str, Json], at: Pointer, written_out: Inherited
) -> Iterator[Difference]:
    for key in got:
        if key in sent:
            continue
        if key in shape.properties:
            if not shape.properties[key].is_hidden and not _is_written_out(written_out, key, got):
                yield from _not_given(shape.properties[key], got[key], (*at, key))
        elif shape.values is not None:
            yield Difference((*at, key), Kind.STRUCTURE, MISSING, got[key])


def _list(shape: SchemaNode, sent: list[Json], got: Any, at: Pointer, inherited: Inherited) -> Iterator[Difference]:
    if not isinstance(got, list) or len(got) != len(sent):
        yield Difference(at, Kind.STRUCTURE, sent, got)
        return
    assert shape.items is not None
    for index, (one, other) in enumerate(zip(sent, got, strict=True)):
        if not equality.is_same_scalar(one, other):
            yield from round_trip(shape.items, one, other, (*at, index), inherited=inherited)


def _not_given(shape: SchemaNode, got: Any, at: Pointer) -> Iterator[Difference]:
    if got is MISSING or got is None or (isinstance(got, str | list | dict) and not got):
        return
    if shape.default is not None and equality.same(shape.default, got):
        return
    if isinstance(got, dict) and shape.properties and all(got[key] in (None, [], {}) or key in shape.properties for key in got):
        # An object of nothing but defaults, such as a cache_config that was not given.
        for key, member in got.items():
            if key in shape.properties:
                yield from _not_given(shape.properties[key], member, (*at, key))
        return
    yield Difference(at, Kind.FILLED, MISSING, got)
