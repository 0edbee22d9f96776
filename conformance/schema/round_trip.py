"""Compare an answer with the values that were sent, by the annotated schema of the request.

- A given value comes back the same.
- A value that was not given may be absent, null, empty or the default.
- A given null counts as not given.
- User data comes back verbatim, nulls included.
- Where a schema node is `empty_is_absent`, an empty list or object counts as not given, so it may be absent too.
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
    schema: SchemaNode, sent: Json, got: Any, at: Pointer = (), *, inherited: Inherited = _NOTHING
) -> Iterator[Difference]:
    """Yield each place where `got` breaks the rules above; `inherited` are the settings of the enclosing objects, by name."""
    schema = schema.branch(sent)
    if sent is None and not (schema.user_data and not schema.types):
        yield from _not_given(schema, got, at)
    elif schema.empty_is_absent and sent in ([], {}) and (got is None or got is MISSING):
        return
    elif schema.user_data:
        yield from equality.differences(sent, got, at)
    elif isinstance(sent, dict):
        yield from _object(schema, sent, got, at, inherited)
    elif isinstance(sent, list):
        yield from _list(schema, sent, got, at, inherited)
    elif not (equality.same_time(sent, got) if schema.is_time else equality.same_leaf(sent, got)):
        yield Difference(at, Kind.STRUCTURE if got is MISSING else equality.kind_of(sent), sent, got)


def _object(schema: SchemaNode, sent: dict[str, Json], got: Any, at: Pointer, inherited: Inherited) -> Iterator[Difference]:
    if not isinstance(got, dict):
        yield Difference(at, Kind.STRUCTURE, sent, got)
        return
    own = {
        name: _setting(node, sent.get(name), inherited.get(name)) for name, node in schema.properties.items() if node.is_inherited
    }
    # An answer may write out inherited settings in an inner object.
    written_out = {name: value for name, value in own.items() if name in inherited}
    for key, value in sent.items():
        if equality.is_same_scalar(value, got.get(key)):
            continue
        inner = schema.properties.get(key, schema.values)
        if inner is None or inner.is_hidden:
            continue
        if value is None and ((inner.null_is_absent and got.get(key) is None) or _is_written_out(written_out, key, got)):
            continue
        yield from round_trip(inner, value, got.get(key, MISSING), (*at, key), inherited={**inherited, **own})
    yield from _unsent(schema, sent, got, at, written_out)


def _setting(node: SchemaNode, given: Json, inherited: Json) -> Json:
    if given is not None:
        return given
    return node.default if inherited is None else inherited


def _is_written_out(written_out: Inherited, key: str, got: dict[str, Json]) -> bool:
    return key in written_out and equality.is_same_scalar(written_out[key], got.get(key))


def _unsent(
    schema: SchemaNode, sent: dict[str, Json], got: dict[str, Json], at: Pointer, written_out: Inherited
) -> Iterator[Difference]:
    for key in got:
        if key in sent:
            continue
        if key in schema.properties:
            if not schema.properties[key].is_hidden and not _is_written_out(written_out, key, got):
                yield from _not_given(schema.properties[key], got[key], (*at, key))
        elif schema.values is not None:
            yield Difference((*at, key), Kind.STRUCTURE, MISSING, got[key])


def _list(schema: SchemaNode, sent: list[Json], got: Any, at: Pointer, inherited: Inherited) -> Iterator[Difference]:
    if not isinstance(got, list) or len(got) != len(sent):
        yield Difference(at, Kind.STRUCTURE, sent, got)
        return
    for index, (sent_item, got_item) in enumerate(zip(sent, got, strict=True)):
        inner = schema.item(index)
        if inner is not None and not equality.is_same_scalar(sent_item, got_item):
            yield from round_trip(inner, sent_item, got_item, (*at, index), inherited=inherited)


def _not_given(schema: SchemaNode, got: Any, at: Pointer) -> Iterator[Difference]:
    if got is MISSING or got is None or (isinstance(got, str | list | dict) and not got):
        return
    if schema.default is not None and equality.same(schema.default, got):
        return
    if isinstance(got, dict) and schema.properties and all(got[key] in (None, [], {}) or key in schema.properties for key in got):
        # An object that was not given may be shown with nothing but defaults.
        for key, member in got.items():
            if key in schema.properties:
                yield from _not_given(schema.properties[key], member, (*at, key))
        return
    yield Difference(at, Kind.FILLED, MISSING, got)
