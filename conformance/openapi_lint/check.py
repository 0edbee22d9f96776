"""All that is judged of a document."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from conformance.core.pointers import Pointer
from conformance.openapi_lint import defaults, examples, operations, unions
from conformance.openapi_lint.alternatives import Forms
from conformance.openapi_lint.document import Document
from conformance.openapi_lint.duplicate_keys import Repeats, described
from conformance.openapi_lint.finding import Finding, Grade, Kind, merged
from conformance.openapi_lint.index import Named, Places, Usage
from conformance.openapi_lint.messages import Explainer
from conformance.openapi_lint.schemas import Schemas, Unjudged, unusable
from conformance.reporting.messages import short


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found, the edition of OpenAPI that the document was read as, and how much there was to look at."""

    findings: list[Finding]
    version: str
    read_as: str
    operations: int
    contract: int
    of_contract: int
    unjudged: list[Unjudged]


def check(document: Document) -> Judged:
    """Judge a document against itself and against the contract."""
    places = Places(document)
    schemas, usage = Schemas(places), Usage(places)
    forms = Forms(schemas)
    calls = operations.Calls(forms)
    pairs = operations.pairs(calls)
    matched = {pair.theirs.place for pair in pairs if pair.theirs is not None}
    own, against = list(_own(forms, usage)), list(operations.differences(calls, pairs))
    unjudged = list(schemas.unjudged())  # after all else, for it is what that could not judge
    found = merged([*(_placed(one, usage, matched) for one in (*own, *_notes(unjudged))), *against])
    there = sum(pair.theirs is not None and not pair.moved for pair in pairs)
    return Judged(found, document.version, document.read_as, len(usage.operations), there, len(pairs), unjudged)


def _own(forms: Forms, usage: Usage) -> Iterator[Finding]:
    """Yield what a document says against itself."""
    schemas, explainer = forms.schemas, Explainer(forms.schemas)
    yield from _keys(forms.schemas.document.repeats)
    yield from _references(schemas)
    yield from _keywords(schemas)
    yield from examples.contradictions(schemas, usage, explainer)
    yield from defaults.refused(schemas, explainer)
    yield from unions.swallowed(forms, explainer)


def _notes(unjudged: list[Unjudged]) -> Iterator[Finding]:
    for one in unjudged:
        said = f"not judged: {one.reason} ({short(one.about, 60)})"
        yield Finding(Kind.SCHEMA, Grade.NOTE, one.place, "", said)


def _placed(one: Finding, usage: Usage, matched: set[Pointer]) -> Finding:
    users = usage.of(one.place)
    return replace(one, subject=usage.subject(one.place), operations=usage.named(one.place), contract=bool(users & matched))


def _keys(repeats: Repeats) -> Iterator[Finding]:
    """Yield what stands twice; the document then means to each reader something else, so it is an error where something is lost."""
    for one in repeats.shown:
        grade = Grade.WARNING if one.is_merge else Grade.ERROR
        yield Finding(Kind.KEY, grade, one.place, "", f"{short(str(one.place[-1]), 60)} {described(one)}")
    if repeats.more:
        yield Finding(Kind.KEY, Grade.ERROR, (), "", f"and {repeats.more:,} more keys stand twice")


def _references(schemas: Schemas) -> Iterator[Finding]:
    places = schemas.places
    for named in places.dangling:
        yield _reference(Grade.ERROR, named, f"leads nowhere{_within(places, named)}")
    for named in places.outside:
        yield _reference(Grade.WARNING, named, "leads out of the document; it was not followed, and nothing is said about it")
    for named in places.customary:
        said = f"is read as the document's, as many tools do; by JSON Schema it leads nowhere{_within(places, named)}"
        yield _reference(Grade.WARNING, named, said)
    for circle in schemas.circles:
        way = " → ".join(short(places.said(place)) for place in circle[:5])
        more = f" and {len(circle) - 5} more" if len(circle) > 5 else ""  # noqa: PLR2004
        yield Finding(Kind.REFERENCE, Grade.ERROR, circle[0], "", f"{way}{more} lead to each other, and no value comes of it")


def _reference(grade: Grade, named: Named, said: str) -> Finding:
    return Finding(Kind.REFERENCE, grade, named.site.place, "", f"{short(named.said)} {said}")


def _within(places: Places, named: Named) -> str:
    """Say what a reference is resolved against, where that is not the document."""
    home = places.identifiers.home(named.site.place)
    return f" in {short(places.identifiers.base(home))}, the `$id` around it" if home else ""


def _keywords(schemas: Schemas) -> Iterator[Finding]:
    places = schemas.places
    for place in schemas.entangled:
        yield Finding(Kind.SCHEMA, Grade.WARNING, place, "", "has so many alternatives in alternatives that it was passed over")
    for site in places.of("schema"):
        for key in unusable(site.node, is_3_0=places.document.is_3_0):
            said = f"`{key}: {short(site.node[key], 60)}` is nothing that `{key}` can be; it was passed over"
            yield Finding(Kind.SCHEMA, Grade.WARNING, (*site.place, key), "", said)
        if isinstance(site.node, dict) and "nullable" in site.node and not places.document.is_3_0:
            said = f'`nullable` means nothing in OpenAPI {places.document.edition}; `type: [..., "null"]` does'
            yield Finding(Kind.SCHEMA, Grade.WARNING, (*site.place, "nullable"), "", said)
