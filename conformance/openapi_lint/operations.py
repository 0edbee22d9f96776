"""The contract's operations compared with those of a document: which are missing, and what is different in the others."""

from collections.abc import Iterator

from conformance.core.path_templates import anonymous
from conformance.core.pointers import Pointer
from conformance.openapi_lint.alternatives import Alternatives
from conformance.openapi_lint.compare import Comparison
from conformance.openapi_lint.difference import Difference
from conformance.openapi_lint.document import Document
from conformance.openapi_lint.document_operations import DocumentOperation, DocumentOperations
from conformance.openapi_lint.facts import ContractFacts
from conformance.openapi_lint.finding import Finding, Grade, Kind
from conformance.openapi_lint.index import DocumentIndex
from conformance.openapi_lint.matching import Match, matches
from conformance.openapi_lint.operation_comparison import OperationComparison
from conformance.openapi_lint.schemas import Schemas

_CORE = "core"  # the profile that every server has


class ContractComparison:
    """A contract compared with a document: `matches` has the document's operation for each of the contract's."""

    def __init__(self, theirs: Alternatives, facts: ContractFacts) -> None:
        self._facts = facts
        self._ours = DocumentOperations(_alternatives(facts))
        self._theirs = DocumentOperations(theirs)
        self._requests = Comparison(self._ours.alternatives, theirs, facts, is_request=True)
        self._responses = Comparison(self._ours.alternatives, theirs, facts, is_request=False)
        self.matches = matches(self._ours, self._theirs, facts.operations)

    @property
    def places(self) -> set[Pointer]:
        """The places of the document's operations that are compared."""
        return {match.theirs.place for match in self.matches if match.theirs is not None}

    def findings(self) -> Iterator[Finding]:
        """Yield a finding for each operation that is missing, and one for each difference."""
        unknown = {anonymous(path) for path in self._theirs.paths if self._theirs.is_unknown(("paths", path))}
        same: dict[tuple[object, ...], list[tuple[Difference, str]]] = {}
        for match in self.matches:
            if match.theirs is None and anonymous(match.ours.path) in unknown:
                continue
            if match.theirs is None or match.is_moved:
                yield self._missing(match)
            for one in self._differences(match.ours, match.theirs) if match.theirs is not None else ():
                # A schema that is used in many places, or in itself, is different once.
                key = *one[:2], one.path[0], one.path[-1], one.message
                same.setdefault(key, []).append((one, match.theirs.name if match.theirs is not None else ""))
        yield from map(_finding, same.values())

    def _differences(self, ours: DocumentOperation, theirs: DocumentOperation) -> Iterator[Difference]:
        facts = self._facts
        both = OperationComparison(self._ours, self._theirs, ours, theirs, self._requests, self._responses, facts.common_statuses)
        return map(self._weighed, both.differences())

    def _weighed(self, one: Difference) -> Difference:
        """Make a warning of what is missing if only an optional profile asks for it."""
        profile = self._facts.optional_profiles.get(one.path[-1].rpartition(" ")[2])
        if profile is None or not one.message.startswith("is not there"):
            return one
        return one._replace(grade=Grade.WARNING, message=f"is not there{_optional(profile)}")

    def _missing(self, match: Match) -> Finding:
        """Return the finding of an operation that the document lacks: an error only if every server must have it."""
        profile = match.operation.profile
        place, message = self._instead(match)
        grade = Grade.ERROR if profile == _CORE else Grade.WARNING
        message = f"is not in the document{message}" + ("" if profile == _CORE else _optional(profile))
        return Finding(Kind.OPERATION, grade, place, match.ours.name, message, contract=True)

    def _instead(self, match: Match) -> tuple[Pointer, str]:
        """Return what the document has instead of an operation, and where."""
        if match.theirs is not None:
            return match.theirs.place, f"; {match.theirs.name} takes much the same body and is compared in its place"
        others = [one for one in self._theirs.all if anonymous(match.ours.path) in self._theirs.addresses(one)]
        if others:
            return others[0].place[:-1], f"; the path has {', '.join(one.method for one in others)}"
        return ("paths",) if "paths" in self._theirs.document.root else (), ""


def _alternatives(facts: ContractFacts) -> Alternatives:
    """Return the schemas of the contract's own document."""
    content = facts.document.content
    return Alternatives(Schemas(DocumentIndex(Document(content, str(content["openapi"])))))


def _optional(profile: str) -> str:
    return f" (profile {profile}, which a server may lack)"


def _finding(same: list[tuple[Difference, str]]) -> Finding:
    """Make one finding of a difference in several operations, with the shortest path to it."""
    one, name = min(same, key=lambda difference: len(difference[0].path))
    path = "".join(part if part == "[]" or index == 0 else f".{part}" for index, part in enumerate(one.path[1:]))
    message = " ".join(part for part in (one.path[0], f"`{path}`" if path else "", one.message) if part)
    names = frozenset(name for _one, name in same)
    return Finding(Kind.OPERATION, one.grade, one.place, name, message, operations=names, contract=True)
