"""The contract's operations in another document: which are missing, and what is different in the others."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from conformance.contracts.collections import openapi
from conformance.contracts.collections.operations import ALL_OPERATIONS
from conformance.core.pointers import MISSING, Pointer
from conformance.evidence.operation import Operation
from conformance.openapi_lint.alternatives import Forms
from conformance.openapi_lint.compare import Comparison, Difference
from conformance.openapi_lint.document import Document
from conformance.openapi_lint.finding import Finding, Grade, Kind
from conformance.openapi_lint.index import METHODS, Places
from conformance.openapi_lint.schemas import Schemas

# From where on an operation at another address is taken for one that is missing: fields of the body in common, and the path.
_SHARED, _ALIKE = 0.5, 0.75
# What any server may answer, whatever the operation (http.status-documented).
_PROTOCOL = frozenset({"405", "406", "408", "409", "411", "413", "414", "415", "429", "431", "503", "default"})
# What belongs to a profile that a server may lack, though it stands in operations that it may not.
_PROFILED = {"return_url": "blobs", "return_vectors": "vectors", "X-Namespace": "namespaces"}
_IGNORED_HEADERS = frozenset({"accept", "content-type", "authorization"})  # by OpenAPI: they are described elsewhere


@dataclass(frozen=True, slots=True)
class Call:
    """An operation of a document: where it stands, and how it is called."""

    place: Pointer
    method: str
    path: str
    parameters: dict[tuple[str, str], Pointer]
    has_unknown: bool

    @property
    def name(self) -> str:
        """The operation in words."""
        return f"{self.method} {self.path}"


class Pair(NamedTuple):
    """An operation of the contract and the one of the document that is meant to be it; `moved` if that has another address."""

    route: Operation
    ours: Call
    theirs: Call | None
    moved: bool = False


class Calls:
    """The operations of a document."""

    def __init__(self, forms: Forms) -> None:
        self.forms = forms
        self.document: Document = forms.schemas.document
        self.all = [call for path in self._paths() for call in self._of_path(path)]

    def _paths(self) -> list[str]:
        paths = self.document.root.get("paths", {})
        return [path for path in paths if path.startswith("/")]

    def _of_path(self, path: str) -> Iterator[Call]:
        place, item = self.resolved(("paths", path))
        for method in METHODS:
            if isinstance(item.get(method), dict):
                stated = [*self._parameters((*place, "parameters")), *self._parameters((*place, method, "parameters"))]
                found = {key: at for key, at in stated if key is not None}
                yield Call((*place, method), method.upper(), path, found, has_unknown=any(key is None for key, _at in stated))

    def _parameters(self, place: Pointer) -> Iterator[tuple[tuple[str, str] | None, Pointer]]:
        """Yield where each parameter is and its name, with its place; None for one that nobody can read."""
        stated = self.document.get(place)
        for index in range(len(stated)) if isinstance(stated, list) else ():
            at, node = self.resolved((*place, index))
            where, name = node.get("in"), node.get("name")
            key = (where, name.lower() if where == "header" else name) if isinstance(where, str) and isinstance(name, str) else None
            yield key, at

    def is_unknown(self, place: Pointer) -> bool:
        """Whether a reference leads from a place to where nothing is known."""
        at, node = self.resolved(place)
        return "$ref" in node and at not in self.forms.schemas.places.targets

    def resolved(self, place: Pointer) -> tuple[Pointer, dict[str, Any]]:
        """Return what stands at a place, or what a reference there leads to, and where that is."""
        return self.forms.schemas.resolved(place, self.document.get(place))

    def addresses(self, call: Call) -> set[str]:
        """Return the paths of a call without the names of parameters: as it stands there, and behind each server's own path."""
        servers = self.document.root.get("servers")
        urls = [one.get("url") for one in servers if isinstance(one, dict)] if isinstance(servers, list) else []
        return {anonymous(prefix.rstrip("/") + call.path) for prefix in ("", *map(_path, urls))}

    def json(self, place: Pointer) -> Pointer | None:
        """Return the schema of the JSON in a body or an answer, or None if there is none."""
        at, node = self.resolved(place)
        content = node.get("content")
        if not isinstance(content, dict):
            return None
        for name in content:
            plain = name.partition(";")[0].strip().lower()
            if (plain == "application/json" or plain.endswith("+json") or plain == "*/*") and isinstance(content[name], dict):
                media, _node = self.resolved((*at, "content", name))
                return (*media, "schema")
        return None


def _path(url: Any) -> str:
    try:
        return urlsplit(str(url)).path
    except ValueError:
        return ""


def anonymous(path: str) -> str:
    """Return a path without the names of its parameters."""
    return re.sub(r"\{[^{}]*\}", "{}", path)


def pairs(theirs: Calls) -> list[Pair]:
    """Return each operation of the contract with what the document has for it."""
    ours = _contract()
    mine = {(call.method, anonymous(call.path)): call for call in ours.all}
    found = {(call.method, address): call for call in theirs.all for address in theirs.addresses(call)}
    routes = [(route, mine[route.method, anonymous(route.path)]) for route in ALL_OPERATIONS]
    direct = {call.name: found.get((route.method, anonymous(route.path))) for route, call in routes}
    taken = {call.place for call in direct.values() if call is not None}
    made = []
    for route, call in routes:
        there = direct[call.name]
        moved = there is None and _alike(ours, call, theirs, taken)
        made.append(Pair(route, call, there or moved or None, moved=bool(moved)))
    return made


def _contract() -> Calls:
    document = openapi.DOCUMENT.content
    return Calls(Forms(Schemas(Places(Document(document, str(document["openapi"]))))))


def _alike(ours: Calls, call: Call, theirs: Calls, taken: set[Pointer]) -> Call | None:
    """Return the operation that takes much the same body by the same method: the same operation at another address."""
    fields = _fields(ours, call)
    near = [
        (len(fields & _fields(theirs, one)) / len(fields), SequenceMatcher(None, call.path, one.path).ratio(), one)
        for one in theirs.all
        if one.method == call.method and one.place not in taken and fields
    ]
    likely = [(shared, ratio, one) for shared, ratio, one in near if shared >= _SHARED and ratio >= _ALIKE]
    return max(likely, key=lambda found: found[:2], default=(0, 0, None))[2]


def _fields(calls: Calls, call: Call) -> set[str]:
    schema = calls.json((*call.place, "requestBody"))
    return set() if schema is None else {name for form in calls.forms.of((schema,)) for name in form.properties}


def differences(theirs: Calls, found: list[Pair]) -> Iterator[Finding]:
    """Yield what is missing or different, each as a finding of its own."""
    ours = _contract()
    requests = Comparison(ours.forms, theirs.forms, is_request=True)
    responses = Comparison(ours.forms, theirs.forms, is_request=False)
    unknown = {anonymous(path) for path in theirs.document.root.get("paths", {}) if theirs.is_unknown(("paths", path))}
    seen: dict[tuple[object, ...], list[tuple[Difference, str]]] = {}
    for pair in found:
        if pair.theirs is None and anonymous(pair.ours.path) in unknown:
            continue
        if pair.theirs is None or pair.moved:
            yield _missing(theirs, pair)
        if pair.theirs is not None:
            both = _Both(ours, theirs, pair.ours, pair.theirs, requests, responses)
            for one in map(_weighed, (*both.parameters(), *both.body(), *both.answers())):
                # A schema that is used in many places, or in itself, is different once.
                seen.setdefault((*one[:2], one.path[0], one.path[-1], one.said), []).append((one, pair.theirs.name))
    yield from map(_finding, seen.values())


def _weighed(one: Difference) -> Difference:
    profile = _PROFILED.get(one.path[-1].rpartition(" ")[2])
    if profile is None or not one.said.startswith("is not there"):
        return one
    return one._replace(grade=Grade.WARNING, said=f"is not there (profile {profile}, which a server may lack)")


def _finding(same: list[tuple[Difference, str]]) -> Finding:
    """Make one finding of a difference, told by the shortest way to it."""
    one, name = min(same, key=lambda pair: len(pair[0].path))
    way = "".join(part if part == "[]" or index == 0 else f".{part}" for index, part in enumerate(one.path[1:]))
    said = " ".join(part for part in (one.path[0], f"`{way}`" if way else "", one.said) if part)
    return Finding(
        Kind.OPERATION, one.grade, one.place, name, said, operations=frozenset(name for _one, name in same), contract=True
    )


def _missing(theirs: Calls, pair: Pair) -> Finding:
    """Say that an operation is not there; only those of the profile that every server has must be."""
    grade = Grade.ERROR if pair.route.profile == "core" else Grade.WARNING
    there = [call for call in theirs.all if anonymous(pair.ours.path) in theirs.addresses(call)]
    said = "is not in the document"
    place: Pointer = ("paths",) if "paths" in theirs.document.root else ()
    if pair.theirs is not None:
        said, place = (
            f"is not in the document; {pair.theirs.name} takes much the same body and is compared in its place",
            pair.theirs.place,
        )
    elif there:
        said, place = f"is not in the document; the path has {', '.join(call.method for call in there)}", there[0].place[:-1]
    said += "" if grade == Grade.ERROR else f" (profile {pair.route.profile}, which a server may lack)"
    return Finding(Kind.OPERATION, grade, place, pair.ours.name, said, contract=True)


@dataclass(slots=True)
class _Both:
    """One operation as both documents have it."""

    ours: Calls
    theirs: Calls
    mine: Call
    other: Call
    requests: Comparison
    responses: Comparison

    def parameters(self) -> Iterator[Difference]:
        names = [re.findall(r"\{([^{}]*)\}", call.path) for call in (self.mine, self.other)]
        for one, other in zip(*names, strict=False):
            yield from self._in_path(one, other)
        for (where, name), place in self.mine.parameters.items():
            if where != "path":
                yield from self._named(where, name, place)
        for (where, name), at in self.other.parameters.items():
            is_known = where == "path" or (where, name) in self.mine.parameters
            if not is_known and (where != "header" or name not in _IGNORED_HEADERS):
                yield self._additional(at, f"{where} parameter {name}")

    def _in_path(self, ours: str, theirs: str) -> Iterator[Difference]:
        at = self.other.parameters.get(("path", theirs))
        if at is not None:
            yield from self._schemas(self.mine.parameters["path", ours], at, f"path parameter {theirs}")
        elif not self.other.has_unknown:
            yield Difference(Grade.WARNING, self.other.place, ("path",), f"parameter `{theirs}` is not described")

    def _named(self, where: str, name: str, place: Pointer) -> Iterator[Difference]:
        label = f"{where} parameter {self.ours.document.get(place)['name']}"
        at = self.other.parameters.get((where, name))
        if at is None:
            if not self.other.has_unknown:
                yield Difference(Grade.ERROR, self.other.place, (label,), "is not there")
            return
        if self.theirs.document.get(at).get("required") is True:
            yield Difference(Grade.ERROR, at, (label,), "is required; in the contract it may be left out")
        yield from self._schemas(place, at, label)

    def _additional(self, at: Pointer, label: str) -> Difference:
        if self.theirs.document.get(at).get("required") is True:
            return Difference(Grade.ERROR, at, (label,), "is required; the contract does not know it")
        return Difference(Grade.NOTE, at, (label,), "is additional")

    def _schemas(self, ours: Pointer, theirs: Pointer, label: str) -> Iterator[Difference]:
        """Compare a parameter's schema: null and the empty text cannot be sent in it, so they make no difference."""
        mine, other = (*ours, "schema"), (*theirs, "schema")
        if self.theirs.document.get(other) is MISSING:
            return
        for one in (*self.requests.of((mine,), (other,)), *self.requests.default((mine,), (other,))):
            if "also takes null" not in one.said and "minLength" not in one.said:
                yield one.under(label)

    def body(self) -> Iterator[Difference]:
        mine, other = ((*call.place, "requestBody") for call in (self.mine, self.other))
        if self.theirs.is_unknown(other):
            return
        _place, ours = self.ours.resolved(mine)
        place, theirs = self.theirs.resolved(other)
        schema = self.theirs.json(other)
        if not ours:
            if theirs.get("required") is True:
                yield Difference(Grade.ERROR, place, ("request",), "has a required body; in the contract it has none")
        elif schema is None:
            yield Difference(Grade.ERROR, place if theirs else self.other.place, ("request",), "takes no JSON body")
        else:
            yield from _needed(place, ours, theirs)
            yield from (one.under("request") for one in self.requests.of((self.ours.json(mine) or (),), (schema,)))

    def answers(self) -> Iterator[Difference]:
        mine, other = ((*call.place, "responses") for call in (self.mine, self.other))
        ours, theirs = self.ours.document.get(mine), self.theirs.document.get(other)
        theirs = theirs if isinstance(theirs, dict) else {}
        found = {status: _matching(status, theirs) for status in ours}
        if found["200"] is None:
            others = ", ".join(status for status in theirs if status.startswith("2")) or "no success"
            yield Difference(Grade.ERROR, self.other.place, ("response",), f"200 is not documented, but {others}")
        if missing := [status for status in ours if found[status] is None and status != "200"]:
            yield Difference(Grade.WARNING, self.other.place, ("response",), f"{', '.join(missing)} not documented")
        for status in theirs:
            if not status.startswith("x-") and status not in found.values() and status not in ours:
                yield self._more((*other, status), status)
        for status, name in found.items():
            if name is not None:
                yield from self._answer((*mine, status), (*other, name), "response" if status == "200" else "error response")

    def _more(self, place: Pointer, status: str) -> Difference:
        is_known = status in _PROTOCOL
        said = "is additional" if is_known else "is documented; the contract does not know it"
        return Difference(Grade.NOTE if is_known else Grade.WARNING, place, (f"response {status}",), said)

    def _answer(self, ours: Pointer, theirs: Pointer, label: str) -> Iterator[Difference]:
        mine, other = self.ours.json(ours), self.theirs.json(theirs)
        if mine is None or self.theirs.is_unknown(theirs):
            return
        if other is None or self.theirs.document.get(other) is MISSING:
            place, _node = self.theirs.resolved(theirs)
            grade = Grade.ERROR if label == "response" else Grade.WARNING
            yield Difference(grade, place or theirs, (label,), "has no JSON body that is described")
            return
        for one in self.responses.of((mine,), (other,)):
            # Error bodies are read by people first: FastAPI's own says that all of it may be left out.
            weaker = label != "response" and one.said.startswith("may be left out")
            yield (one._replace(grade=Grade.WARNING) if weaker else one).under(label)


def _needed(place: Pointer, ours: dict[str, Any], theirs: dict[str, Any]) -> Iterator[Difference]:
    """Yield what is different if the body is left out."""
    needed, needs = ours.get("required") is True, theirs.get("required") is True
    if needs and not needed:
        yield Difference(Grade.ERROR, place, ("request",), "must have a body; in the contract it may be left out")
    if needed and not needs:
        yield Difference(Grade.WARNING, place, ("request",), "may be without a body; in the contract it must have one")


def _matching(status: str, responses: dict[str, Any]) -> str | None:
    """Return the key under which a status is documented: its own, its class, or all others."""
    keys = (status, f"{status[0]}XX", f"{status[0]}xx", *(() if status == "200" else ("default",)))
    return next((key for key in keys if key in responses), None)
