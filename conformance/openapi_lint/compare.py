"""What another document's schema says against ours.

A request must let through whatever the contract lets a client send; a response must not hold what the contract does not let a
client expect. So the same difference weighs differently in the two directions.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import product
from typing import Any, NamedTuple, TypeAlias

from conformance.core.json_text import dumps, loads
from conformance.core.pointers import MISSING, Pointer
from conformance.openapi_lint.alternatives import Form, Forms, Node
from conformance.openapi_lint.finding import Grade
from conformance.openapi_lint.index import Side
from conformance.openapi_lint.limits import KINDS, Limit, against, limits, wider
from conformance.openapi_lint.messages import listed
from conformance.openapi_lint.probes import ANYTHING, Probes, is_free
from conformance.openapi_lint.schemas import LENIENT, STRICT, TYPES, Reading
from conformance.reporting.messages import short

_LONGEST = 80
_EMPTY: tuple[Any, ...] = (None, [], {})


class Difference(NamedTuple):
    """What is different, where it stands in the other document, and the way to it from the body's root."""

    grade: Grade
    place: Pointer
    path: tuple[str, ...]
    said: str

    def under(self, name: str) -> "Difference":
        """Return the difference as seen from one step further out."""
        return self._replace(path=(name, *self.path))


_Compare: TypeAlias = Callable[[Form, list[Form]], Iterator[Difference]]


class Fields(NamedTuple):
    """The fields of objects of which any may be meant: by name what each may be, and what all of them must have."""

    named: dict[str, tuple[Node, ...]]
    required: frozenset[str]
    others: Node | bool | None
    place: Pointer

    @classmethod
    def of(cls, forms: list[Form]) -> "Fields":
        """Put the fields of alternatives together."""
        names = dict.fromkeys(name for form in forms for name in form.properties)
        named = {name: tuple(form.properties[name] for form in forms if name in form.properties) for name in names}
        required = frozenset.intersection(*(form.required for form in forms))
        said = [form.others for form in forms]
        others = (
            next((one for one in said if one is True), next((one for one in said if one is None), said[0]))
            if len(said) > 1
            else said[0]
        )
        return cls(named, required, others, _place(forms[0]))


class Comparison:
    """Compares schemas of two documents in one direction; what was compared once is not compared again."""

    def __init__(self, ours: Forms, theirs: Forms, *, is_request: bool) -> None:
        self._ours = ours
        self._theirs = theirs
        self._is_request = is_request
        self._probes = Probes(ours)
        self._known: dict[tuple[Node, tuple[Node, ...]], tuple[Difference, ...]] = {}

    def of(self, ours: Node, *theirs: Node) -> tuple[Difference, ...]:
        """Return what is different between a schema and another, or several of which any may hold.

        Schemas that contain themselves are taken to agree where they do so.
        """
        key = ours, theirs
        if key not in self._known:
            self._known[key] = ()
            self._known[key] = tuple(dict.fromkeys(self._compared(ours, theirs)))
        return self._known[key]

    def _compared(self, ours: Node, theirs: tuple[Node, ...]) -> Iterator[Difference]:
        mine, others = self._ours.of(ours), [form for node in theirs for form in self._theirs.of(node)]
        is_open = any(form.is_open for form in mine)
        if any(form.is_unknown for form in others) or (is_open and not self._is_request):
            return
        found = self._differences(mine, others, theirs)
        if is_open and not any(is_free(form) for form in mine):
            # What nothing is said of is not yet promised to be taken, whatever it is.
            found = (one._replace(grade=max(one.grade, Grade.WARNING, key=list(Grade).index)) for one in found)
        yield from found

    def _differences(self, mine: list[Form], others: list[Form], theirs: tuple[Node, ...]) -> Iterator[Difference]:
        at = theirs[0]
        if any(form.is_open for form in others):
            yield from _untyped(mine, at)
        else:
            yield from self._types(_all_types(mine), _all_types(others), at)
            yield from self._values(mine, others, at)
        if self._is_request:
            yield from self._examples(mine, theirs)
            yield from self._limits(mine, others, theirs)
        if not any(form.is_open for form in others):
            yield from self._best(mine, others, "array", self._items)
            yield from self._best(mine, others, "object", self._objects)

    def _types(self, ours: set[str], theirs: set[str], at: Node) -> Iterator[Difference]:
        missing, extra = _named(ours - theirs, ours), _named(theirs - ours, theirs)
        if self._is_request:
            if missing:
                # Null is what "nothing" is sent as: that the user's own data may be it is no promise that every server reads alike.
                grade = Grade.WARNING if missing == {"null"} and ours == set(TYPES) else Grade.ERROR
                yield Difference(grade, at[0], (), f"takes no {_bare(missing)}; the contract's may be {_types(ours)}")
            if extra:
                yield Difference(Grade.WARNING, at[0], (), f"also takes {_types(extra)}; the contract's is {_types(ours)}")
        elif extra:
            grade = Grade.WARNING if extra == {"number"} and "integer" in ours else Grade.ERROR
            yield Difference(grade, at[0], (), f"may be {_types(extra)}; the contract's is {_types(ours)}")

    def _examples(self, mine: list[Form], theirs: tuple[Node, ...]) -> Iterator[Difference]:
        """Yield which of the values that the contract names as such are refused as a whole."""
        for example in dict.fromkeys(dumps(value) for form in mine for _place, stated in form.all("x-taken") for value in stated):
            if not self._is_taken(value := loads(example), theirs):
                yield Difference(Grade.ERROR, theirs[0][0], (), f"refuses {short(value, _LONGEST)}; the contract takes it")

    def _limits(self, mine: list[Form], others: list[Form], theirs: tuple[Node, ...]) -> Iterator[Difference]:
        """Compare what is limited beyond types, in each kind of value; what limits several kinds is said once."""
        worst: dict[Pointer, Difference] = {}
        for one, kind in product(mine, KINDS):
            likely = [form for form in others if _is_of(form, kind)] if _is_of(one, kind) else []
            for found in self._limited(one, _nearest(one, likely), kind, theirs) if likely else ():
                worst[found.place] = min(worst.get(found.place, found), found, key=_severity)
        yield from worst.values()

    def _limited(self, ours: Form, near: list[Form], kind: str, theirs: tuple[Node, ...]) -> Iterator[Difference]:
        refused = self._refused(self._probes.of(ours, kind), near, kind, theirs)
        for limit in limits(near[0], kind):
            value = refused.get(limit[:2], MISSING)
            said = against(limit, ours, near[0], value)
            if said is not None and (value is not MISSING or len(near) == 1):
                yield Difference(_grade(limit, value), (*limit.place, limit.keys[0]), (), said)
        if len(near) == 1 and kind == "number":
            yield from (Difference(Grade.WARNING, near[0].parts[0][0], (), said) for said in wider(ours, near[0]))

    def _refused(self, probes: list[Any], near: list[Form], kind: str, theirs: tuple[Node, ...]) -> dict[tuple[Any, ...], Any]:
        """Return the limits that keep values from being taken, each by its place and keywords with a value that it refuses."""
        found: dict[tuple[Any, ...], Any] = {}
        for value in probes:
            refusing = [self._refusing(value, form, kind) for form in near]
            # A format is asserted if it alone refuses.
            asserted = any(limit.is_asserted for one in refusing for limit in one)
            if all(refusing) and not self._is_taken(value, theirs, LENIENT if asserted else STRICT):
                for limit in refusing[0]:
                    found.setdefault(limit[:2], value)
        return found

    def _refusing(self, value: Any, form: Form, kind: str) -> list[Limit]:
        schemas, reading = self._theirs.schemas, STRICT.on(Side.REQUEST)
        return [limit for limit in limits(form, kind) if not schemas.holds(limit.place, limit.keys, value, reading)]

    def _is_taken(self, value: Any, theirs: tuple[Node, ...], reading: Reading = LENIENT) -> bool:
        """Whether a value fits one of their alternatives as a whole."""
        fits, sided = self._theirs.schemas.fits, reading.on(Side.REQUEST)
        return any(all(fits(place, value, sided) for place in node) for node in theirs)

    def _values(self, mine: list[Form], others: list[Form], at: Node) -> Iterator[Difference]:
        known = {value for form in mine for _place, stated in form.all("x-known") for value in stated}
        ours, theirs = _texts(mine), _texts(others)
        if not any("string" in form.types for form in mine) or not any("string" in form.types for form in others):
            return
        if theirs is None:
            if ours is not None:
                yield Difference(Grade.WARNING, at[0], (), f"lists no values; the contract's are {_some(ours)}")
            return
        refused, more = (known if ours is None else ours) - theirs, set() if ours is None else theirs - ours
        if self._is_request and ours is None and not known:
            yield Difference(Grade.ERROR, at[0], (), f"takes only {_some(theirs)}; the contract takes any text")
        elif self._is_request and refused:
            yield Difference(Grade.ERROR, at[0], (), f"does not take {_some(refused)}, which the contract does")
        if more:
            grade, said = (Grade.WARNING, "also takes") if self._is_request else (Grade.ERROR, "may also be")
            yield Difference(grade, at[0], (), f"{said} {_some(more)}, which the contract does not know")

    def _best(self, mine: list[Form], others: list[Form], kind: str, compare: _Compare) -> Iterator[Difference]:
        """Compare each alternative that must have a match with the one that matches it best."""
        ours, theirs = ([form for form in forms if kind in form.types] for forms in (mine, others))
        if not ours or not theirs:
            return
        if self._is_request:
            for one in ours:
                yield from _taken(one, theirs, compare)
        else:
            for other in theirs:
                yield from min((list(compare(one, [other])) for one in _nearest(other, ours)), key=_weight)

    def _items(self, ours: Form, theirs: list[Form]) -> Iterator[Difference]:
        stated = [form.items for form in theirs if form.items]
        if stated and (ours.items or is_free(ours)):
            yield from (one.under("[]") for one in self.of(ours.items or ANYTHING, *stated))
        elif ours.items and theirs[0].parts and theirs[0].first("prefixItems") is MISSING:
            yield Difference(Grade.WARNING, theirs[0].parts[0][0], (), "says nothing about the items of the list")

    def _objects(self, ours: Form, alternatives: list[Form]) -> Iterator[Difference]:
        theirs = Fields.of(alternatives)
        for name, node in ours.properties.items():
            nodes = theirs.named.get(name, (theirs.others,) if isinstance(theirs.others, tuple) else ())
            if not nodes:
                yield self._missing(name, node, ours, theirs)
                continue
            yield from (one.under(name) for one in self.of(node, *nodes))
            yield from self._required(name, nodes[0][0], ours, theirs)
            if self._is_request:
                yield from (one.under(name) for one in self.default(node, nodes[0]))
        for name in sorted((theirs.named.keys() | theirs.required) - ours.properties.keys()):
            yield self._additional(name, ours, theirs)
            if self._is_request and is_free(ours) and name in theirs.named:
                yield from (one.under(name) for one in self.of(ANYTHING, *theirs.named[name]))
        yield from self._others(ours, theirs)

    def _missing(self, name: str, node: Node, ours: Form, theirs: Fields) -> Difference:
        place = theirs.place
        may_be_absent = not self._is_request and name not in ours.required and "null" in _all_types(self._ours.of(node))
        if theirs.others is True:
            grade = Grade.NOTE if may_be_absent else Grade.WARNING
            return Difference(grade, place, (name,), "is not named; any field is let through")
        if self._is_request:
            said = "is refused" if theirs.others is False else "is not there"
            return Difference(Grade.ERROR, place, (name,), f"{said}; the contract's may have it")
        return Difference(Grade.WARNING if may_be_absent else Grade.ERROR, place, (name,), "is not there; the contract's has it")

    def _required(self, name: str, place: Pointer, ours: Form, theirs: Fields) -> Iterator[Difference]:
        if name in theirs.required and name not in ours.required and self._is_request:
            yield Difference(Grade.ERROR, place, (name,), "is required; in the contract it may be left out")
        if name in ours.required and name not in theirs.required:
            grade = Grade.WARNING if self._is_request else Grade.ERROR
            yield Difference(grade, place, (name,), "may be left out; in the contract it is required")

    def default(self, ours: Node, theirs: Node) -> Iterator[Difference]:
        """Yield what is different if a field is left out."""
        mine, other = (forms.of(node)[0].first("default") for forms, node in ((self._ours, ours), (self._theirs, theirs)))
        if mine is MISSING:
            if other is not MISSING and other not in _EMPTY:
                yield Difference(Grade.NOTE, theirs[0], (), f"is {short(other, _LONGEST)} if left out; the contract says nothing")
        elif other is MISSING or other is None:
            if mine not in (*_EMPTY, False):
                yield Difference(Grade.WARNING, theirs[0], (), f"has no default; the contract's is {short(mine, _LONGEST)}")
        elif other != mine or isinstance(other, bool) != isinstance(mine, bool):
            yield Difference(
                Grade.ERROR, theirs[0], (), f"is {short(other, _LONGEST)} if left out; in the contract {short(mine, _LONGEST)}"
            )

    def _additional(self, name: str, ours: Form, theirs: Fields) -> Difference:
        place = theirs.named[name][0][0] if name in theirs.named else theirs.place
        forbidden = None if self._is_request or self._is_never_answered(place) else _forbidden(name, ours)
        if forbidden is not None:
            return Difference(Grade.ERROR, place, (name,), f"is the system's own, and not to be here ({forbidden})")
        if self._is_request and name in theirs.required:
            return Difference(Grade.ERROR, place, (name,), "is required; the contract does not know it")
        return Difference(Grade.NOTE, place, (name,), "is additional")

    def _unshown(self, other: Node) -> Iterator[Difference]:
        """Yield what of the user's own fields an answer has no place for, though it was taken."""
        forms = self._theirs.of(other)
        missing = _named(set(TYPES) - _all_types(forms), set(TYPES)) - {"null"}
        if missing and not any(form.is_unknown for form in forms):
            yield Difference(Grade.ERROR, other[0], ("*",), f"may be no {_bare(missing)}; in the contract they are the user's own")

    def _is_never_answered(self, place: Pointer) -> bool:
        _at, stated = self._theirs.schemas.resolved(place, self._theirs.schemas.document.get(place))
        return self._theirs.schemas.document.get(place) is False or stated.get("writeOnly") is True

    def _others(self, ours: Form, theirs: Fields) -> Iterator[Difference]:
        """Compare what fields without a name may be."""
        mine, other, place = ours.others, theirs.others, theirs.place
        is_of_user = mine is True or (is_free(ours) and self._is_request)
        if isinstance(other, tuple) and (isinstance(mine, tuple) or (is_of_user and self._is_request)):
            yield from (one.under("*") for one in self.of(mine if isinstance(mine, tuple) else ANYTHING, other))
        elif mine is True and isinstance(other, tuple):
            yield from self._unshown(other)
        elif isinstance(mine, tuple) and not theirs.named:
            said = "takes no fields" if other is False else "says nothing about the values of its fields"
            yield Difference(Grade.ERROR if other is False else Grade.WARNING, place, (), said)
        elif is_of_user and other is False:
            yield Difference(Grade.ERROR, place, (), "takes no other fields; in the contract they are the user's own")
        elif mine is True and other is None and self._is_request:
            said = "does not say that other fields are kept; in the contract they are the user's own"
            yield Difference(Grade.WARNING, place, (), said)


def _forbidden(name: str, ours: Form) -> str | None:
    """Return the requirement that forbids a field, or None."""
    stated = ours.first("x-reserved")
    requirement: str | None = stated["requirement"] if isinstance(stated, dict) and name in stated["fields"] else None
    return requirement


def _untyped(mine: list[Form], at: Node) -> Iterator[Difference]:
    if not any(form.is_open for form in mine):
        grade = Grade.NOTE if all(form.types == {"object"} and not form.properties for form in mine) else Grade.WARNING
        yield Difference(grade, at[0], (), f"says no type; the contract's is {_types(_all_types(mine))}")


def _is_of(form: Form, kind: str) -> bool:
    return kind in form.types or (kind == "number" and "integer" in form.types)


def _severity(one: Difference) -> int:
    return list(Grade).index(one.grade)


def _grade(limit: Limit, refused: Any) -> Grade:
    """Weigh a limit: what must be taken and is refused breaks a client, but a format is a remark to many."""
    if limit.is_asserted:
        return Grade.WARNING if refused is MISSING else Grade.ERROR
    return Grade.NOTE if refused is MISSING else Grade.WARNING


def _taken(ours: Form, theirs: list[Form], compare: _Compare) -> list[Difference]:
    """Return what keeps the alternatives from taking all that ours may be.

    What the nearest one cannot take, several may take together, such as a schema for each value of a tag.
    """
    best = min((list(compare(ours, [one])) for one in _nearest(ours, theirs)), key=_weight)
    related = [one for one in theirs if ours.properties.keys() & one.properties.keys()]
    if len(related) < 2 or not _weight(best)[0]:  # noqa: PLR2004
        return best
    return min(best, list(compare(ours, related)), key=_weight)


def _nearest(form: Form, among: list[Form]) -> list[Form]:
    """Return those that have most fields in common with a form: what means the same thing does, however it differs."""
    shared = [len(form.properties.keys() & one.properties.keys()) for one in among]
    return [one for one, number in zip(among, shared, strict=True) if number == max(shared)]


def _weight(differences: list[Difference]) -> tuple[int, ...]:
    return tuple(sum(one.grade == grade for one in differences) for grade in Grade)


def _place(form: Form) -> Pointer:
    return next((place[:-1] for place, _stated in form.all("properties")), form.parts[0][0] if form.parts else ())


def _all_types(forms: list[Form]) -> set[str]:
    return {name for form in forms for name in form.types}


def _named(types: set[str], among: set[str]) -> set[str]:
    """Leave out integers where all numbers are named."""
    return types - {"integer"} if "number" in among and "number" in types else types


def _types(types: Iterable[str]) -> str:
    found = set(types)
    return "anything" if found == set(TYPES) else listed(sorted(_named(found, found), key=lambda name: name == "null"))


def _bare(types: set[str]) -> str:
    return " or ".join(sorted(types))


def _texts(forms: list[Form]) -> set[str] | None:
    """Return the only texts that are let through, or None if any is."""
    found: set[str] = set()
    for form in forms:
        if "string" in form.types:
            if form.values is None:
                return None
            found |= {value for value in form.values if isinstance(value, str)}
    return found


def _some(values: set[str]) -> str:
    names = [short(value, 30) for value in sorted(values)]
    return ", ".join(names[:6]) + (f" … ({len(names)})" if len(names) > 6 else "")  # noqa: PLR2004
