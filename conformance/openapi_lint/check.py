"""All findings on a document: what it says against itself, and what is different from a contract."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from conformance.core.display import short
from conformance.core.pointers import Pointer
from conformance.openapi_lint import defaults, examples, unions
from conformance.openapi_lint.alternatives import Alternatives
from conformance.openapi_lint.document import Document
from conformance.openapi_lint.duplicate_keys import DuplicateKeys, described
from conformance.openapi_lint.facts import ContractFacts
from conformance.openapi_lint.finding import Finding, Grade, Kind, merged
from conformance.openapi_lint.index import DocumentIndex, Reference
from conformance.openapi_lint.keywords import invalid_keywords
from conformance.openapi_lint.messages import ErrorMessages
from conformance.openapi_lint.operations import ContractComparison
from conformance.openapi_lint.schemas import Schemas, Unjudged
from conformance.openapi_lint.usage import Usage

_LONGEST = 60
_MOST_IN_CIRCLE = 5


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many operations a contract has, and how many of them the document has at the same address."""

    operations: int
    present: int


@dataclass(frozen=True, slots=True)
class LintResult:
    """All findings on a document, and what was judged.

    `read_as` is the edition of OpenAPI that the document was judged by, `operations` counts those that it describes, and `coverage` is
    None if it was compared with no contract.
    """

    findings: list[Finding]
    version: str
    read_as: str
    operations: int
    coverage: Coverage | None
    unjudged: list[Unjudged]


def check(document: Document, facts: ContractFacts | None = None) -> LintResult:
    """Judge a document by itself and, if the facts of a contract are given, by that contract."""
    index = DocumentIndex(document)
    usage, alternatives = Usage(index), Alternatives(Schemas(index))
    comparison = None if facts is None else ContractComparison(alternatives, facts)
    own = list(_own_findings(alternatives, usage))
    differences = [] if comparison is None else list(comparison.findings())
    unjudged = list(alternatives.schemas.unjudged())  # it is only known after everything else
    compared = set() if comparison is None else comparison.places
    placed = [_with_users(one, usage, compared) for one in (*own, *_notes(unjudged))]
    coverage = None if comparison is None else _coverage(comparison)
    findings = merged([*placed, *differences])
    return LintResult(findings, document.version, document.read_as, len(usage.operations), coverage, unjudged)


def _coverage(comparison: ContractComparison) -> Coverage:
    present = sum(match.theirs is not None and not match.is_moved for match in comparison.matches)
    return Coverage(len(comparison.matches), present)


def _own_findings(alternatives: Alternatives, usage: Usage) -> Iterator[Finding]:
    """Yield what is wrong in a document whatever the contract is."""
    schemas, messages = alternatives.schemas, ErrorMessages(alternatives.schemas)
    yield from _duplicate_keys(schemas.document.duplicate_keys)
    yield from _references(schemas)
    yield from _keywords(schemas)
    yield from examples.invalid_examples(schemas, usage, messages)
    yield from defaults.invalid_defaults(schemas, messages)
    yield from unions.permissive_unions(alternatives, messages)


def _notes(unjudged: list[Unjudged]) -> Iterator[Finding]:
    for one in unjudged:
        message = f"not judged: {one.reason} ({short(one.about, _LONGEST)})"
        yield Finding(Kind.SCHEMA, Grade.NOTE, one.place, "", message)


def _with_users(one: Finding, usage: Usage, compared: set[Pointer]) -> Finding:
    """Return a finding with the operations that it touches; `compared` are those that are the contract's."""
    is_of_contract = bool(usage.of(one.place) & compared)
    return replace(one, subject=usage.subject(one.place), operations=usage.names(one.place), contract=is_of_contract)


def _duplicate_keys(keys: DuplicateKeys) -> Iterator[Finding]:
    """Yield the keys that stand twice in one object: readers differ in what they take, so it is an error if a value can get lost."""
    for one in keys.shown:
        grade = Grade.WARNING if one.is_merge else Grade.ERROR
        yield Finding(Kind.KEY, grade, one.place, "", f"{short(str(one.place[-1]), _LONGEST)} {described(one)}")
    if keys.more:
        yield Finding(Kind.KEY, Grade.ERROR, (), "", f"and {keys.more:,} more keys stand twice")


def _references(schemas: Schemas) -> Iterator[Finding]:
    index = schemas.index
    for reference in index.dangling:
        yield _reference(Grade.ERROR, reference, f"leads nowhere{_within(index, reference)}")
    for reference in index.outside:
        yield _reference(Grade.WARNING, reference, "leads out of the document; it was not followed, and nothing is said about it")
    for reference in index.customary:
        message = f"is read as the document's, as many tools do; by JSON Schema it leads nowhere{_within(index, reference)}"
        yield _reference(Grade.WARNING, reference, message)
    for circle in schemas.circles:
        yield Finding(Kind.REFERENCE, Grade.ERROR, circle[0], "", _circle(index, circle))


def _reference(grade: Grade, reference: Reference, message: str) -> Finding:
    return Finding(Kind.REFERENCE, grade, reference.site.place, "", f"{short(reference.uri)} {message}")


def _within(index: DocumentIndex, reference: Reference) -> str:
    """Name the schema that a reference is resolved against, if that is not the document."""
    resource = index.identifiers.resource(reference.site.place)
    return f" in {short(index.identifiers.base_uri(resource))}, the `$id` around it" if resource else ""


def _circle(index: DocumentIndex, circle: list[Pointer]) -> str:
    steps = " → ".join(short(index.uri(place)) for place in circle[:_MOST_IN_CIRCLE])
    more = len(circle) - _MOST_IN_CIRCLE
    return f"{steps}{f' and {more} more' if more > 0 else ''} lead to each other, and no value comes of it"


def _keywords(schemas: Schemas) -> Iterator[Finding]:
    """Yield the schemas and keywords that are passed over."""
    document = schemas.document
    for place in schemas.too_complex:
        message = "has so many alternatives in alternatives that it was passed over"
        yield Finding(Kind.SCHEMA, Grade.WARNING, place, "", message)
    for site in schemas.index.of("schema"):
        for key in invalid_keywords(site.node, is_3_0=document.is_3_0):
            message = f"`{key}: {short(site.node[key], _LONGEST)}` is nothing that `{key}` can be; it was passed over"
            yield Finding(Kind.SCHEMA, Grade.WARNING, (*site.place, key), "", message)
        if isinstance(site.node, dict) and "nullable" in site.node and not document.is_3_0:
            message = f'`nullable` means nothing in OpenAPI {document.edition}; `type: [..., "null"]` does'
            yield Finding(Kind.SCHEMA, Grade.WARNING, (*site.place, "nullable"), "", message)
