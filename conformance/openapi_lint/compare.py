"""Compares a schema of another document with the contract's.

A request must accept everything that the contract lets a client send. A response must hold nothing that the contract does not let a
client expect. So the same difference has another weight in each direction.
"""

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any, TypeAlias

from conformance.core.display import short
from conformance.core.json_text import dumps, loads
from conformance.core.pointers import MISSING, Pointer
from conformance.openapi_lint.alternatives import Alternative, Alternatives, SchemaPlaces
from conformance.openapi_lint.difference import Difference, weight
from conformance.openapi_lint.facts import ContractFacts
from conformance.openapi_lint.fields import Fields
from conformance.openapi_lint.finding import Grade
from conformance.openapi_lint.limits import KINDS, Limit, less_accepted, limits, more_accepted
from conformance.openapi_lint.probes import ANYTHING, Probes, has_users_keys, is_user_data
from conformance.openapi_lint.schemas import LENIENT, STRICT, ValidationMode
from conformance.openapi_lint.type_names import TYPES, any_of, without_integer
from conformance.openapi_lint.usage import Side

_LONGEST, _LONGEST_LISTED, _MOST_LISTED = 80, 30, 6
_EMPTY: tuple[Any, ...] = (None, [], {})
_Compare: TypeAlias = Callable[[Alternative, list[Alternative]], Iterator[Difference]]


class Comparison:
    """Compares schemas of the contract's document (ours) with those of another (theirs) in one direction; each pair only once."""

    def __init__(self, ours: Alternatives, theirs: Alternatives, facts: ContractFacts, *, is_request: bool) -> None:
        self._ours = ours
        self._theirs = theirs
        self._must_accept = facts.limits
        self._is_request = is_request
        self._probes = Probes(ours, facts)
        self._known: dict[tuple[SchemaPlaces, tuple[SchemaPlaces, ...]], tuple[Difference, ...]] = {}

    def of(self, ours: SchemaPlaces, *theirs: SchemaPlaces) -> tuple[Difference, ...]:
        """Return the differences between a schema and another one, or several of which any may hold.

        Where a schema contains itself, it is taken to agree.
        """
        key = ours, theirs
        if key not in self._known:
            self._known[key] = ()
            self._known[key] = tuple(dict.fromkeys(self._compared(ours, theirs)))
        return self._known[key]

    def _compared(self, ours: SchemaPlaces, theirs: tuple[SchemaPlaces, ...]) -> Iterator[Difference]:
        mine, others = self._ours.of(ours), [one for places in theirs for one in self._theirs.of(places)]
        is_untyped = any(one.is_untyped for one in mine)
        if any(one.is_unknown for one in others) or (is_untyped and not self._is_request):
            return
        # A schema without a type is no promise that every value is accepted, unless it is for the user's data.
        is_promised = not is_untyped or any(is_user_data(one) for one in mine)
        for one in self._differences(mine, others, theirs):
            yield one if is_promised else one.at_most_warning()

    def _differences(
        self, mine: list[Alternative], others: list[Alternative], theirs: tuple[SchemaPlaces, ...]
    ) -> Iterator[Difference]:
        place = theirs[0][0]
        is_untyped = any(one.is_untyped for one in others)
        if is_untyped:
            yield from _untyped(mine, place)
        else:
            yield from self._types(_all_types(mine), _all_types(others), place)
            yield from self._values(mine, others, place)
        if self._is_request:
            yield from self._examples(mine, theirs)
            yield from self._limits(mine, others, theirs)
        if not is_untyped:
            yield from self._best(mine, others, "array", self._items)
            yield from self._best(mine, others, "object", self._objects)

    # Types and listed values

    def _types(self, ours: set[str], theirs: set[str], place: Pointer) -> Iterator[Difference]:
        missing, extra = without_integer(ours - theirs, ours), without_integer(theirs - ours, theirs)
        if self._is_request:
            if missing:
                # Null is how "nothing" is sent. Servers read it differently in the user's own data, so that promises nothing.
                grade = Grade.WARNING if missing == {"null"} and ours == set(TYPES) else Grade.ERROR
                yield Difference(grade, place, (), f"takes no {_either(missing)}; the contract's may be {any_of(ours)}")
            if extra:
                yield Difference(Grade.WARNING, place, (), f"also takes {any_of(extra)}; the contract's is {any_of(ours)}")
        elif extra:
            grade = Grade.WARNING if extra == {"number"} and "integer" in ours else Grade.ERROR
            yield Difference(grade, place, (), f"may be {any_of(extra)}; the contract's is {any_of(ours)}")

    def _values(self, mine: list[Alternative], others: list[Alternative], place: Pointer) -> Iterator[Difference]:
        """Compare the texts that each side lists as the only ones."""
        if not any("string" in one.types for one in mine) or not any("string" in one.types for one in others):
            return
        ours, theirs = _listed_texts(mine), _listed_texts(others)
        if theirs is None:
            if ours is not None:
                yield Difference(Grade.WARNING, place, (), f"lists no values; the contract's are {_some(ours)}")
            return
        if self._is_request:
            yield from _refused_texts(ours, theirs, _known_texts(mine), place)
        if more := set() if ours is None else theirs - ours:
            grade, verb = (Grade.WARNING, "also takes") if self._is_request else (Grade.ERROR, "may also be")
            yield Difference(grade, place, (), f"{verb} {_some(more)}, which the contract does not know")

    # Values that a request must accept

    def _examples(self, mine: list[Alternative], theirs: tuple[SchemaPlaces, ...]) -> Iterator[Difference]:
        """Yield the values that the contract says are accepted (`x-taken`), and that are refused."""
        for example in dict.fromkeys(
            dumps(value) for one in mine for _place, stated in one.values_of("x-taken") for value in stated
        ):
            if not self._is_accepted(value := loads(example), theirs):
                message = f"refuses {short(value, _LONGEST)}; the contract takes it"
                yield Difference(Grade.ERROR, theirs[0][0], (), message)

    def _limits(self, mine: list[Alternative], others: list[Alternative], theirs: tuple[SchemaPlaces, ...]) -> Iterator[Difference]:
        """Compare all limits but types, for each type of value; a limit for several types is one difference."""
        worst: dict[Pointer, Difference] = {}
        for ours, kind in product(mine, KINDS):
            likely = [one for one in others if _may_be(one, kind)] if _may_be(ours, kind) else []
            for one in self._limited(ours, _nearest(ours, likely), kind, theirs) if likely else ():
                worst[one.place] = min(worst.get(one.place, one), one, key=lambda difference: difference.severity)
        yield from worst.values()

    def _limited(
        self, ours: Alternative, nearest: list[Alternative], kind: str, theirs: tuple[SchemaPlaces, ...]
    ) -> Iterator[Difference]:
        refused = self._refused(self._probes.of(ours, kind), nearest, kind, theirs)
        is_only_one = len(nearest) == 1
        for limit in limits(nearest[0], kind):
            value = refused.get(limit.key, MISSING)
            message = less_accepted(limit, ours, nearest[0], self._must_accept, value)
            if message is not None and (value is not MISSING or is_only_one):
                yield Difference(_grade(limit, value), (*limit.place, limit.keywords[0]), (), message)
        if is_only_one and kind == "number":
            place = nearest[0].parts[0][0]
            yield from (Difference(Grade.WARNING, place, (), message) for message in more_accepted(ours, nearest[0]))

    def _refused(
        self, probes: list[Any], nearest: list[Alternative], kind: str, theirs: tuple[SchemaPlaces, ...]
    ) -> dict[tuple[Any, ...], Any]:
        """Return a value for each limit that keeps a value from being accepted."""
        refused: dict[tuple[Any, ...], Any] = {}
        for value in probes:
            refusing = [self._refusing_limits(value, one, kind) for one in nearest]
            # A format counts only if nothing else refuses the value.
            is_asserted = any(limit.is_asserted for refusals in refusing for limit in refusals)
            if all(refusing) and not self._is_accepted(value, theirs, LENIENT if is_asserted else STRICT):
                for limit in refusing[0]:
                    refused.setdefault(limit.key, value)
        return refused

    def _refusing_limits(self, value: Any, alternative: Alternative, kind: str) -> list[Limit]:
        schemas, mode = self._theirs.schemas, STRICT.for_side(Side.REQUEST)
        return [limit for limit in limits(alternative, kind) if not schemas.holds(limit.place, limit.keywords, value, mode)]

    def _is_accepted(self, value: Any, theirs: tuple[SchemaPlaces, ...], mode: ValidationMode = LENIENT) -> bool:
        """Whether one of their schemas accepts the whole value."""
        fits, of_request = self._theirs.schemas.fits, mode.for_side(Side.REQUEST)
        return any(all(fits(place, value, of_request) for place in places) for places in theirs)

    # Lists and objects

    def _best(self, mine: list[Alternative], others: list[Alternative], kind: str, compare: _Compare) -> Iterator[Difference]:
        """Compare each alternative that must have a match with the one that matches it best."""
        ours, theirs = ([one for one in alternatives if kind in one.types] for alternatives in (mine, others))
        if not ours or not theirs:
            return
        if self._is_request:
            for one in ours:
                yield from _fewest(one, theirs, compare)
        else:
            for other in theirs:
                yield from min((list(compare(one, [other])) for one in _nearest(other, ours)), key=weight)

    def _items(self, ours: Alternative, theirs: list[Alternative]) -> Iterator[Difference]:
        stated = [one.items for one in theirs if one.items]
        if stated and (ours.items or is_user_data(ours)):
            yield from (one.under("[]") for one in self.of(ours.items or ANYTHING, *stated))
        elif ours.items and theirs[0].parts and theirs[0].first("prefixItems") is MISSING:
            yield Difference(Grade.WARNING, theirs[0].parts[0][0], (), "says nothing about the items of the list")

    def _objects(self, ours: Alternative, alternatives: list[Alternative]) -> Iterator[Difference]:
        theirs = Fields.of(alternatives)
        for name, places in ours.properties.items():
            yield from self._field(name, places, ours, theirs)
        for name in sorted((theirs.named.keys() | theirs.required) - ours.properties.keys()):
            additional = self._additional_field(name, ours, theirs)
            # Where the contract names no field, none is more than it names.
            if ours.properties or additional.grade != Grade.NOTE:
                yield additional
            if self._is_request and has_users_keys(ours) and name in theirs.named:
                yield from (one.under(name) for one in self.of(ANYTHING, *theirs.named[name]))
        yield from self._other_fields(ours, theirs)

    def _field(self, name: str, places: SchemaPlaces, ours: Alternative, theirs: Fields) -> Iterator[Difference]:
        schemas = theirs.schemas_of(name)
        if not schemas:
            yield self._missing_field(name, places, ours, theirs)
            return
        yield from (one.under(name) for one in self.of(places, *schemas))
        yield from self._required(name, schemas[0][0], ours, theirs)
        if self._is_request:
            yield from (one.under(name) for one in self.default(places, schemas[0]))

    def _missing_field(self, name: str, places: SchemaPlaces, ours: Alternative, theirs: Fields) -> Difference:
        is_optional = name not in ours.required and "null" in _all_types(self._ours.of(places))
        may_be_absent = is_optional and not self._is_request
        if theirs.additional is True:
            grade = Grade.NOTE if may_be_absent else Grade.WARNING
            return Difference(grade, theirs.place, (name,), "is not named; any field is let through")
        if self._is_request:
            message = "is refused" if theirs.additional is False else "is not there"
            return Difference(Grade.ERROR, theirs.place, (name,), f"{message}; the contract's may have it")
        grade = Grade.WARNING if may_be_absent else Grade.ERROR
        return Difference(grade, theirs.place, (name,), "is not there; the contract's has it")

    def _required(self, name: str, place: Pointer, ours: Alternative, theirs: Fields) -> Iterator[Difference]:
        if name in theirs.required and name not in ours.required and self._is_request:
            yield Difference(Grade.ERROR, place, (name,), "is required; in the contract it may be left out")
        if name in ours.required and name not in theirs.required:
            grade = Grade.WARNING if self._is_request else Grade.ERROR
            yield Difference(grade, place, (name,), "may be left out; in the contract it is required")

    def default(self, ours: SchemaPlaces, theirs: SchemaPlaces) -> Iterator[Difference]:
        """Compare what a server assumes if a field is left out."""
        mine, other = self._ours.of(ours)[0].first("default"), self._theirs.of(theirs)[0].first("default")
        place = theirs[0]
        if mine is MISSING:
            if other is not MISSING and other not in _EMPTY:
                yield Difference(Grade.NOTE, place, (), f"is {short(other, _LONGEST)} if left out; the contract says nothing")
        elif other is MISSING or other is None:
            if mine not in (*_EMPTY, False):
                yield Difference(Grade.WARNING, place, (), f"has no default; the contract's is {short(mine, _LONGEST)}")
        elif other != mine or isinstance(other, bool) != isinstance(mine, bool):
            message = f"is {short(other, _LONGEST)} if left out; in the contract {short(mine, _LONGEST)}"
            yield Difference(Grade.ERROR, place, (), message)

    def _additional_field(self, name: str, ours: Alternative, theirs: Fields) -> Difference:
        place = theirs.named[name][0][0] if name in theirs.named else theirs.place
        requirement = None if self._is_request or self._is_never_answered(place) else _forbidden_by(name, ours)
        if requirement is not None:
            return Difference(Grade.ERROR, place, (name,), f"is the system's own, and not to be here ({requirement})")
        if self._is_request and name in theirs.required:
            return Difference(Grade.ERROR, place, (name,), "is required; the contract does not know it")
        return Difference(Grade.NOTE, place, (name,), "is additional")

    def _is_never_answered(self, place: Pointer) -> bool:
        schema = self._theirs.schemas.document.get(place)
        _at, resolved = self._theirs.schemas.resolved(place, schema)
        return schema is False or resolved.get("writeOnly") is True

    def _other_fields(self, ours: Alternative, theirs: Fields) -> Iterator[Difference]:
        """Compare what fields that are not named may be."""
        mine, other = ours.additional, theirs.additional
        is_users = mine is True or (has_users_keys(ours) and self._is_request)
        if isinstance(mine, tuple) and (isinstance(other, tuple) or not theirs.named):
            yield from self._values_of_map(mine, theirs)
        elif is_users and isinstance(other, tuple):
            yield from self._users_fields(other)
        elif is_users and other is False:
            yield Difference(Grade.ERROR, theirs.place, (), "takes no other fields; in the contract they are the user's own")
        elif mine is True and other is None and self._is_request:
            message = "does not say that other fields are kept; in the contract they are the user's own"
            yield Difference(Grade.WARNING, theirs.place, (), message)

    def _values_of_map(self, mine: SchemaPlaces, theirs: Fields) -> Iterator[Difference]:
        """Compare the values of an object whose keys are not fixed."""
        other = theirs.additional
        if isinstance(other, tuple):
            yield from (one.under("*") for one in self.of(mine, other))
        elif other is False:
            yield Difference(Grade.ERROR, theirs.place, (), "takes no fields")
        else:
            yield Difference(Grade.WARNING, theirs.place, (), "says nothing about the values of its fields")

    def _users_fields(self, other: SchemaPlaces) -> Iterator[Difference]:
        """Compare the fields that a user may choose with what the document lets them be."""
        if self._is_request:
            yield from (one.under("*") for one in self.of(ANYTHING, other))
        else:
            yield from self._unanswerable(other)

    def _unanswerable(self, other: SchemaPlaces) -> Iterator[Difference]:
        """Yield the types that a user's field may have, and that an answer cannot show."""
        alternatives = self._theirs.of(other)
        missing = without_integer(set(TYPES) - _all_types(alternatives), TYPES) - {"null"}
        if missing and not any(one.is_unknown for one in alternatives):
            message = f"may be no {_either(missing)}; in the contract they are the user's own"
            yield Difference(Grade.ERROR, other[0], ("*",), message)


def _forbidden_by(name: str, ours: Alternative) -> str | None:
    """Return the requirement that forbids a field (`x-reserved`), or None."""
    stated = ours.first("x-reserved")
    requirement: str | None = stated["requirement"] if isinstance(stated, dict) and name in stated["fields"] else None
    return requirement


def _untyped(mine: list[Alternative], place: Pointer) -> Iterator[Difference]:
    if not any(one.is_untyped for one in mine):
        grade = Grade.NOTE if all(one.types == {"object"} and not one.properties for one in mine) else Grade.WARNING
        yield Difference(grade, place, (), f"says no type; the contract's is {any_of(_all_types(mine))}")


def _refused_texts(ours: set[str] | None, theirs: set[str], known: set[str], place: Pointer) -> Iterator[Difference]:
    """Compare the only texts that a request accepts with those that the contract lists, or else names as known."""
    if ours is None and not known:
        yield Difference(Grade.ERROR, place, (), f"takes only {_some(theirs)}; the contract takes any text")
    elif refused := (known if ours is None else ours) - theirs:
        yield Difference(Grade.ERROR, place, (), f"does not take {_some(refused)}, which the contract does")


def _listed_texts(alternatives: list[Alternative]) -> set[str] | None:
    """Return the only texts that are allowed, or None if any is."""
    texts: set[str] = set()
    for one in alternatives:
        if "string" in one.types:
            if one.values is None:
                return None
            texts |= {value for value in one.values if isinstance(value, str)}
    return texts


def _known_texts(alternatives: list[Alternative]) -> set[str]:
    return {value for one in alternatives for _place, stated in one.values_of("x-known") for value in stated}


def _may_be(alternative: Alternative, kind: str) -> bool:
    return kind in alternative.types or (kind == "number" and "integer" in alternative.types)


def _grade(limit: Limit, refused: Any) -> Grade:
    """Return the grade of a limit: to refuse what must be accepted breaks clients, but many readers ignore a format."""
    if limit.is_asserted:
        return Grade.WARNING if refused is MISSING else Grade.ERROR
    return Grade.NOTE if refused is MISSING else Grade.WARNING


def _fewest(ours: Alternative, theirs: list[Alternative], compare: _Compare) -> list[Difference]:
    """Return the differences from the alternative that is nearest, or from all related ones together if those are fewer.

    Several may accept together what none accepts alone, such as a schema for each value of a tag.
    """
    best = min((list(compare(ours, [one])) for one in _nearest(ours, theirs)), key=weight)
    related = [one for one in theirs if ours.properties.keys() & one.properties.keys()]
    if len(related) < 2 or not weight(best)[0]:  # noqa: PLR2004
        return best
    return min(best, list(compare(ours, related)), key=weight)


def _nearest(alternative: Alternative, among: list[Alternative]) -> list[Alternative]:
    """Return those with most fields in common with an alternative, for they mean the same thing, however they differ."""
    shared = [len(alternative.properties.keys() & one.properties.keys()) for one in among]
    return [one for one, number in zip(among, shared, strict=True) if number == max(shared)]


def _all_types(alternatives: list[Alternative]) -> set[str]:
    return {name for one in alternatives for name in one.types}


def _either(types: set[str]) -> str:
    return " or ".join(sorted(types))


def _some(values: set[str]) -> str:
    names = [short(value, _LONGEST_LISTED) for value in sorted(values)]
    return ", ".join(names[:_MOST_LISTED]) + (f" … ({len(names)})" if len(names) > _MOST_LISTED else "")
