"""The fields of two objects compared: which are gone or new, which must be there, and what else may stand beside them."""

from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple, TypeAlias

from conformance.core.pointers import MISSING, Pointer
from conformance.openapi_diff import shapes, values
from conformance.openapi_diff.change import Change, Kind, Relation, Side
from conformance.openapi_diff.node import ANYTHING, Both, Child, Node, Options, first_place
from conformance.openapi_diff.variants import Group, Variants, name_of
from conformance.openapi_lint.alternatives import Alternative, Alternatives
from conformance.openapi_lint.fields import Fields

# The mark of fields that one side never has.
_ABSENT = {Side.PARAMETER: "readOnly", Side.REQUEST: "readOnly", Side.RESPONSE: "writeOnly"}
_MOST_NAMED = 3
Found: TypeAlias = Change | Child


class _Object(NamedTuple):
    """The fields of an object on one side: their schemas, which must be there, what others may be, and its place."""

    named: dict[str, Options]
    required: frozenset[str]
    additional: Options | bool | None
    place: Pointer
    states_fields: bool

    @property
    def is_free(self) -> bool:
        """Whether it names no field, not even that there are none, so that all are somebody's own."""
        return not self.named and (self.additional is True or (self.additional is None and not self.states_fields))

    def schemas_of(self, name: str) -> Options | None:
        """Return the schemas of a field; of one without a name, those of other fields, if any are stated."""
        return self.named.get(name, self.additional if isinstance(self.additional, tuple) else None)

    def place_of(self, name: str) -> Pointer:
        """Return the place of a field's schema, or else of the object."""
        return first_place(self.named.get(name, ())) or self.place


class Objects:
    """Compares the objects of two documents."""

    def __init__(self, old: Alternatives, new: Alternatives) -> None:
        self._old, self._new = old, new
        self._variants = Variants(old, new)

    def found(self, both: Both) -> Iterator[Found]:
        """Yield what changed between the objects among two schemas' alternatives, and the pairs of their fields."""
        old, new = ([one for one in alternatives if "object" in one.types] for alternatives in (both.old, both.new))
        for group in self._variants.groups(old, new) if old and new else ():
            if group.old and group.new:
                yield from self._fields(
                    self._object(self._old, group.old, both), self._object(self._new, group.new, both), both.side
                )
            else:
                yield _variant(group, old, new, both)

    def _object(self, alternatives: Alternatives, group: list[Alternative], both: Both) -> _Object:
        fields = Fields.of(group)
        additional = (fields.additional,) if isinstance(fields.additional, tuple) else fields.additional
        absent = {name for name, options in fields.named.items() if _is_absent(alternatives, options, both.side)}
        named = {name: options for name, options in fields.named.items() if name not in absent}
        others = additional if isinstance(additional, tuple) else ANYTHING
        named |= dict.fromkeys(sorted(fields.required - fields.named.keys()), others)
        states_fields = any(one.first("properties") is not MISSING for one in group)
        return _Object(named, fields.required - absent, additional, fields.place, states_fields)

    def _fields(self, old: _Object, new: _Object, side: Side) -> Iterator[Found]:
        if old.is_free != new.is_free and (old.named or new.named):
            yield from _freedom(old, new)
            return
        for name in dict.fromkeys((*old.named, *new.named)):
            yield from self._field(name, old, new, side)
        yield from _others(old, new, side)

    def _field(self, name: str, old: _Object, new: _Object, side: Side) -> Iterator[Found]:
        ours, theirs = old.schemas_of(name), new.schemas_of(name)
        if ours is None or theirs is None:
            yield self._gone(name, old, new, side) if theirs is None else self._added(name, old, new, side)
            return
        yield Child(name, Node(ours, theirs, side))
        if (name in old.required) != (name in new.required):
            is_required = name in new.required
            what = (Kind.NOW_REQUIRED, Relation.NARROWER) if is_required else (Kind.NOW_OPTIONAL, Relation.WIDER)
            texts = ("optional", "required") if is_required else ("required", "optional")
            yield Change(*what, *texts, old.place_of(name), new.place_of(name), (name,))
        elif name not in old.required and side is not Side.RESPONSE:
            yield from self.default(Node(ours, theirs, side), name)

    def default(self, node: Node, *step: str) -> Iterator[Change]:
        """Yield a change of the default of a field or a parameter."""
        for one in values.default(self.both(node)):
            yield Change(one.kind, one.relation, one.old, one.new, one.old_place, one.new_place, step)

    def both(self, node: Node) -> Both:
        """Return the alternatives of the two schemas of a node."""
        old = [one for places in node.old for one in self._old.of(places)]
        new = [one for places in node.new for one in self._new.of(places)]
        takes = partial(_takes, self._old, node.old), partial(_takes, self._new, node.new)
        return Both(old, new, node.side, *takes, first_place(node.old), first_place(node.new))

    def _gone(self, name: str, old: _Object, new: _Object, side: Side) -> Change:
        relation = Relation.WIDER if side is Side.RESPONSE else Relation.NARROWER
        text = self._text(self._old, old, name)
        return Change(Kind.FIELD_GONE, relation, text, None, old.place_of(name), new.place, (name,))

    def _added(self, name: str, old: _Object, new: _Object, side: Side) -> Change:
        is_required, is_answered = name in new.required, side is Side.RESPONSE
        if is_required:
            relation = Relation.NARROWER if is_answered else Relation.CHANGED
        else:
            relation = Relation.NEITHER if is_answered else Relation.WIDER
        text = self._text(self._new, new, name)
        return Change(Kind.FIELD_NEW, relation, None, text, old.place, new.place_of(name), (name,))

    def _text(self, alternatives: Alternatives, one: _Object, name: str) -> str:
        types = shapes.type_text([each for places in one.named[name] for each in alternatives.of(places)])
        return f"{types}, {'required' if name in one.required else 'optional'}"


def _takes(alternatives: Alternatives, options: Options, value: Any) -> bool:
    """Whether any of several schemas takes a value."""
    return any(all(alternatives.schemas.fits(place, value) for place in places) for places in options)


def _is_absent(alternatives: Alternatives, options: Options, side: Side) -> bool:
    """Whether a field is never there: its schema takes nothing, or it is for the other side alone."""
    document, mark = alternatives.schemas.document, _ABSENT[side]
    for place in (place for places in options for place in places):
        node = document.get(place)
        _end, resolved = alternatives.schemas.resolved(place, node)
        beside = node if isinstance(node, dict) and not document.is_3_0 else {}
        if node is False or any(schema.get(mark) is True for schema in (resolved, beside)):
            return True
    return False


def _variant(group: Group, old: list[Alternative], new: list[Alternative], both: Both) -> Change:
    """Return the change of an object of a union that has no like in the other one."""
    if group.old:
        text, place = _described(group.old[0], old), shapes.stating(group.old[:1], ("properties",), both.old_place)
        return Change(Kind.VARIANT_GONE, Relation.NARROWER, text, None, place, both.new_place)
    text, place = _described(group.new[0], new), shapes.stating(group.new[:1], ("properties",), both.new_place)
    return Change(Kind.VARIANT_NEW, Relation.WIDER, None, text, both.old_place, place)


def _described(alternative: Alternative, union: list[Alternative]) -> str:
    names = list(alternative.properties)
    shown = ", ".join(names[:_MOST_NAMED]) + (" …" if len(names) > _MOST_NAMED else "")
    return name_of(alternative, union) or (f"an object with {shown}" if names else "an object of any fields")


def _freedom(old: _Object, new: _Object) -> Iterator[Change]:
    """Yield one change if an object that named its fields takes any now, or the other way round."""
    kind, relation = (Kind.OTHER_FIELDS_NEW, Relation.WIDER) if new.is_free else (Kind.OTHER_FIELDS_GONE, Relation.NARROWER)
    yield Change(kind, relation, _fields_text(old), _fields_text(new), old.place, new.place)


def _fields_text(one: _Object) -> str:
    return "any fields" if one.is_free else f"{len(one.named)} named field{'' if len(one.named) == 1 else 's'}"


def _others(old: _Object, new: _Object, side: Side) -> Iterator[Found]:
    """Compare what fields without names may be; nothing said is anything, as JSON Schema has it."""
    if (old.additional is False) != (new.additional is False):
        yield _closing(old, new, side)
    elif old.additional is not False:
        ours, theirs = (one if isinstance(one, tuple) else ANYTHING for one in (old.additional, new.additional))
        if ours != ANYTHING or theirs != ANYTHING:
            yield Child("*", Node(ours, theirs, side))


def _closing(old: _Object, new: _Object, side: Side) -> Change:
    """Return the change of fields without names that are refused now, or taken; it matters only if such fields were meant to be sent."""
    is_closed = new.additional is False
    opened = old if is_closed else new
    is_meant = side is not Side.RESPONSE and (opened.additional is not None or not opened.named)
    if is_closed:
        relation = Relation.NARROWER if is_meant else Relation.NEITHER
        return Change(Kind.OTHER_FIELDS_GONE, relation, "taken", "refused", old.place, new.place)
    relation = Relation.WIDER if is_meant else Relation.NEITHER
    return Change(Kind.OTHER_FIELDS_NEW, relation, "refused", "taken", old.place, new.place)
