"""What changed of the values that a schema lets through: types, null, listed values, bounds, other rules, defaults."""

from collections.abc import Collection, Iterator
from typing import Any

from conformance.core.json_text import dumps
from conformance.core.pointers import MISSING, Pointer
from conformance.openapi_diff import shapes
from conformance.openapi_diff.change import Change, Kind, Relation, Side
from conformance.openapi_diff.node import Both
from conformance.openapi_diff.shapes import Bound, Rule
from conformance.openapi_lint.alternatives import Alternative
from conformance.openapi_lint.type_names import any_of

_TYPED = ("type", "enum", "const", "properties", "items", "additionalProperties")
_EMPTY: tuple[Any, ...] = (None, "", [], {})
_LISTING = ("enum", "const")
# What a parameter sends as text anyway.
_WRITTEN = frozenset({"boolean", "integer", "number"})


def changes(both: Both) -> Iterator[Change]:
    """Yield what changed in two schemas themselves, whatever lies inside them."""
    yield from _types(both)
    if is_stated_anew(both):
        return
    yield from _null(both)
    for kind in shapes.KINDS:
        old, new = shapes.of_kind(both.old, kind), shapes.of_kind(both.new, kind)
        if old and new:
            yield from _of_kind(both._replace(old=old, new=new), kind)


def is_stated_anew(both: Both) -> bool:
    """Whether a type is stated only now, or no more: that says all."""
    is_in_one = shapes.is_untyped(both.old) != shapes.is_untyped(both.new)
    return is_in_one and shapes.types(both.old) != shapes.types(both.new)


def default(both: Both) -> Iterator[Change]:
    """Yield a change of what is assumed when the value is left out; an empty default says no more than none."""
    old, new = _default(both.old), _default(both.new)
    if _is_same(old, new):
        return
    relation = Relation.WIDER if old is MISSING else Relation.NARROWER if new is MISSING else Relation.CHANGED
    old, new = (None if value is MISSING else value for value in (old, new))
    yield _change(both, ("default",), Kind.DEFAULT_CHANGED, relation, old, new)


def _default(alternatives: list[Alternative]) -> Any:
    stated = (one.first("default") for one in alternatives)
    return next((value for value in stated if value is not MISSING), MISSING)


def _is_same(old: Any, new: Any) -> bool:
    """Whether two defaults say the same; one that is not stated leaves nothing, zero or false to be assumed."""
    if old is MISSING or new is MISSING:
        return not any(value for value in (old, new) if value is not MISSING)
    return (old in _EMPTY and new in _EMPTY) or dumps(old) == dumps(new)


def _types(both: Both) -> Iterator[Change]:
    old, new = shapes.types(both.old) - {"null"}, shapes.types(both.new) - {"null"}
    gone, added = old - new, new - old
    if both.side is Side.PARAMETER:
        gone, added = gone - _as_text(both.new), added - _as_text(both.old)
    if not gone and not added:
        return
    is_any = shapes.is_untyped(both.old) or shapes.is_untyped(both.new)
    texts = (shapes.type_text(both.old), shapes.type_text(both.new)) if is_any else (_named(old), _named(new))
    if gone and added:
        yield _change(both, _TYPED, Kind.TYPE_CHANGED, Relation.CHANGED, *texts)
    elif gone:
        yield _change(both, _TYPED, Kind.TYPE_NARROWER, Relation.NARROWER, *texts)
    else:
        yield _change(both, _TYPED, Kind.TYPE_WIDER, Relation.WIDER, *texts)


def _named(types: Collection[str]) -> str:
    return any_of(types) if types else "null"


def _as_text(alternatives: list[Alternative]) -> frozenset[str]:
    """Return the types whose values a parameter of any text takes, too."""
    texts = shapes.of_kind(alternatives, "string")
    return _WRITTEN if texts and shapes.listed(texts, "string") is None else frozenset()


def _null(both: Both) -> Iterator[Change]:
    old, new = ([one for one in alternatives if "null" in one.types] for alternatives in (both.old, both.new))
    if both.side is Side.PARAMETER or bool(old) == bool(new):  # null cannot be sent as a parameter
        return
    stated = both._replace(old=old or both.old, new=new or both.new)
    if new:
        yield _change(stated, _TYPED, Kind.NULL_NEW, Relation.WIDER, "not null", "null too")
    else:
        yield _change(stated, _TYPED, Kind.NULL_GONE, Relation.NARROWER, "null too", "not null")


def _of_kind(both: Both, kind: str) -> Iterator[Change]:
    """Yield what changed for values of one type, which both schemas allow."""
    old, new = both.old, both.new
    if kind in shapes.SCALARS:
        yield from _listed(both, kind)
        old, new = shapes.unlisted(old, kind), shapes.unlisted(new, kind)
    if old and new:
        of_any = both._replace(old=old, new=new)
        for key, is_lower in shapes.BOUNDS.get(kind, ()):
            yield from _bounds(of_any, key, is_lower=is_lower)
        yield from _rules(of_any, shapes.rules(old, kind), shapes.rules(new, kind))


def _listed(both: Both, kind: str) -> Iterator[Change]:
    """Compare the values that are listed, and whether any other may stand there."""
    old, new = shapes.stated_values(both.old, kind), shapes.stated_values(both.new, kind)
    was_any, is_any = bool(shapes.unlisted(both.old, kind)), bool(shapes.unlisted(both.new, kind))
    known, kept = {dumps(value) for value in old}, {dumps(value) for value in new}
    gone = [value for value in old if dumps(value) not in kept and not (is_any and both.new_takes(value))]
    added = [value for value in new if dumps(value) not in known and not (was_any and both.old_takes(value))]
    if was_any and not is_any:
        yield _change(both, _LISTING, Kind.VALUES_GONE, Relation.NARROWER, f"any {kind}", list(new))
    elif gone:
        yield _change(both, _LISTING, Kind.VALUES_GONE, Relation.NARROWER, gone, None)
    if is_any and not was_any:
        yield _change(both, _LISTING, Kind.VALUES_NEW, Relation.WIDER, list(old), f"any {kind}")
    elif added:
        yield _change(both, _LISTING, Kind.VALUES_NEW, Relation.WIDER, None, added)


def _bounds(both: Both, key: str, *, is_lower: bool) -> Iterator[Change]:
    old, new = (_bound(both, alternatives, key, is_lower=is_lower) for alternatives in (both.old, both.new))
    if old == new:
        return
    is_tighter = shapes.is_tighter(new, old, is_lower=is_lower)
    kind, relation = (Kind.LIMIT_TIGHTER, Relation.NARROWER) if is_tighter else (Kind.LIMIT_LOOSER, Relation.WIDER)
    texts = (one.text(key) if one is not None else f"no {key}" for one in (old, new))
    yield _change(both, (key, f"exclusive{key[0].upper()}{key[1:]}"), kind, relation, *texts)


def _bound(both: Both, alternatives: list[Alternative], key: str, *, is_lower: bool) -> Bound | None:
    """Return a bound. An empty text cannot be sent as a parameter, so that one letter at least is no limit there."""
    found = shapes.bound(alternatives, key, is_lower=is_lower)
    is_empty = both.side is Side.PARAMETER and key == "minLength" and found is not None and found.value <= 1
    return None if is_empty else found


def _rules(both: Both, old: dict[tuple[str, ...], Rule], new: dict[tuple[str, ...], Rule]) -> Iterator[Change]:
    for keyword in dict.fromkeys(key[0] for key in (*old, *new)):
        gone = [rule for key, rule in old.items() if key[0] == keyword and key not in new]
        added = [rule for key, rule in new.items() if key[0] == keyword and key not in old]
        if gone or added:
            yield _rule(both, gone, added)


def _rule(both: Both, gone: list[Rule], added: list[Rule]) -> Change:
    kind = Kind.RULE_CHANGED if gone and added else Kind.RULE_GONE if gone else Kind.RULE_NEW
    is_looser, is_tighter = (any(rule.is_held for rule in rules) for rules in (gone, added))
    if is_looser and is_tighter:
        relation = Relation.CHANGED
    else:
        relation = Relation.NARROWER if is_tighter else Relation.WIDER if is_looser else Relation.NEITHER
    old, new = (" and ".join(rule.text for rule in rules) or None for rules in (gone, added))
    return Change(
        kind, relation, old, new, _rule_place(gone, both.old, both.old_place), _rule_place(added, both.new, both.new_place)
    )


def _rule_place(stated: list[Rule], alternatives: list[Alternative], fallback: Pointer) -> Pointer:
    return stated[0].place if stated else shapes.stating(alternatives, _TYPED, fallback)


def _change(both: Both, keys: tuple[str, ...], kind: Kind, relation: Relation, old: Any, new: Any) -> Change:
    """Return a change with the places of the keywords that it is about."""
    return Change(kind, relation, old, new, _place(both.old, keys, both.old_place), _place(both.new, keys, both.new_place))


def _place(alternatives: list[Alternative], keys: tuple[str, ...], fallback: Pointer) -> Pointer:
    """Return the place of the schema that states one of the keywords, or else of the one that says the type."""
    is_stated = any(key in schema for one in alternatives for _place, schema in one.parts for key in keys)
    return shapes.stating(alternatives, keys if is_stated else _TYPED, fallback)
