"""Where things stand in a document: every schema, parameter and media type, the references between them, and who uses what."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

from conformance.core.pointers import MISSING, Pointer
from conformance.openapi_lint.document import Document
from conformance.openapi_lint.graphs import connected
from conformance.openapi_lint.identifiers import OUTSIDE, Identifiers, Lead

# So often what leads nowhere is looked for again, once other references have led to what may have that name.
_ROUNDS = 3

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


class Site(NamedTuple):
    """An object of the document that has a meaning of its own: `kind` is a key of the table below."""

    place: Pointer
    kind: str
    node: Any


# What stands under a key, for each kind of object: one of a kind, or a list, or a map of them.
_ONE, _LIST, _MAP, _EXTENSIBLE = "one", "list", "map", "a map in which x-… is none of them"
_MAPS_OF_SCHEMAS = ("properties", "patternProperties", "dependentSchemas", "$defs", "definitions")
_LISTS_OF_SCHEMAS = ("allOf", "anyOf", "oneOf", "prefixItems")
_SCHEMAS = (
    "items", "additionalProperties", "not", "if", "then", "else", "propertyNames", "contains",
    "unevaluatedProperties", "unevaluatedItems", "contentSchema",
)  # fmt: skip
_CHILDREN: dict[str, dict[str, tuple[str, str]]] = {
    "root": {"paths": (_EXTENSIBLE, "path"), "webhooks": (_MAP, "path"), "components": (_ONE, "components")},
    "components": {
        "schemas": (_MAP, "schema"), "responses": (_MAP, "response"), "parameters": (_MAP, "parameter"),
        "requestBodies": (_MAP, "body"), "headers": (_MAP, "parameter"), "callbacks": (_MAP, "callback"),
        "pathItems": (_MAP, "path"), "examples": (_MAP, "example"),
    },
    "path": {"parameters": (_LIST, "parameter")} | dict.fromkeys(METHODS, (_ONE, "operation")),
    "operation": {
        "parameters": (_LIST, "parameter"), "requestBody": (_ONE, "body"), "responses": (_EXTENSIBLE, "response"),
        "callbacks": (_MAP, "callback"),
    },
    "body": {"content": (_MAP, "media")},
    "response": {"content": (_MAP, "media"), "headers": (_MAP, "parameter")},
    "parameter": {"content": (_MAP, "media"), "schema": (_ONE, "schema"), "examples": (_MAP, "example")},
    "media": {"schema": (_ONE, "schema"), "encoding": (_MAP, "encoding"), "examples": (_MAP, "example")},
    "encoding": {"headers": (_MAP, "parameter")},
    "example": {},
    "schema": dict.fromkeys(_MAPS_OF_SCHEMAS, (_MAP, "schema"))
    | dict.fromkeys(_LISTS_OF_SCHEMAS, (_LIST, "schema"))
    | dict.fromkeys(_SCHEMAS, (_ONE, "schema")),
}  # fmt: skip


_NEW_IN_3_2: dict[str, dict[str, tuple[str, str]]] = {
    "components": {"mediaTypes": (_MAP, "media")},
    "path": {"query": (_ONE, "operation"), "additionalOperations": (_MAP, "operation")},
    "media": {"itemSchema": (_ONE, "schema"), "prefixEncoding": (_LIST, "encoding"), "itemEncoding": (_ONE, "encoding")},
    "encoding": {"encoding": (_MAP, "encoding"), "prefixEncoding": (_LIST, "encoding"), "itemEncoding": (_ONE, "encoding")},
}


def children(site: Site, edition: str) -> Iterator[Site]:
    """Yield the objects right inside one, in an edition of OpenAPI; what has not the form of a container is passed over."""
    if not isinstance(site.node, dict):
        return
    if site.kind == "callback":
        yield from (Site((*site.place, key), "path", node) for key, node in site.node.items() if _counts(key, _EXTENSIBLE))
        return
    known = _CHILDREN[site.kind] | (_NEW_IN_3_2.get(site.kind, {}) if edition == "3.2" else {})
    for key, (form, kind) in known.items():
        inside, place = site.node.get(key, MISSING), (*site.place, key)
        if form == _ONE and inside is not MISSING:
            yield Site(place, kind, inside)
        elif form == _LIST and isinstance(inside, list):
            yield from (Site((*place, index), kind, node) for index, node in enumerate(inside))
        elif form in {_MAP, _EXTENSIBLE} and isinstance(inside, dict):
            yield from (Site((*place, name), kind, node) for name, node in inside.items() if _counts(name, form))


def _counts(name: str, form: str) -> bool:
    return form != _EXTENSIBLE or not name.startswith("x-")


def reference(site: Site) -> str | None:
    """Return the `$ref` of an object, if it has one."""
    return _text(site, "$ref")


def _text(site: Site, key: str) -> str | None:
    found = site.node.get(key) if isinstance(site.node, dict) else None
    return found if isinstance(found, str) else None


def ends_here(site: Site, document: Document) -> bool:
    """Whether what stands beside the object's `$ref` has no meaning."""
    return reference(site) is not None and site.kind != "path" and (site.kind != "schema" or document.is_3_0)


class Named(NamedTuple):
    """A reference: the object that it stands in, what it says, and whether it is a `$dynamicRef`."""

    site: Site
    said: str
    is_dynamic: bool = False


@dataclass(slots=True, eq=False)
class Places:
    """All the sites of a document, and what their references lead to.

    `customary` are references that lead somewhere only if no `$id` counts, and `dynamic` the schemas with a `$dynamicRef` of which
    nobody knows where it leads before a value is looked at.
    """

    document: Document
    identifiers: Identifiers = field(init=False)
    sites: dict[Pointer, Site] = field(default_factory=dict)
    targets: dict[Pointer, Pointer] = field(default_factory=dict)
    dangling: list[Named] = field(default_factory=list)
    outside: list[Named] = field(default_factory=list)
    customary: list[Named] = field(default_factory=list)
    dynamic: set[Pointer] = field(default_factory=set)
    _waiting: list[Named] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.identifiers = Identifiers(self.document)
        self._enter(Site((), "root", self.document.root))
        for _round in range(_ROUNDS):
            self._follow()
        self._give_up()

    def _enter(self, start: Site) -> None:
        """Take in what stands in its own place, before any reference is followed: they may name what comes later."""
        left = [start]
        while left:
            site = left.pop()
            if site.place in self.sites:
                continue
            self.sites[site.place] = site
            if site.kind == "schema":
                self.identifiers.add(site.place, site.node)
            self._waiting.extend(self._named(site))
            if not ends_here(site, self.document):
                left.extend(reversed(list(children(site, self.document.edition))))

    def _named(self, site: Site) -> Iterator[Named]:
        named = reference(site)
        if named is not None:
            yield Named(site, named)
        dynamic = _text(site, "$dynamicRef") if site.kind == "schema" and not self.document.is_3_0 else None
        if dynamic is not None:
            yield Named(site, dynamic, is_dynamic=True)

    def _follow(self) -> None:
        """Follow references; what leads nowhere by now may lead to what others have yet to lead to."""
        loose = []
        while self._waiting:
            waiting, self._waiting = self._waiting, []
            loose += [named for named in waiting if not self._is_led(named)]
        self._waiting = loose

    def _is_led(self, named: Named) -> bool:
        """Whether a reference leads into the document: it may be to a place that nothing else gives a meaning."""
        lead = self.identifiers.lead(named.site.place, named.said)
        if not isinstance(lead, Lead):
            return False
        if lead.by_custom:
            self.customary.append(named)
        if self._is_free(named):
            self.dynamic.add(named.site.place)
        else:
            self.targets[named.site.place] = lead.place
        self._enter(Site(lead.place, named.site.kind, self.document.get(lead.place)))
        return True

    def _is_free(self, named: Named) -> bool:
        """Whether it depends on the value, or on a `$ref` beside it, where a reference leads."""
        return named.is_dynamic and (reference(named.site) is not None or self.identifiers.is_dynamic(named.said))

    def _give_up(self) -> None:
        for named in self._waiting:
            is_outside = self.identifiers.lead(named.site.place, named.said) is OUTSIDE
            (self.outside if is_outside else self.dangling).append(named)
            if named.is_dynamic:
                self.dynamic.add(named.site.place)

    def said(self, place: Pointer) -> str | None:
        """Return the reference at a place that leads to its target."""
        site = self.sites[place]
        return reference(site) or _text(site, "$dynamicRef")

    def of(self, kind: str) -> Iterator[Site]:
        """Yield the sites of one kind, as they stand in the document."""
        return (site for site in self.sites.values() if site.kind == kind)


class Side(StrEnum):
    """Which way a value goes: what is `readOnly` is in no request, what is `writeOnly` in no response."""

    REQUEST = "request"
    RESPONSE = "response"
    BOTH = "both"


def _called(operation: Pointer) -> str:
    path = [part for part in operation[:-1] if part != "additionalOperations"][-1]
    return f"{str(operation[-1]).upper()} {path}"


class Usage:
    """Which operations use what: an operation uses what its references lead to, and theirs."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._names: dict[frozenset[Pointer], frozenset[str]] = {}
        self.operations = {site.place: _called(site.place) for site in places.of("operation")}

    @cached_property
    def _leads(self) -> dict[Pointer, set[Pointer]]:
        found: dict[Pointer, set[Pointer]] = {}
        for source, target in self._places.targets.items():
            found.setdefault(self.owner(source), set()).add(self.owner(target))
        return found

    @cached_property
    def _users(self) -> dict[Pointer, frozenset[Pointer]]:
        """By owner, who uses it; what leads to each other has the same users, and they are kept once."""
        # An operation also uses what all operations of its path do.
        leads = {owner: [*targets] for owner, targets in self._leads.items()}
        for operation in self.operations:
            leads.setdefault(operation, []).append(operation[:-1])
        for target in {one for targets in leads.values() for one in targets}:
            leads.setdefault(target, [])
        users: dict[Pointer, frozenset[Pointer]] = {}
        coming: dict[Pointer, set[frozenset[Pointer]]] = {}
        for group in reversed(list(connected(leads))):  # whoever leads somewhere comes before what it leads to
            own = frozenset(owner for owner in group if owner in self.operations)
            found = own.union(*{one for owner in group for one in coming.pop(owner, ())})
            users |= dict.fromkeys(group, found)
            for target in (one for owner in group for one in leads[owner]):
                coming.setdefault(target, set()).add(found)
        return users

    @cached_property
    def _sides(self) -> dict[Pointer, set[Side]]:
        left = [(self.owner(target), side) for source, target in self._places.targets.items() for side in self._inside(source)]
        found: dict[Pointer, set[Side]] = {}
        while left:
            owner, side = left.pop()
            if side not in found.setdefault(owner, set()):
                found[owner].add(side)
                left.extend((one, side) for one in self._leads.get(owner, ()))
        return found

    def _inside(self, place: Pointer) -> tuple[Side, ...]:
        """Return the sides that a place in an operation is on; a callback is called by the server, so it is on both."""
        owner = self.owner(place)
        if owner not in self.operations and owner[:1] != ("paths",):
            return ()
        if owner[:1] != ("paths",) or "callbacks" in place:
            return Side.REQUEST, Side.RESPONSE
        return (Side.RESPONSE,) if place[len(owner) : len(owner) + 1] == ("responses",) else (Side.REQUEST,)

    def side(self, place: Pointer) -> Side:
        """Return whether what stands at a place is only ever sent, only ever answered, or both as far as anybody knows."""
        sides = set(self._inside(place)) or self._sides.get(self.owner(place), set())
        return next(iter(sides)) if len(sides) == 1 else Side.BOTH

    def owner(self, place: Pointer) -> Pointer:
        """Return the operation or the component that a place is part of."""
        for length in range(len(place), 2, -1):
            if place[:length] in self.operations:
                return place[:length]
        return place[:2] if place[:1] == ("paths",) else place[:3]

    def of(self, place: Pointer) -> frozenset[Pointer]:
        """Return the operations that use what stands at a place."""
        return self._users.get(self.owner(place), frozenset())

    def named(self, place: Pointer) -> frozenset[str]:
        """Return the operations that use what stands at a place, in words."""
        users = self.of(place)
        if users not in self._names:  # many places have the same, and there may be thousands
            self._names[users] = frozenset(self.operations[one] for one in users)
        return self._names[users]

    def subject(self, place: Pointer) -> str:
        """Return the operation or the component that a place is part of, in words."""
        owner = self.owner(place)
        if owner in self.operations:
            return self.operations[owner]
        names = {"schemas": "schema", "requestBodies": "request body"}
        if owner[:1] == ("components",) and len(owner) > 2:  # noqa: PLR2004
            return f"{names.get(str(owner[1]), str(owner[1]).removesuffix('s'))} {owner[2]}"
        return "/".join(map(str, owner)) if owner else "the document"
