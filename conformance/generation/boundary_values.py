"""The boundary catalogue of a schema: a short fixed series of valid values that contains every class of value of every field.

A class is what a reader may treat in a way of its own: each value of an enum, falsy values, numbers and lengths at a bound, absent,
null, empty, one, many and a hundred items, each depth. `covering` packs the classes of an object's fields into few objects, in which
each pair of kinds of options meets.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import cycle, islice
from typing import Any

from conformance.core.json_text import Json, dumps
from conformance.generation import json_values, scalars, user_data
from conformance.generation.covering import EMPTY, Coverage, Dimension, Option, pack
from conformance.generation.payloads import NESTING, NO_NAMES, Names
from conformance.generation.samples import Samples, is_same, leads_to
from conformance.schema import rules
from conformance.schema.rules import Limits
from conformance.schema.tree import SchemaNode

# What any reader can be expected to take, for schemas whose contract says nothing else.
USUAL_LIMITS = Limits(string_length=4_096, items=100, keys=100, body_bytes=256 * 1024, user_data_deep=16, outer=3)
# Up to this share of bodies a field is rare: it stands in as few boundary values as possible.
_RARE = 0.15
_MOST_NAMES = 5
# An enum of more values than this is one kind of option.
_FEW = 4
_LARGEST_LIST_BYTES = 48 * 1024
_LARGEST_REPEATED_BYTES = 256
# The share that a run tells: the pairs of kinds of options, of two fields of one object, that stand in one boundary value.
PAIRS_MET = "pairs of options meet in boundary values"
# Of so many texts without a meaning as a whole one is made, so that fewer values are needed.
_JOINED = 10
# So many classes at most has a field for each value of the field that it depends on; the first value has all.
_MOST_DEPENDENT = 16


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The boundary values of a schema, and what they cover."""

    values: tuple[Json, ...]
    coverage: Coverage


def catalogue(schema: SchemaNode, names: Names = NO_NAMES, limits: Limits = USUAL_LIMITS) -> Catalogue:
    """Return the boundary values of a schema: valid, within the limits, and with these names only.

    After them come one with all fields, and one with the required fields alone: nothing of the one before may be left in it.
    """
    compiler = _BoundaryCompiler(names, limits)
    values = [part for value in compiler.values(schema) for part in compiler.within_limits(schema, value)]
    samples = compiler.samples
    ends = [*samples.complete(schema), samples.minimal(schema)] if schema.properties else []
    compiler.coverage.rows = len(values) + len(ends)
    return Catalogue((*values, *ends), compiler.coverage)


@dataclass(slots=True)
class _BoundaryCompiler:
    names: Names
    limits: Limits
    coverage: Coverage = field(default_factory=Coverage)
    _open: list[str | int] = field(default_factory=list)
    # How many fields have been given names of a kind.
    _used: Counter[str] = field(default_factory=Counter)
    _depths: list[int] = field(default_factory=lambda: [NESTING])

    @property
    def samples(self) -> Samples:
        return Samples(self.names)

    @property
    def _is_outermost(self) -> bool:
        """Whether the values are for the fields of a body itself, where there is room for large ones."""
        return len(self._open) <= 1

    def values(self, schema: SchemaNode) -> list[Json]:
        """Return every class of value of a schema but null."""
        self._depths.append(schema.drawing.depth or self._depths[-1])
        values = self._values(schema)
        self._depths.pop()
        return values

    def _values(self, schema: SchemaNode) -> list[Json]:
        if schema.known or schema.enum:
            return [value for value in schema.known or schema.enum if value is not None]
        if schema.branches:
            return [value for branch in schema.branches for value in self.values(branch)]
        if schema.is_free:
            return (
                user_data.objects(self.limits, is_outermost=self._is_outermost)
                if "object" in schema.types
                else user_data.values(self.limits)
            )
        if "object" in schema.types:
            return self._objects(schema) if schema.properties else self._maps(schema)
        if "array" in schema.types:
            return self._lists(schema)
        return [value for kind in sorted(schema.types) for value in self._scalars(kind, schema)]

    def _scalars(self, kind: str, schema: SchemaNode) -> Sequence[Json]:
        match kind:
            case "string":
                return self._texts(schema)
            case "boolean":
                return (False, True)
            case _:
                return scalars.boundary_numbers(schema, is_whole=kind == "integer")

    def _texts(self, schema: SchemaNode) -> list[str]:
        if schema.reference is not None and schema.reference in self.names:
            names = self.names[schema.reference]
            return [*names[: _MOST_NAMES - 1], *names[_MOST_NAMES - 1 :][-1:]]
        if schema.reference is not None:
            # The last is taken by any reader, so it does not decide what the rest of the body is promised.
            return ["", "e"] if schema.drawing.unknown == 1 else ["e"]
        if schema.format in scalars.KNOWN_FORMATS:
            return scalars.texts(schema)
        texts = _packed(schema)
        lengths = {schema.bounds.min_length, *json_values.LENGTHS, schema.bounds.max_length or self.limits.string_length}
        long = ["x" * length for length in sorted(lengths) if length <= self.limits.string_length]
        long = [text for text in (*long, "é" * self.limits.string_length) if not rules.breaks_bounds(schema, text)]
        return [*texts, *(text for text in long if text not in texts)] or [str(self.samples.minimal(schema))]

    # Objects.

    def _objects(self, schema: SchemaNode) -> list[Json]:
        key = schema.identity
        if key in self._open:
            return self._inner(schema)
        if any(not self.samples.can_make(schema.properties[name]) for name in schema.required if name in schema.properties):
            return []
        self._open.append(key)
        dimensions = [*self._dimensions(schema), *self._own_fields(schema)]
        self._open.pop()
        alone = [option for dimension in dimensions for option in dimension.options if option.size > self.limits.body_bytes // 2]
        dimensions = [replace(part, options=tuple(option for option in part.options if option not in alone)) for part in dimensions]
        rows, coverage = pack(dimensions, lambda row: _has_any_of(schema, row))
        self.coverage.add(coverage)
        # Values that nearly fill a body stand alone, so that nothing but their size can be a reason to refuse it.
        return [*map(_merged, rows), *({**self.samples.minimal(schema), **option.part} for option in alone)]

    def _dimensions(self, schema: SchemaNode) -> list[Dimension]:
        """Return the options of each field, or of several fields that depend on each other."""
        together = _dependent_fields(schema)
        dimensions = []
        for name, node in schema.properties.items():
            if name in together:
                options = self._options_together(schema, name, together[name])
            elif any(name in others for others in together.values()):
                continue
            else:
                options = self._options(schema, name, self._in_turn(node, self.values(node)))
            weight = node.drawing.weight
            dimensions.append(
                Dimension(tuple(options), is_rare=weight is not None and weight <= _RARE and name not in schema.required)
            )
        return [dimension for dimension in dimensions if dimension.options]

    def _in_turn(self, node: SchemaNode, values: Sequence[Json]) -> Sequence[Json]:
        """Return the names of a kind in another order for each field, so that a body seldom names the same thing twice."""
        kind = node.reference
        if kind is None or kind not in self.names or not values:
            return values
        first = self._used[kind] % len(values)
        self._used[kind] += 1
        return [*values[first:], *values[:first]]

    def _options(self, schema: SchemaNode, name: str, values: Sequence[Json]) -> list[Option]:
        node = schema.properties[name]
        options = [] if name in schema.required else [Option("absent", {})]
        if node.nullable and not node.is_free:
            options.append(Option("null", {name: None}))
        is_few = "boolean" in node.types or 0 < len(node.enum) <= _FEW
        return options + [Option(_kind(value, is_few=is_few), {name: value}, len(dumps(value))) for value in values]

    def _options_together(self, schema: SchemaNode, name: str, others: Sequence[str]) -> list[Option]:
        """Return options of a field together with the fields that depend on its value."""
        options = []
        values = [option.part for option in self._options(schema, name, self.values(schema.properties[name]))]
        for index, part in enumerate(values):
            value = part.get(name, schema.properties[name].default)
            parts = [dict(part)]
            for other in others:
                parts = [
                    {**first, **second}
                    for first in parts
                    for second in self._dependent(schema.properties[other], other, value, index)
                ]
            kind = f"={value}" if len(schema.properties[name].enum) in range(1, _FEW + 1) else "given"
            options += [Option(kind, each, len(dumps(each))) for each in parts]
        return options

    def _dependent(self, node: SchemaNode, name: str, value: Json, index: int) -> list[dict[str, Json]]:
        """Return what a dependent field can be, given the value it depends on, which is the one at `index` of its field's values."""
        if node.drawing.only_if is not None:
            is_due = value in node.drawing.only_if[1]
            due = [{name: inner} for inner in self.values(node)]
            return due if is_due else [{}, {name: None}] if node.nullable else [{}]
        if node.drawing.beside is not None:
            return [{name: self.names[node.reference or ""][index]}]
        case = node.drawing.cases.get(value)
        inner = self.values(node) if case is None else self.values(case)
        if case is None and index == 0:
            return [{name: each} for each in inner]
        # The values that share a type take turns with its classes, so that each class occurs.
        alike = [deciding for deciding, other in node.drawing.cases.items() if case is not None and other.types == case.types]
        turns = max(len(alike), -(-len(inner) // _MOST_DEPENDENT))
        turn = alike.index(value) if case is not None else index
        some = inner[turn % turns :: turns] or inner[:1]
        return [{name: each} for each in (some if case is not None else _with_each_class(some, inner))]

    def _own_fields(self, schema: SchemaNode) -> list[Dimension]:
        if not schema.is_open:
            return []
        names = schema.drawing.own_names or json_values.KEYS
        room = self.limits.keys - len(schema.properties)
        groups = [
            {key: value for key, value in group.items() if key not in schema.properties}
            for group in user_data.own_fields(names, room, self.limits)
        ]
        return [Dimension((Option("absent", {}), *(Option("given", group, len(dumps(group))) for group in groups)))]

    def _inner(self, schema: SchemaNode) -> list[Json]:
        """Return values of a schema inside itself: the kinds of options of its other fields, and each depth."""
        leaves = self._leaves(schema)
        depth = self._depths[-1]
        return [
            *leaves,
            *(
                self._nested(schema, levels, leaves[turn:] + leaves[:turn])
                for levels in range(2, depth)
                for turn in range(len(leaves))
            ),
        ]

    def _leaves(self, schema: SchemaNode) -> list[Json]:
        """Return objects that do not contain their own schema again, with one simple value in each field."""
        dimensions = []
        for name, node in schema.properties.items():
            values: list[Json] = [False, True] if "boolean" in node.types else list(node.enum)
            if not values and self.samples.can_make(node) and not is_same(schema, node):
                values = [self._empty(node) if _holds_only(schema, node) else self.samples.one(node)]
            dimensions.append(Dimension(tuple(self._options(schema, name, values))))
        rows, _coverage = pack([dimension for dimension in dimensions if dimension.options], lambda row: _has_any_of(schema, row))
        return [_merged(row) for row in rows]

    @staticmethod
    def _empty(node: SchemaNode) -> Json:
        return [] if node.items is not None else {}

    def _nested(self, schema: SchemaNode, levels: int, leaves: Sequence[Json]) -> Json:
        """Return a value that contains its own schema so many levels deep; its kinds of options change from level to level."""
        places = [name for name, node in schema.properties.items() if leads_to(schema, node)]
        value = leaves[levels % len(leaves)]
        for level in range(1, levels if places else 1):
            name, leaf = places[level % len(places)], leaves[level % len(leaves)]
            assert isinstance(leaf, dict)
            plain = {key: member for key, member in leaf.items() if key not in places}
            value = {**plain, name: self._containing(schema.properties[name], value)}
        return value

    def _containing(self, node: SchemaNode, value: Json) -> Json:
        if node.items is not None:
            beside = self.samples.one(node.items)
            return [value, beside] if node.bounds.max_items != 1 else [value]
        return {"inner": value} if node.values is not None else value

    # Lists and maps.

    def _lists(self, schema: SchemaNode) -> list[Json]:
        if schema.prefix:
            return [self.samples.one(schema)]
        items = [] if schema.items is None else self.values(schema.items)
        least = max(schema.bounds.min_items, schema.drawing.size[2] if schema.drawing.size else 0)
        most = min(self.limits.items, schema.bounds.max_items or self.limits.items)
        if not items:
            return [] if least else [[]]
        lists: list[list[Json]] = [] if least else [[]]
        lists += [[items[0]], *_chunks(items, most)]
        if not schema.bounds.unique_items:
            # Equal items, adjacent and apart: a list must not be kept as a set.
            lists += [[items[0], items[-1], items[0], items[0]], self._repeated(items, most)]
        lists += [full[:most]] if len(full := _full(items)) > 1 else []
        padded = [[*values, *islice(cycle(items), max(0, least - len(values)))] for values in lists]
        return [values for values in padded if len(values) <= most and not rules.breaks_bounds(schema, values)]

    @staticmethod
    def _repeated(items: Sequence[Json], most: int) -> list[Json]:
        small = [item for item in items if len(dumps(item)) <= _LARGEST_REPEATED_BYTES] or items[:1]
        return list(islice(cycle(small), most))

    def _maps(self, schema: SchemaNode) -> list[Json]:
        assert schema.values is not None
        values, keys = self.values(schema.values), self._map_keys(schema)
        if not keys or not values:
            return [{}]
        is_free = schema.keys is None and schema.keys_reference is None
        maps: list[Json] = [{}, {keys[0]: values[0]}]
        maps += [
            dict(zip(cycle(keys) if is_free else keys, chunk, strict=False))
            for chunk in _chunks(values, min(len(keys), self.limits.keys))
        ]
        maps += [dict(zip(chunk, cycle(values[:2]), strict=False)) for chunk in _chunks(keys, self.limits.keys)]
        if is_free:
            small = [value for value in values if len(dumps(value)) <= _LARGEST_REPEATED_BYTES] or values[:1]
            maps.append({f"key{index:03}": value for index, value in zip(range(self.limits.keys), cycle(small), strict=False)})
        return maps

    def _map_keys(self, schema: SchemaNode) -> list[str]:
        kind = schema.keys_reference
        if kind is not None:
            return list(self.names.get(kind, ()))[: self.limits.keys]
        if schema.keys is not None:
            return [key for key in scalars.texts(schema.keys) if key][: self.limits.keys]
        return [*json_values.KEYS, "k" * 255, "k" * 256]

    # Limits.

    def within_limits(
        self, schema: SchemaNode, value: Json, inside: Callable[[Json], Json] = lambda value: value
    ) -> Iterator[Json]:
        """Yield a value, or several with its parts if it is larger than what must be accepted; `inside` puts it where it will stand."""
        if not isinstance(value, dict) or not rules.exceeds_limits(inside(value), self.limits):
            yield value
            return
        removable = [name for name in value if name not in schema.required]
        largest = max(removable, key=lambda name: len(dumps(value[name])), default=None)
        if largest is None:
            return
        rest = {name: member for name, member in value.items() if name != largest}
        alone = {**self.samples.minimal(schema), largest: value[largest]}
        cut = self._cut(schema, value, largest, inside) if alone == value else None
        yield from self.within_limits(schema, cut or rest, inside)
        if alone != value:
            yield from self.within_limits(schema, alone, inside)

    def _cut(self, schema: SchemaNode, value: dict[str, Json], name: str, inside: Callable[[Json], Json]) -> dict[str, Json] | None:
        """Return a value with what is within the limits of each item of a list; None where that is nothing, or no less.

        One item that is too large must not take away the classes that stand in the others, nor those that stand beside it.
        """
        items, node = value[name], schema.properties.get(name)
        if not isinstance(items, list) or node is None or node.items is None:
            return None
        parts: list[Json] = []
        for item in items:
            parts += self.within_limits(node.items, item, lambda part: inside({name: [part]}))
        return {**value, name: parts} if parts and parts != items else None


def _kind(value: Json, *, is_few: bool) -> str:
    if value in ([], {}):
        return EMPTY
    if isinstance(value, bool):
        return str(value)
    return f"={value}" if is_few and isinstance(value, str | int | float) else "given"


def _full(items: Sequence[Json]) -> list[Json]:
    """Return the objects that have the most members, none of them null: they can be compared with each other by each."""
    objects = [item for item in items if isinstance(item, dict) and None not in item.values()]
    most = max(map(len, objects), default=0)
    return [item for item in objects if len(item) == most]


def _with_each_class(some: Sequence[Json], values: Sequence[Json]) -> list[Json]:
    """Return some of the values, and the first value of each JSON type, empty or not, that is not among those."""
    firsts = {(type(value), bool(value)): value for value in reversed(values)}
    for value in some:
        firsts.pop((type(value), bool(value)), None)
    return [*some, *firsts.values()]


def _holds_only(schema: SchemaNode, node: SchemaNode) -> bool:
    """Whether a list or a map has nothing but objects of the given schema."""
    inner = node.items or node.values
    return inner is not None and is_same(schema, inner)


def _merged(row: Sequence[Option]) -> dict[str, Json]:
    return {name: value for option in row for name, value in option.part.items()}


def _has_any_of(schema: SchemaNode, row: Sequence[Option]) -> bool:
    wanted = schema.drawing.any_of
    return not wanted or any(option.part.get(name) for option in row for name in wanted)


def _dependent_fields(schema: SchemaNode) -> Mapping[str, list[str]]:
    """Return the fields on which others depend, each with those others."""
    together: dict[str, list[str]] = {}
    by_kind = {node.reference: name for name, node in schema.properties.items()}
    for name, node in schema.properties.items():
        drawing = node.drawing
        decider = drawing.only_if[0] if drawing.only_if is not None else drawing.cases_by or by_kind.get(drawing.beside or "")
        if decider is not None and drawing != schema.properties[decider].drawing:
            together.setdefault(decider, []).append(name)
    return together


def _packed(schema: SchemaNode) -> list[str]:
    """Return the texts that have a meaning as a whole, and the others joined into fewer texts."""
    joinable = [text for text in json_values.TEXTS if text not in json_values.STANDALONE]
    whole = [text for text in json_values.TEXTS if text in json_values.STANDALONE]
    joined = ["-".join(joinable[at : at + _JOINED]) for at in range(0, len(joinable), _JOINED)]
    if schema.drawing.text != "any":
        whole, joined = whole[::_JOINED], joined[::_JOINED]
    own = json_values.PATHS if schema.drawing.text == "paths" else json_values.KEYS if schema.drawing.text == "keys" else ()
    fitting = [text for text in (*own, *whole, *joined) if not rules.breaks_bounds(schema, text)]
    # Of joined texts few fit narrow bounds, but each alone may.
    return (
        fitting
        if len(fitting) > len(whole) + len(own)
        else [*fitting, *(text for text in scalars.texts(schema) if text not in fitting)]
    )


def _chunks(items: Sequence[Any], most: int) -> list[list[Any]]:
    """Return the items in lists of so many items at most that none of them is too large."""
    chunks: list[list[Any]] = []
    size = 0
    for item in items:
        size += len(dumps(item))
        if not chunks or len(chunks[-1]) >= most or size > _LARGEST_LIST_BYTES:
            chunks.append([])
            size = len(dumps(item))
        chunks[-1].append(item)
    return chunks
