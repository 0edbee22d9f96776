"""What an operation takes and answers, compared: bodies, media types, statuses."""

from collections.abc import Iterator
from typing import Any

from conformance.core.pointers import Pointer
from conformance.openapi_diff.change import Change, Kind, Relation, Side
from conformance.openapi_diff.described import ERRORS, Described, Located, Part, Start, Unread
from conformance.openapi_diff.node import Node

_REQUEST, _RESPONSE = ("request",), ("response",)
_BODY = ("requestBody",)


class Bodies:
    """Compares the bodies of an operation."""

    def __init__(self, old: Described, new: Described) -> None:
        self._old, self._new = old, new

    def parts(self) -> Iterator[Part]:
        """Yield what changed, and the schemas that are to be compared."""
        yield from self._request()
        yield from self._statuses()
        for status, other in self._successes():
            yield from self._answer(status, other, _RESPONSE)
        for status, other in self._errors():
            yield from self._answer(status, other, (ERRORS,))

    def _request(self) -> Iterator[Part]:
        if unread := self._unread(_BODY, _BODY, _REQUEST):
            yield unread
            return
        places = self._old.body(*_BODY), self._new.body(*_BODY)
        was_required, is_required = self._old.is_required(places[0]), self._new.is_required(places[1])
        is_in_both = bool(self._old.node(places[0])) and bool(self._new.node(places[1]))
        if is_in_both and was_required != is_required:
            what = (Kind.NOW_REQUIRED, Relation.NARROWER) if is_required else (Kind.NOW_OPTIONAL, Relation.WIDER)
            texts = ("optional", "required") if is_required else ("required", "optional")
            yield Located(_REQUEST, Side.REQUEST, Change(*what, *texts, *places))
        yield from self._body(_BODY, _BODY, _REQUEST, Side.REQUEST, is_required=is_required)

    def _statuses(self) -> Iterator[Part]:
        old, new = self._old.statuses(), self._new.statuses()
        before, after = _successes(old), _successes(new)
        gone, added = _undescribed(before, after), _undescribed(after, before)
        if gone or added:
            relation = Relation.CHANGED if gone and added else Relation.NARROWER if gone else Relation.WIDER
            yield self._located(_RESPONSE, Kind.SUCCESS_STATUS_CHANGED, relation, ", ".join(before), ", ".join(after))
        for status in _undescribed(_others(old), _others(new)):
            yield self._located((ERRORS,), Kind.OTHER_STATUS_GONE, Relation.NEITHER, status, None)
        for status in _undescribed(_others(new), _others(old)):
            yield self._located((ERRORS,), Kind.OTHER_STATUS_NEW, Relation.NEITHER, None, status)

    def _successes(self) -> Iterator[tuple[str, str]]:
        """Yield each old success with the same status, or else with the one that came instead."""
        before, after = _successes(self._old.statuses()), _successes(self._new.statuses())
        instead = next((status for status in after if status not in before), None)
        for status in before:
            other = status if status in after else instead
            if other is not None:
                yield status, other

    def _errors(self) -> Iterator[tuple[str, str]]:
        """Yield each old error with the status that describes it in the new document."""
        after = _others(self._new.statuses())
        for status in _others(self._old.statuses()):
            other = next((name for name in _names(status) if name in after), None)
            if other is not None:
                yield status, other

    def _answer(self, status: str, other: str, path: tuple[str, ...]) -> Iterator[Part]:
        ours, theirs = ("responses", status), ("responses", other)
        unread = self._unread(ours, theirs, path)
        yield from (unread,) if unread else self._body(ours, theirs, path, Side.RESPONSE, is_required=True)

    def _unread(self, ours: tuple[str, ...], theirs: tuple[str, ...], path: tuple[str, ...]) -> Unread | None:
        """Return a part if a reference there leads nowhere."""
        both = ((self._old, ours), (self._new, theirs))
        return next((Unread(path, (*one.place, *steps)) for one, steps in both if one.is_unknown(*steps)), None)

    def _body(
        self, ours: tuple[str, ...], theirs: tuple[str, ...], path: tuple[str, ...], side: Side, *, is_required: bool
    ) -> Iterator[Part]:
        """Compare two bodies; `is_required` if the new one has to be sent."""
        old, new = self._old.media(*ours), self._new.media(*theirs)
        places = (*self._old.place, *ours), (*self._new.place, *theirs)
        if bool(old) != bool(new):
            what = _whole_body(side, is_new=bool(new), is_required=is_required)
            yield Located(path, side, Change(*what, ", ".join(old) or None, ", ".join(new) or None, *places))
            return
        yield from (Located(path, side, one) for one in _media_types(old, new, side, places))
        for name in old:
            if name in new:
                yield Start(path, Node(self._old.options(old[name]), self._new.options(new[name]), side))

    def _located(self, path: tuple[str, ...], kind: Kind, relation: Relation, old: Any, new: Any) -> Located:
        places = (*self._old.place, "responses"), (*self._new.place, "responses")
        return Located(path, Side.RESPONSE, Change(kind, relation, old, new, *places))


def _whole_body(side: Side, *, is_new: bool, is_required: bool) -> tuple[Kind, Relation]:
    """Return what it means that a body is there now, or is there no more."""
    if side is Side.RESPONSE:
        return (Kind.BODY_NEW, Relation.NARROWER) if is_new else (Kind.BODY_GONE, Relation.WIDER)
    if not is_new:
        return Kind.BODY_GONE, Relation.NARROWER
    return Kind.BODY_NEW, Relation.CHANGED if is_required else Relation.WIDER


def _media_types(old: dict[str, Pointer], new: dict[str, Pointer], side: Side, places: tuple[Pointer, Pointer]) -> Iterator[Change]:
    gone, added = (Relation.WIDER, Relation.NEITHER) if side is Side.RESPONSE else (Relation.NARROWER, Relation.WIDER)
    yield from (Change(Kind.MEDIA_TYPE_GONE, gone, name, None, *places) for name in old if name not in new)
    yield from (Change(Kind.MEDIA_TYPE_NEW, added, None, name, *places) for name in new if name not in old)


def _successes(statuses: list[str]) -> list[str]:
    """Return the statuses of success; `default` stands for them where there is no other."""
    found = sorted(status for status in statuses if status.startswith("2"))
    return found or [status for status in statuses if status == "default"]


def _others(statuses: list[str]) -> list[str]:
    successes = _successes(statuses)
    return [status for status in statuses if status not in successes]


def _names(status: str) -> tuple[str, ...]:
    """Return the keys under which a status may be described."""
    return status, f"{status[:1]}XX", f"{status[:1]}xx", "default"


def _undescribed(statuses: list[str], among: list[str]) -> list[str]:
    """Return the statuses that are not among others, by themselves or by their class; `default` and a class are no status."""
    single = (status for status in statuses if status != "default" and status[1:].upper() != "XX")
    return [status for status in single if not any(name in among for name in _names(status))]
