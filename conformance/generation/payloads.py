"""Valid bodies for a compiled schema, as a fast Hypothesis strategy.

`payloads` turns a schema tree into makers: functions that decode a value from a stream of decisions. Each object that has much to
decide has a stream of its own, so that shrinking one object does not change the others. Byte 0 is the simplest decision: no optional
field, the first of an enum, the shortest list.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from conformance.core.json_text import Json
from conformance.generation import json_values, scalars
from conformance.generation.decisions import DecisionStream, Draw
from conformance.generation.scalars import NothingToDraw
from conformance.schema.tree import SchemaNode

# The names that may be used, by kind. A kind that is not in it has any names; a kind with no names cannot be named.
Names = Mapping[str, Sequence[str]]
# What one object drew from the vocabulary, by kind: the position of the name.
Chosen = dict[str, int]
Make = Callable[[DecisionStream, int, Chosen], Json]

NO_NAMES: Names = {}
# How many levels a schema may nest in itself, and user data in containers, unless an annotation says otherwise.
NESTING = 5
_USER_DATA_DEEP = 3
_MOST_ITEMS = 3
_HALF = 0.5
# One in 16 nullable fields that are given is null.
_FIRST_NULL_BYTE = 240
# An object with less to decide than this shares the stream of the object around it.
_OWN_STREAM_FROM = 24
_LARGEST_CHUNK = 64
_ONE_IN_RECURSIONS = 6
_BYTES_OF_JSON = 4
_MOST_OWN_MEMBERS = 4


def payloads(schema: SchemaNode, names: Names = NO_NAMES) -> st.SearchStrategy[Any]:
    """Return a strategy for valid values of a schema that use these names.

    Raises:
        NothingToDraw: the schema requires a name of a kind that has none, or itself, or its bounds leave nothing.

    """
    maker = MakerCompiler(names).compile(schema)
    if maker is None:
        raise NothingToDraw(f"no value of {schema.name or 'the schema'} can be drawn")
    return _draw_with(maker)


@st.composite
def _draw_with(draw: Draw, maker: "Maker") -> Json:
    return maker.make(DecisionStream(draw, maker.chunk), maker.nesting, {})


@dataclass(slots=True, eq=False)
class Maker:
    """Makes the values of one schema. `size` is the number of bytes that it decides with, `chunk` that of a stream of its own."""

    make: Make
    size: int = 1
    nesting: int = NESTING
    # The schemas around this one of which each of its values holds one, by their identity.
    needs: frozenset[str | int] = frozenset()

    @property
    def is_recursive(self) -> bool:
        """Whether each value leads back to a schema around this one."""
        return bool(self.needs)

    @property
    def chunk(self) -> int:
        """The bytes of a stream of its own."""
        return max(4, min(self.size, _LARGEST_CHUNK))


@dataclass(slots=True)
class MakerCompiler:
    """Compiles schemas into makers. Whatever cannot be made without a name that nobody has is compiled into None."""

    names: Names
    _compiled: dict[str | int, Maker | None] = field(default_factory=dict)
    _open: set[str | int] = field(default_factory=set)

    def compile(self, schema: SchemaNode) -> Maker | None:
        """Return the maker of a schema, or None if it has no value that can be made."""
        key = schema.identity
        if key in self._open:
            return Maker(self._late(key), size=_OWN_STREAM_FROM, needs=frozenset({key}))
        if key not in self._compiled:
            self._open.add(key)
            self._compiled[key] = self._make(schema)
            self._open.discard(key)
        return self._with_depth(schema, self._compiled[key])

    def _late(self, key: str | int) -> Make:
        """Return a function that makes a value of a schema that is being compiled, one level deeper."""

        def make(stream: DecisionStream, nesting: int, _chosen: Chosen) -> Json:
            maker = self._compiled[key]
            assert maker is not None
            return maker.make(stream.inner(maker.chunk), nesting - 1, {})

        return make

    @staticmethod
    def _with_depth(schema: SchemaNode, maker: Maker | None) -> Maker | None:
        depth = schema.drawing.depth
        if maker is None or depth is None or schema.is_free:
            return maker
        inner = maker.make
        return Maker(lambda stream, _nesting, chosen: inner(stream, depth, chosen), maker.size, depth, maker.needs)

    def _make(self, schema: SchemaNode) -> Maker | None:
        if schema.known or schema.enum:
            return Maker(scalars.chooser(schema.known or schema.enum))
        if schema.branches:
            return self._union(schema)
        if schema.is_free:
            return _free(schema)
        kind = next((name for name in ("object", "array", "string", "integer", "number", "boolean") if name in schema.types), "")
        match kind:
            case "object":
                return self._object(schema) if schema.properties else self._map(schema)
            case "array":
                return self._list(schema)
            case "string":
                return self._text(schema)
            case _:
                return Maker(*scalars.maker(kind, schema))

    def _text(self, schema: SchemaNode) -> Maker | None:
        kind = schema.reference
        if kind is None or kind not in self.names:
            make, size = scalars.maker("string", schema)
            return Maker(_named(make) if kind is not None else make, size)
        names = self.names[kind]
        if not names:
            return None
        return Maker(_from_vocabulary(kind, names, schema))

    def _union(self, schema: SchemaNode) -> Maker | None:
        makers = [maker for maker in map(self.compile, schema.branches) if maker is not None]
        plain = [maker for maker in makers if not maker.is_recursive]
        recursive = [maker for maker in makers if maker.is_recursive]
        if not plain:
            return recursive[0] if recursive else None

        def make(stream: DecisionStream, nesting: int, chosen: Chosen) -> Json:
            if recursive and nesting > 1 and stream.one_in(_ONE_IN_RECURSIONS):
                return stream.pick(recursive).make(stream, nesting, chosen)
            maker = stream.pick(plain) if len(plain) > 1 else plain[0]
            return maker.make(stream, nesting, chosen)

        return Maker(make, 2 + max(maker.size for maker in plain))

    def _list(self, schema: SchemaNode) -> Maker | None:
        prefix = [self.compile(part) for part in schema.prefix]
        item = None if schema.items is None else self.compile(schema.items)
        least, most = _size(schema)
        if None in prefix or (item is None and least > len(prefix)):
            return None
        if item is None:
            return Maker(lambda stream, nesting, _chosen: [part.make(stream, nesting, {}) for part in prefix if part is not None],
                         sum(part.size for part in prefix if part is not None))  # fmt: skip
        one, extra = _in_its_stream(item), most - least + 1

        def make(stream: DecisionStream, nesting: int, _chosen: Chosen) -> Json:
            items = [part.make(stream, nesting, {}) for part in prefix if part is not None]
            if item.is_recursive and nesting <= 1 and least <= len(prefix):
                return items
            items += [one(stream, nesting, {}) for _ in range(least + stream.below(extra) - len(items))]
            return scalars.unique(items, least) if schema.bounds.unique_items else items

        return Maker(
            make, 1 + math.ceil((least + most) / 2 * _shared(item)), needs=item.needs if least > len(prefix) else frozenset()
        )

    def _map(self, schema: SchemaNode) -> Maker | None:
        assert schema.values is not None
        value, keys = self.compile(schema.values), self._keys(schema)
        if value is None or keys is None:
            return Maker(lambda _stream, _nesting, _chosen: {})
        key, one = keys.make, _in_its_stream(value)

        def make(stream: DecisionStream, nesting: int, _chosen: Chosen) -> Json:
            if value.is_recursive and nesting <= 1:
                return {}
            return {str(key(stream, nesting, {})): one(stream, nesting, {}) for _ in range(stream.below(_MOST_ITEMS + 1))}

        return Maker(make, 1 + math.ceil(_MOST_ITEMS / 2 * (keys.size + _shared(value))))

    def _keys(self, schema: SchemaNode) -> Maker | None:
        if schema.keys is not None or schema.keys_reference is not None:
            keys = schema.keys or SchemaNode(name="", types=frozenset({"string"}), reference=schema.keys_reference)
            return self.compile(keys)
        return Maker(scalars.chooser(json_values.KEYS))

    def _object(self, schema: SchemaNode) -> Maker | None:
        return ObjectCompiler(self, schema).compile()


def _size(schema: SchemaNode) -> tuple[int, int]:
    """Return how few and how many items a list has when it is drawn."""
    bounds = schema.bounds
    least, most, _fewest = schema.drawing.size or (bounds.min_items, max(_MOST_ITEMS, bounds.min_items), 0)
    return least, most if bounds.max_items is None else min(most, bounds.max_items)


def _free(schema: SchemaNode) -> Maker:
    depth = _USER_DATA_DEEP if schema.drawing.depth is None else schema.drawing.depth
    if "object" in schema.types:
        return Maker(lambda stream, _nesting, _chosen: _members(stream, depth), 1)
    return Maker(lambda stream, _nesting, _chosen: json_values.value(stream, depth), _BYTES_OF_JSON)


def _members(stream: DecisionStream, depth: int) -> Json:
    """Return an object of the user's own; its members have a stream of their own, if there are any."""
    count = stream.below(_MOST_OWN_MEMBERS + 1)
    return json_values.members(stream.inner(), count, depth) if count else {}


def _named(make: Make) -> Make:
    """Return a maker of names: texts that are not empty, because an empty text names nothing."""
    return lambda stream, nesting, chosen: make(stream, nesting, chosen) or "e"


def _from_vocabulary(kind: str, names: Sequence[str], schema: SchemaNode) -> Make:
    beside, strangers = schema.drawing.beside, round(256 * (1 - schema.drawing.unknown))
    text, _size = scalars.maker("string", schema)

    def make(stream: DecisionStream, nesting: int, chosen: Chosen) -> Json:
        if beside in chosen:
            return names[chosen[beside] % len(names)]
        if strangers < 256 and stream.byte() >= strangers:  # noqa: PLR2004 - the number of values of a byte
            return text(stream, nesting, chosen)
        chosen[kind] = stream.below(len(names))
        return names[chosen[kind]]

    return make


def _shared(maker: Maker) -> int:
    """Return the bytes that a maker takes of the stream around it."""
    return 0 if maker.size >= _OWN_STREAM_FROM or maker.is_recursive else maker.size


def _expected_bytes(made: "_Field") -> float:
    """Return how many bytes of its object's stream a field takes on average."""
    is_given = (256 - made.first_given) / 256
    return bool(made.first_given or made.is_nullable) + is_given * made.size


def _in_its_stream(maker: Maker) -> Make:
    """Return a function that makes a value from a stream of its own if there is much to decide."""
    if maker.size < _OWN_STREAM_FROM or maker.is_recursive:
        return maker.make
    return lambda stream, nesting, chosen: maker.make(stream.inner(maker.chunk), nesting, chosen)


@dataclass(frozen=True, slots=True)
class _Field:
    """A field of an object. `first_given` is the byte from which on an optional field is given, 0 if it is always given."""

    name: str
    schema: SchemaNode
    make: Make
    first_given: int
    is_nullable: bool
    is_recursive: bool
    # The makers by the value of the deciding field, and the value that this field has when it is not given.
    cases: Mapping[Any, Make]
    decider_default: Json

    # The bytes of this object's stream that it takes when it is given.
    size: int

    def is_due(self, body: Mapping[str, Json]) -> bool:
        """Whether the field is to be given, as far as that depends on another field."""
        if self.schema.drawing.only_if is None:
            return True
        by, values = self.schema.drawing.only_if
        return body.get(by) in values


@dataclass(slots=True)
class ObjectCompiler:
    """Compiles the schema of an object with named properties."""

    compiler: MakerCompiler
    schema: SchemaNode

    def compile(self) -> Maker | None:
        """Return the maker, or None if a required property cannot be made."""
        makers = {name: self.compiler.compile(node) for name, node in self.schema.properties.items()}
        needs = self._needs(makers)
        if self.schema.identity in needs or any(makers[name] is None for name in self.schema.required if name in makers):
            return None
        fields = [self._field(name, maker) for name, maker in makers.items() if maker is not None]
        # A field that depends on another is made after it.
        fields.sort(key=lambda made: made.schema.drawing.only_if is not None or made.schema.drawing.cases_by is not None)
        size = math.ceil(sum(map(_expected_bytes, fields))) + (2 if self.schema.is_open else 0)
        return Maker(self._maker(fields), size, needs=needs)

    def _needs(self, makers: Mapping[str, Maker | None]) -> frozenset[str | int]:
        """Return the schemas to which required properties lead back; one that may be null leads nowhere."""
        named = [name for name in self.schema.required if name in makers and not self.schema.properties[name].nullable]
        return frozenset().union(*(maker.needs for name in named if (maker := makers[name]) is not None))

    def _field(self, name: str, maker: Maker) -> _Field:
        node = self.schema.properties[name]
        weight = _HALF if node.drawing.weight is None else node.drawing.weight
        is_given = name in self.schema.required or node.drawing.only_if is not None
        first_given = 0 if is_given else round(256 * (1 - weight))
        cases = {
            value: case.make for value, inner in node.drawing.cases.items() if (case := self.compiler.compile(inner)) is not None
        }
        is_nullable = node.nullable and not node.is_free and node.drawing.only_if is None and None not in node.known
        by = node.drawing.cases_by
        default = self.schema.properties[by].default if by in self.schema.properties else None
        return _Field(
            name, node, _in_its_stream(maker), first_given, is_nullable, maker.is_recursive, cases, default, _shared(maker)
        )

    def _maker(self, fields: list[_Field]) -> Make:
        allowed = self._allowed(fields)
        any_of = [made for made in fields if made.name in self.schema.drawing.any_of]
        own_names = self.schema.drawing.own_names or (json_values.KEYS if self.schema.is_open else ())

        def make(stream: DecisionStream, nesting: int, _chosen: Chosen) -> Json:
            body: dict[str, Json] = {}
            chosen: Chosen = {}
            for made in fields:
                if made.first_given:
                    byte = stream.byte()
                    if byte < made.first_given or (made.is_recursive and nesting <= 1):
                        continue
                    if made.is_nullable and byte >= _FIRST_NULL_BYTE:
                        body[made.name] = None
                        continue
                elif made.is_nullable and (stream.byte() >= _FIRST_NULL_BYTE or (made.is_recursive and nesting <= 1)):
                    body[made.name] = None
                    continue
                if made.is_due(body):
                    body[made.name] = _value(made, stream, nesting, body, chosen, allowed)
            if any_of and not any(body.get(made.name) is not None for made in any_of):
                body[any_of[0].name] = any_of[0].make(stream, nesting, chosen)
            if own_names and (count := stream.below(_MOST_ITEMS + 1)):
                body |= self._own_fields(stream.inner(), own_names, count)
            return body

        return make

    def _own_fields(self, stream: DecisionStream, names: Sequence[str], count: int) -> dict[str, Json]:
        """Return so many of the user's own fields."""
        return {
            name: json_values.value(stream)
            for name in (stream.pick(names) for _ in range(count))
            if name not in self.schema.properties
        }

    def _allowed(self, fields: list[_Field]) -> dict[str, list[Any]]:
        """Return the values of deciding fields that can be used, where what one of them requires cannot be made."""
        names = {made.name for made in fields}
        excluded: dict[str, set[Any]] = {}
        for name, node in self.schema.properties.items():
            if node.drawing.only_if is not None and name not in names:
                by, values = node.drawing.only_if
                excluded.setdefault(by, set()).update(values)
        return {by: [value for value in self.schema.properties[by].enum if value not in values] for by, values in excluded.items()}


def _value(made: _Field, stream: DecisionStream, nesting: int, body: Mapping[str, Json], chosen: Chosen,
           allowed: Mapping[str, list[Any]]) -> Json:  # fmt: skip
    if made.name in allowed:
        return stream.pick(allowed[made.name])
    by = made.schema.drawing.cases_by
    if by is None:
        return made.make(stream, nesting, chosen)
    return made.cases.get(body.get(by, made.decider_default), made.make)(stream, nesting, chosen)
