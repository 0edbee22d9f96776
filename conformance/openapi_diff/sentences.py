"""A sentence for each kind of change, in plain words."""

from collections.abc import Callable, Collection
from typing import Any

from conformance.core.display import short
from conformance.openapi_diff.change import Change, Kind, Side

_LONGEST, _LONGEST_LISTED, _MOST_LISTED = 80, 30, 6
_RESPONSE = frozenset({Side.RESPONSE})
WHOLE = frozenset({Kind.OPERATION_GONE, Kind.OPERATION_NEW, Kind.OPERATION_MOVED})
"""The changes of an operation as a whole, whose sentences name it."""
_ROOTS = {"request": "the body", "response": "the answer", "errors": "the body of an error"}


def sentence(change: Change, path: tuple[str, ...], sides: Collection[Side]) -> str:
    """Return what changed in one sentence; `sides` are those that send the value."""
    what = _WHAT[change.kind](change, frozenset(sides))
    return f"{_subject(change, path)} {what}"


def _subject(change: Change, path: tuple[str, ...]) -> str:
    """Name what changed: the last field of a path, or what it is in."""
    if change.kind in WHOLE:
        return str(change.old or change.new)
    if not path or change.kind in {Kind.OTHER_STATUS_GONE, Kind.OTHER_STATUS_NEW, Kind.SUCCESS_STATUS_CHANGED}:
        return "the operation"
    *before, last = path
    if path[0] == "parameters" and len(path) == 3:  # noqa: PLR2004 - parameters, where, name
        return f"the {path[1]} parameter `{last}`"
    if last in {"[]", "*"} and before:
        inside = "an item of" if last == "[]" else "a value in"
        return f"{inside} {_subject(change, tuple(before))}"
    return _ROOTS[last] if not before and last in _ROOTS else f"`{last}`"


def listing(values: Collection[Any]) -> str:
    """Return values as a sentence names them, and how many there are if not all are shown."""
    shown = [short(value, _LONGEST_LISTED) for value in values]
    return ", ".join(shown[:_MOST_LISTED]) + (f" … ({len(shown)})" if len(shown) > _MOST_LISTED else "")


def _by_side(request: str, response: str, both: str) -> Callable[[Change, frozenset[Side]], str]:
    """Return a sentence for each side, with what is there now or was there before put in."""

    def said(change: Change, sides: frozenset[Side]) -> str:
        text = request if Side.RESPONSE not in sides else response if sides == _RESPONSE else both
        return text.format(old=change.old, new=change.new)

    return said


def _plain(text: str) -> Callable[[Change, frozenset[Side]], str]:
    return _by_side(text, text, text)


def _values_gone(change: Change, _sides: frozenset[Side]) -> str:
    if isinstance(change.old, str):
        return f"may only be {listing(change.new)} now; it was {change.old}"
    return f"may no longer be {listing(change.old)}"


def _values_new(change: Change, _sides: frozenset[Side]) -> str:
    if isinstance(change.new, str):
        return f"may be {change.new} now; it was {listing(change.old)}"
    return f"may be {listing(change.new)} now, too"


def _field_new(change: Change, sides: frozenset[Side]) -> str:
    types, _comma, necessity = str(change.new).rpartition(", ")
    is_required = necessity == "required"
    request, response = (
        ("must be sent now", "is always answered now") if is_required else ("may be sent now", "may be answered now")
    )
    return f"{_by_side(request, response, 'is new')(change, sides)}: {change.new if len(sides) > 1 else types}"


def _default(change: Change, _sides: frozenset[Side]) -> str:
    old, new = ("no default" if value is None else f"default {short(value, _LONGEST)}" for value in (change.old, change.new))
    return f"has {new} now; it had {old}"


_WHAT: dict[Kind, Callable[[Change, frozenset[Side]], str]] = {
    Kind.OPERATION_GONE: lambda change, _sides: "is gone" + (f"; {change.new}" if change.new else ""),
    Kind.OPERATION_NEW: _plain("is new"),
    Kind.OPERATION_MOVED: _plain("moved to {new}"),
    Kind.DEPRECATION_CHANGED: lambda change, _sides: "is deprecated now" if change.new else "is no longer deprecated",
    Kind.ACCESS_CHANGED: _plain("declares {new} now; it declared {old}"),
    Kind.PARAMETER_GONE: _plain("is gone"),
    Kind.PARAMETER_NEW: _plain("is new: {new}"),
    Kind.PARAMETER_RENAMED: _plain("was called `{old}`"),
    Kind.BODY_GONE: _by_side("is no longer taken", "has no body any more", "is gone"),
    Kind.BODY_NEW: _by_side("is taken now", "has a body now", "is new"),
    Kind.MEDIA_TYPE_GONE: _by_side("is no longer taken as {old}", "is no longer given as {old}", "is no longer there as {old}"),
    Kind.MEDIA_TYPE_NEW: _by_side("may be sent as {new}, too", "may be given as {new}, too", "may be there as {new}, too"),
    Kind.SUCCESS_STATUS_CHANGED: _plain("answers {new} now; it answered {old}"),
    Kind.OTHER_STATUS_GONE: _plain("no longer names the status {old}"),
    Kind.OTHER_STATUS_NEW: _plain("names the status {new} now"),
    Kind.FIELD_GONE: _by_side("is no longer taken", "is no longer answered", "is gone"),
    Kind.FIELD_NEW: _field_new,
    Kind.OTHER_FIELDS_GONE: lambda change, _sides: _freedom(
        change, "takes no fields without names any more", "names its fields now"
    ),
    Kind.OTHER_FIELDS_NEW: lambda change, _sides: _freedom(change, "takes fields without names now", "names no fields any more"),
    Kind.NOW_REQUIRED: _by_side("must be sent now", "is always there now", "is required now"),
    Kind.NOW_OPTIONAL: _by_side("may be left out now", "may be missing now", "is optional now"),
    Kind.TYPE_CHANGED: _plain("is {new} now; it was {old}"),
    Kind.TYPE_NARROWER: _plain("may only be {new} now; it was {old}"),
    Kind.TYPE_WIDER: _plain("may be {new} now; it was {old}"),
    Kind.VARIANT_GONE: _plain("may no longer be {old}"),
    Kind.VARIANT_NEW: _plain("may be {new} now, too"),
    Kind.NULL_GONE: _plain("may no longer be null"),
    Kind.NULL_NEW: _plain("may be null now"),
    Kind.VALUES_GONE: _values_gone,
    Kind.VALUES_NEW: _values_new,
    Kind.LIMIT_TIGHTER: _plain("has {new} now; it had {old}"),
    Kind.LIMIT_LOOSER: _plain("has {new} now; it had {old}"),
    Kind.RULE_NEW: _plain("must fit {new} now"),
    Kind.RULE_GONE: _plain("need not fit {old} any more"),
    Kind.RULE_CHANGED: _plain("must fit {new} now; it had to fit {old}"),
    Kind.DEFAULT_CHANGED: _default,
}


def _freedom(change: Change, closed: str, named: str) -> str:
    return closed if change.old in {"taken", "refused"} else f"{named} ({change.new}; it had {change.old})"
