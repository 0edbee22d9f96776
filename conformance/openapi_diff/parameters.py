"""The parameters of an operation compared: those that are gone, new, renamed, required, and the schemas of all others."""

from collections.abc import Iterator
from itertools import zip_longest
from typing import NamedTuple

from conformance.core.pointers import Pointer
from conformance.openapi_diff import shapes
from conformance.openapi_diff.change import Change, Kind, Relation, Side
from conformance.openapi_diff.described import Described, Located, Part, Start, Unread
from conformance.openapi_diff.meaning import words
from conformance.openapi_diff.node import Node, Options
from conformance.openapi_diff.objects import Objects
from conformance.openapi_lint.document_operations import ParameterKey
from conformance.openapi_lint.type_names import any_of


class _Parameter(NamedTuple):
    """A parameter of one document."""

    described: Described
    key: ParameterKey
    place: Pointer

    @property
    def path(self) -> tuple[str, ...]:
        """Its path, with its name as it is written."""
        return "parameters", self.key[0], str(self.described.node(self.place).get("name"))

    @property
    def is_required(self) -> bool:
        return self.described.is_required(self.place)

    @property
    def options(self) -> Options:
        """Its schema, or that of what its text holds."""
        content = self.described.node(self.place).get("content")
        media = next(iter(content), None) if isinstance(content, dict) else None
        return self.described.options((*self.place, *(("schema",) if media is None else ("content", media, "schema"))))

    @property
    def types(self) -> frozenset[str]:
        alternatives = self.described.operations.alternatives
        return shapes.types([one for places in self.options for one in alternatives.of(places)]) - {"null"}

    @property
    def text(self) -> str:
        return f"{any_of(self.types)}, {'required' if self.is_required else 'optional'}"


class Parameters:
    """Compares the parameters of an operation."""

    def __init__(self, old: Described, new: Described, objects: Objects) -> None:
        self._old, self._new, self._objects = old, new, objects

    def parts(self) -> Iterator[Part]:
        """Yield what changed, and the schemas that are to be compared."""
        yield from self._in_path()
        yield from self._sent()
        for described in (self._old, self._new):
            if described.operation.has_unknown_parameters:
                yield Unread(("parameters",), (*described.place, "parameters"))

    def _in_path(self) -> Iterator[Part]:
        """Compare the parameters in the path by their order."""
        names = self._new.operation.path_parameters
        for ours, theirs, name in zip(self._old.path_parameters(), self._new.path_parameters(), names, strict=False):
            if ours is not None and theirs is not None:
                key = "path", name
                yield _start(_Parameter(self._old, key, ours), _Parameter(self._new, key, theirs))

    def _sent(self) -> Iterator[Part]:
        old, new = self._of(self._old), self._of(self._new)
        for key in old:
            if key in new:
                yield from self._both(old[key], new[key])
        gone = [] if self._new.operation.has_unknown_parameters else [one for key, one in old.items() if key not in new]
        added = [] if self._old.operation.has_unknown_parameters else [one for key, one in new.items() if key not in old]
        renamed = _renamed(gone, added)
        for one, other in renamed:
            yield _located(other, Kind.PARAMETER_RENAMED, Relation.CHANGED, one.path[-1], other.path[-1], one.place, other.place)
            yield from self._both(one, other)
        yield from (self._gone(one) for one in gone if one not in [ours for ours, _theirs in renamed])
        yield from (self._added(one) for one in added if one not in [theirs for _ours, theirs in renamed])

    def _of(self, described: Described) -> dict[ParameterKey, _Parameter]:
        return {key: _Parameter(described, key, place) for key, place in described.sent_parameters().items()}

    def _gone(self, one: _Parameter) -> Located:
        return _located(one, Kind.PARAMETER_GONE, Relation.NARROWER, one.text, None, one.place, self._new.place)

    def _added(self, one: _Parameter) -> Located:
        relation = Relation.CHANGED if one.is_required else Relation.WIDER
        return _located(one, Kind.PARAMETER_NEW, relation, None, one.text, self._old.place, one.place)

    def _both(self, old: _Parameter, new: _Parameter) -> Iterator[Part]:
        if old.is_required != new.is_required:
            what = (Kind.NOW_REQUIRED, Relation.NARROWER) if new.is_required else (Kind.NOW_OPTIONAL, Relation.WIDER)
            texts = ("optional", "required") if new.is_required else ("required", "optional")
            yield _located(new, *what, *texts, old.place, new.place)
        elif not old.is_required:
            yield from (Located(new.path, Side.PARAMETER, one) for one in self._objects.default(_node(old, new)))
        yield _start(old, new)


def _start(old: _Parameter, new: _Parameter) -> Start:
    return Start(new.path, _node(old, new))


def _node(old: _Parameter, new: _Parameter) -> Node:
    return Node(old.options, new.options, Side.PARAMETER)


def _located(
    one: _Parameter, kind: Kind, relation: Relation, old: str | None, new: str | None, ours: Pointer, theirs: Pointer
) -> Located:
    return Located(one.path, Side.PARAMETER, Change(kind, relation, old, new, ours, theirs))


def _renamed(gone: list[_Parameter], added: list[_Parameter]) -> list[tuple[_Parameter, _Parameter]]:
    """Return the parameters that have another name now: alike in name and type, where no third one is."""
    alike = [(one, other) for one in gone for other in added if _is_alike(one, other)]
    ours, theirs = [one for one, _other in alike], [other for _one, other in alike]
    return [(one, other) for one, other in alike if ours.count(one) == theirs.count(other) == 1]


def _is_alike(one: _Parameter, other: _Parameter) -> bool:
    """Whether two parameters differ in their names alone, and those only in how they are written or cut: `page_size`, `pageSize`."""
    names = zip_longest(*(words(each.key[1]) for each in (one, other)), fillvalue="")
    is_one_name = all(
        longer and shorter and longer.startswith(shorter) for shorter, longer in (sorted(pair, key=len) for pair in names)
    )
    return one.key[0] == other.key[0] and one.types == other.types and is_one_name
