"""An index of a document: every schema, parameter and media type by its place, and the references between them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from conformance.core.pointers import MISSING, Pointer
from conformance.openapi_lint.document import Document
from conformance.openapi_lint.identifiers import OUTSIDE, Identifiers, Target

# A reference may name what only another reference makes known, so those that lead nowhere are tried again, so many times.
_ROUNDS = 3

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


class Site(NamedTuple):
    """An object of the document that OpenAPI defines, with its place; `kind` is a key of the table below."""

    place: Pointer
    kind: str
    node: Any


# Which objects stand under a key, for each kind of object: one of a kind, or a list, or a map of them.
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
    """Yield the objects that stand directly in one, as an edition of OpenAPI defines them; a value of another type is passed over."""
    if not isinstance(site.node, dict):
        return
    if site.kind == "callback":
        yield from (Site((*site.place, key), "path", node) for key, node in site.node.items() if _is_child(key, _EXTENSIBLE))
        return
    known = _CHILDREN[site.kind] | (_NEW_IN_3_2.get(site.kind, {}) if edition == "3.2" else {})
    for key, (container, kind) in known.items():
        inside, place = site.node.get(key, MISSING), (*site.place, key)
        if container == _ONE and inside is not MISSING:
            yield Site(place, kind, inside)
        elif container == _LIST and isinstance(inside, list):
            yield from (Site((*place, index), kind, node) for index, node in enumerate(inside))
        elif container in {_MAP, _EXTENSIBLE} and isinstance(inside, dict):
            yield from (Site((*place, name), kind, node) for name, node in inside.items() if _is_child(name, container))


def _is_child(name: str, container: str) -> bool:
    return container != _EXTENSIBLE or not name.startswith("x-")


def ref_of(site: Site) -> str | None:
    """Return the `$ref` of an object, if it has one."""
    return _text(site, "$ref")


def _text(site: Site, key: str) -> str | None:
    value = site.node.get(key) if isinstance(site.node, dict) else None
    return value if isinstance(value, str) else None


def ends_here(site: Site, document: Document) -> bool:
    """Whether all that stands beside an object's `$ref` is ignored."""
    return ref_of(site) is not None and site.kind != "path" and (site.kind != "schema" or document.is_3_0)


class Reference(NamedTuple):
    """A reference: the object that it stands in, its URI, and whether it is a `$dynamicRef`."""

    site: Site
    uri: str
    is_dynamic: bool = False


@dataclass(slots=True, eq=False)
class DocumentIndex:
    """The objects of a document by their places, and where their references lead.

    `customary` are references that lead somewhere only if `$id` is ignored. `dynamic` are schemas with a `$dynamicRef` whose target
    depends on the value.
    """

    document: Document
    identifiers: Identifiers = field(init=False)
    sites: dict[Pointer, Site] = field(default_factory=dict)
    targets: dict[Pointer, Pointer] = field(default_factory=dict)
    dangling: list[Reference] = field(default_factory=list)
    outside: list[Reference] = field(default_factory=list)
    customary: list[Reference] = field(default_factory=list)
    dynamic: set[Pointer] = field(default_factory=set)
    _waiting: list[Reference] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.identifiers = Identifiers(self.document)
        self._enter(Site((), "root", self.document.root))
        for _round in range(_ROUNDS):
            self._follow()
        self._give_up()

    def _enter(self, start: Site) -> None:
        """Enter an object and all in it, before any reference is followed: it may name what comes later."""
        waiting = [start]
        while waiting:
            site = waiting.pop()
            if site.place in self.sites:
                continue
            self.sites[site.place] = site
            if site.kind == "schema":
                self.identifiers.add(site.place, site.node)
            self._waiting.extend(self._references(site))
            if not ends_here(site, self.document):
                waiting.extend(reversed(list(children(site, self.document.edition))))

    def _references(self, site: Site) -> Iterator[Reference]:
        uri = ref_of(site)
        if uri is not None:
            yield Reference(site, uri)
        dynamic = _text(site, "$dynamicRef") if site.kind == "schema" and not self.document.is_3_0 else None
        if dynamic is not None:
            yield Reference(site, dynamic, is_dynamic=True)

    def _follow(self) -> None:
        """Follow references; one that leads nowhere yet may name what another reference makes known."""
        unresolved = []
        while self._waiting:
            waiting, self._waiting = self._waiting, []
            unresolved += [reference for reference in waiting if not self._resolve(reference)]
        self._waiting = unresolved

    def _resolve(self, reference: Reference) -> bool:
        """Note where a reference leads, and return whether that is in the document; what stands there is entered, too."""
        target = self.identifiers.target(reference.site.place, reference.uri)
        if not isinstance(target, Target):
            return False
        if target.is_customary:
            self.customary.append(reference)
        if self._is_undecided(reference):
            self.dynamic.add(reference.site.place)
        else:
            self.targets[reference.site.place] = target.place
        self._enter(Site(target.place, reference.site.kind, self.document.get(target.place)))
        return True

    def _is_undecided(self, reference: Reference) -> bool:
        """Whether the target of a reference depends on the value, or on a `$ref` beside it."""
        return reference.is_dynamic and (ref_of(reference.site) is not None or self.identifiers.is_dynamic(reference.uri))

    def _give_up(self) -> None:
        for reference in self._waiting:
            is_outside = self.identifiers.target(reference.site.place, reference.uri) is OUTSIDE
            (self.outside if is_outside else self.dangling).append(reference)
            if reference.is_dynamic:
                self.dynamic.add(reference.site.place)

    def uri(self, place: Pointer) -> str | None:
        """Return the URI of the reference at a place."""
        site = self.sites[place]
        return ref_of(site) or _text(site, "$dynamicRef")

    def of(self, kind: str) -> Iterator[Site]:
        """Yield the objects of one kind, in the document's order."""
        return (site for site in self.sites.values() if site.kind == kind)
