"""What an answer shows of what was sent, by the contract's rules for each field.

Given values come back the same. What was not given may be absent, null, empty or the default; a null that was given counts as
not given; inside user data all is verbatim. An empty list or map given where the contract lets a server show it for "not given"
(mappings, parameters, taxonomy applications, events, retriever configs) is the same as not given, so it may be absent too.
"""

from collections.abc import Iterator
from typing import Any

from conformance.core import equality
from conformance.core.equality import Difference, Kind
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING, Pointer
from conformance.schema.tree import Shape

# Vectors come back on request only (profile vectors) and a sent presigned address is ignored.
NOT_ECHOED = frozenset({"vectors", "presigned_url"})


def echo(shape: Shape, sent: Json, got: Any, at: Pointer = (), *, inherited: bool = False) -> Iterator[Difference]:
    """Yield each place where what came back breaks the rules above; `inherited` is the enclosing group's case rule."""
    if sent is None and not (shape.user_data and not shape.types):
        yield from _not_given(shape, got, at)
    elif shape.empty_is_absent and sent in ([], {}) and (got is None or got is MISSING):
        return
    elif shape.user_data:
        yield from equality.differences(sent, got, at)
    elif isinstance(sent, dict):
        yield from _object(shape, sent, got, at, inherited=inherited)
    elif isinstance(sent, list):
        yield from _list(shape, sent, got, at, inherited=inherited)
    elif not (equality.same_time(sent, got) if shape.is_time else equality.same_leaf(sent, got)):
        yield Difference(at, Kind.STRUCTURE if got is MISSING else equality.kind_of(sent), sent, got)


def _object(shape: Shape, sent: dict[str, Json], got: Any, at: Pointer, *, inherited: bool) -> Iterator[Difference]:
    if not isinstance(got, dict):
        yield Difference(at, Kind.STRUCTURE, sent, got)
        return
    if shape.is_filter_member:
        shape = shape.member(sent)
    given = sent.get("case_sensitive")
    inherited = given if isinstance(given, bool) else inherited
    for key, value in sent.items():
        if equality.is_same_scalar(value, got.get(key)):
            continue
        inner = shape.properties.get(key, shape.values)
        if key in NOT_ECHOED or inner is None:
            continue
        if key == "value" and value is None and got.get("value") is None:
            continue
        if value is None and _is_inherited(key, got.get(key), at, inherited=inherited):
            continue
        yield from echo(inner, value, got.get(key, MISSING), (*at, key), inherited=inherited)
    yield from _unsent(shape, sent, got, at, inherited=inherited)


def _unsent(shape: Shape, sent: dict[str, Json], got: dict[str, Json], at: Pointer, *, inherited: bool) -> Iterator[Difference]:
    for key in got:
        if key in sent or key in NOT_ECHOED:
            continue
        if key in shape.properties:
            if not _is_inherited(key, got[key], at, inherited=inherited):
                yield from _not_given(shape.properties[key], got[key], (*at, key))
        elif shape.values is not None:
            yield Difference((*at, key), Kind.STRUCTURE, MISSING, got[key])


def _is_inherited(key: str, got: Any, at: Pointer, *, inherited: bool) -> bool:
    """Whether a nested group that inherits its case rule has it written out."""
    return key == "case_sensitive" and got is inherited and at[-1] != "filters"


def _list(shape: Shape, sent: list[Json], got: Any, at: Pointer, *, inherited: bool) -> Iterator[Difference]:
    if not isinstance(got, list) or len(got) != len(sent):
        yield Difference(at, Kind.STRUCTURE, sent, got)
        return
    assert shape.items is not None
    for index, (one, other) in enumerate(zip(sent, got, strict=True)):
        if not equality.is_same_scalar(one, other):
            yield from echo(shape.items, one, other, (*at, index), inherited=inherited)


def _not_given(shape: Shape, got: Any, at: Pointer) -> Iterator[Difference]:
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
