"""One operation in both documents: what changed, and which schemas are to be compared."""

from collections.abc import Iterator

from conformance.openapi_diff.access import access_text, accesses, is_served, is_stated
from conformance.openapi_diff.bodies import Bodies
from conformance.openapi_diff.change import Change, Kind, Relation, Side
from conformance.openapi_diff.described import Described, Located, Part
from conformance.openapi_diff.objects import Objects
from conformance.openapi_diff.parameters import Parameters


def parts(old: Described, new: Described, objects: Objects) -> Iterator[Part]:
    """Yield what changed in an operation, and the schemas that are to be compared."""
    yield from (Located((), Side.REQUEST, change) for change in _itself(old, new))
    yield from Parameters(old, new, objects).parts()
    yield from Bodies(old, new).parts()


def _itself(old: Described, new: Described) -> Iterator[Change]:
    """Yield what changed in what is said of the whole operation."""
    was_deprecated, is_deprecated = (one.get("deprecated") is True for one in (old, new))
    if was_deprecated != is_deprecated:
        yield Change(Kind.DEPRECATION_CHANGED, Relation.NEITHER, was_deprecated, is_deprecated, old.place, new.place)
    yield from _access(old, new)


def _access(old: Described, new: Described) -> Iterator[Change]:
    """Yield a change of what a client has to show; a document that says nothing any more does not open the door."""
    before, after = (accesses(one.operations.document, one.place) for one in (old, new))
    is_narrower, is_wider = not is_served(before, after), not is_served(after, before)
    if is_wider and not is_stated(new.operations.document, new.place):
        relation = Relation.NEITHER
    else:
        relation = Relation.CHANGED if is_narrower and is_wider else Relation.NARROWER if is_narrower else Relation.WIDER
    if is_narrower or is_wider:
        yield Change(Kind.ACCESS_CHANGED, relation, access_text(before), access_text(after), old.place, new.place)
