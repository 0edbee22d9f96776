"""One operation as the contract's document and another one describe it: parameters, body and answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from conformance.core.pointers import MISSING, Pointer
from conformance.openapi_lint.compare import Comparison
from conformance.openapi_lint.difference import Difference
from conformance.openapi_lint.document_operations import DocumentOperation, DocumentOperations
from conformance.openapi_lint.finding import Grade

_IGNORED_HEADERS = frozenset({"accept", "content-type", "authorization"})  # OpenAPI describes them elsewhere
_RESPONSE = "response"


@dataclass(slots=True)
class OperationComparison:
    """One operation in both documents; any operation may answer with `common_statuses`."""

    our_document: DocumentOperations
    their_document: DocumentOperations
    ours: DocumentOperation
    theirs: DocumentOperation
    requests: Comparison
    responses: Comparison
    common_statuses: frozenset[str]

    def differences(self) -> Iterator[Difference]:
        """Yield what is different: in the parameters, the body, and the answers."""
        yield from self._path_parameters()
        yield from self._parameters()
        yield from self._additional_parameters()
        yield from self._body()
        yield from self._answers()

    def _path_parameters(self) -> Iterator[Difference]:
        """Compare the parameters in the path by their order, because their names are never sent."""
        for our_name, name in zip(self.ours.path_parameters, self.theirs.path_parameters, strict=False):
            at = self.theirs.parameters.get(("path", name))
            if at is not None:
                yield from self._parameter_schema(self.ours.parameters["path", our_name], at, f"path parameter {name}")
            elif not self.theirs.has_unknown_parameters:
                yield Difference(Grade.WARNING, self.theirs.place, ("path",), f"parameter `{name}` is not described")

    def _parameters(self) -> Iterator[Difference]:
        for (where, name), place in self.ours.parameters.items():
            if where != "path":
                label = f"{where} parameter {self.our_document.document.get(place)['name']}"
                yield from self._parameter(place, self.theirs.parameters.get((where, name)), label)

    def _parameter(self, ours: Pointer, theirs: Pointer | None, label: str) -> Iterator[Difference]:
        if theirs is not None:
            if self._is_required(theirs):
                yield Difference(Grade.ERROR, theirs, (label,), "is required; in the contract it may be left out")
            yield from self._parameter_schema(ours, theirs, label)
        elif not self.theirs.has_unknown_parameters:
            yield Difference(Grade.ERROR, self.theirs.place, (label,), "is not there")

    def _additional_parameters(self) -> Iterator[Difference]:
        for (where, name), at in self.theirs.parameters.items():
            is_known = where == "path" or (where, name) in self.ours.parameters
            if is_known or (where == "header" and name in _IGNORED_HEADERS):
                continue
            label = f"{where} parameter {name}"
            if self._is_required(at):
                yield Difference(Grade.ERROR, at, (label,), "is required; the contract does not know it")
            else:
                yield Difference(Grade.NOTE, at, (label,), "is additional")

    def _is_required(self, parameter: Pointer) -> bool:
        return self.their_document.document.get(parameter).get("required") is True

    def _parameter_schema(self, ours: Pointer, theirs: Pointer, label: str) -> Iterator[Difference]:
        """Compare a parameter's schema. Neither null nor an empty text can be sent, so it does not matter whether they are allowed."""
        mine, other = ((*ours, "schema"),), ((*theirs, "schema"),)
        if self.their_document.document.get(other[0]) is MISSING:
            return
        for one in (*self.requests.of(mine, other), *self.requests.default(mine, other)):
            if "also takes null" not in one.message and "minLength" not in one.message:
                yield one.under(label)

    def _body(self) -> Iterator[Difference]:
        ours, theirs = ((*operation.place, "requestBody") for operation in (self.ours, self.theirs))
        if self.their_document.is_unknown(theirs):
            return
        _place, our_body = self.our_document.resolved(ours)
        place, their_body = self.their_document.resolved(theirs)
        schema = self.their_document.json(theirs)
        if not our_body:
            if their_body.get("required") is True:
                yield Difference(Grade.ERROR, place, ("request",), "has a required body; in the contract it has none")
        elif schema is None:
            yield Difference(Grade.ERROR, place if their_body else self.theirs.place, ("request",), "takes no JSON body")
        else:
            yield from _required_body(place, our_body, their_body)
            yield from (one.under("request") for one in self.requests.of((self.our_document.json(ours) or (),), (schema,)))

    def _answers(self) -> Iterator[Difference]:
        mine, other = ((*operation.place, "responses") for operation in (self.ours, self.theirs))
        ours, theirs = self.our_document.document.get(mine), self.their_document.document.get(other)
        theirs = theirs if isinstance(theirs, dict) else {}
        documented = {status: _documented_as(status, theirs) for status in ours}
        yield from self._undocumented([status for status, key in documented.items() if key is None], theirs)
        for status in theirs:
            if not status.startswith("x-") and status not in documented.values() and status not in ours:
                yield self._additional_status((*other, status), status)
        for status, key in documented.items():
            if key is not None:
                label = _RESPONSE if _is_success(status) else "error response"
                yield from self._answer((*mine, status), (*other, key), label)

    def _undocumented(self, missing: list[str], theirs: dict[str, Any]) -> Iterator[Difference]:
        for status in filter(_is_success, missing):
            others = ", ".join(other for other in theirs if _is_success(other)) or "no success"
            yield Difference(Grade.ERROR, self.theirs.place, (_RESPONSE,), f"{status} is not documented, but {others}")
        errors = [status for status in missing if not _is_success(status)]
        if errors:
            yield Difference(Grade.WARNING, self.theirs.place, (_RESPONSE,), f"{', '.join(errors)} not documented")

    def _additional_status(self, place: Pointer, status: str) -> Difference:
        is_common = status == "default" or status in self.common_statuses
        message = "is additional" if is_common else "is documented; the contract does not know it"
        return Difference(Grade.NOTE if is_common else Grade.WARNING, place, (f"response {status}",), message)

    def _answer(self, ours: Pointer, theirs: Pointer, label: str) -> Iterator[Difference]:
        mine, other = self.our_document.json(ours), self.their_document.json(theirs)
        if mine is None or self.their_document.is_unknown(theirs):
            return
        if other is None or self.their_document.document.get(other) is MISSING:
            place, _node = self.their_document.resolved(theirs)
            grade = Grade.ERROR if label == _RESPONSE else Grade.WARNING
            yield Difference(grade, place or theirs, (label,), "has no JSON body that is described")
            return
        for one in self.responses.of((mine,), (other,)):
            # People read error bodies, not clients, and FastAPI describes its own as if all of it could be left out.
            is_weaker = label != _RESPONSE and one.message.startswith("may be left out")
            yield (one._replace(grade=Grade.WARNING) if is_weaker else one).under(label)


def _required_body(place: Pointer, ours: dict[str, Any], theirs: dict[str, Any]) -> Iterator[Difference]:
    """Compare whether a body must be sent."""
    is_required, is_required_there = ours.get("required") is True, theirs.get("required") is True
    if is_required_there and not is_required:
        yield Difference(Grade.ERROR, place, ("request",), "must have a body; in the contract it may be left out")
    if is_required and not is_required_there:
        yield Difference(Grade.WARNING, place, ("request",), "may be without a body; in the contract it must have one")


def _is_success(status: str) -> bool:
    return status.startswith("2")


def _documented_as(status: str, responses: dict[str, Any]) -> str | None:
    """Return the key under which a status is documented: its own, its class, or, for an error, all others."""
    keys = (status, f"{status[0]}XX", f"{status[0]}xx", *(() if _is_success(status) else ("default",)))
    return next((key for key in keys if key in responses), None)
