"""Where references lead: to a place in the document, named by a pointer, an anchor or the `$id` of a schema.

A schema with an `$id` is a resource of its own (JSON Schema 2020-12, 8.2.1): references in it are resolved against its URI, pointers
begin at it, and its anchors belong to it. OpenAPI 3.0 has no `$id`. In OpenAPI 3.2 the document may give its own URI (`$self`).
"""

from collections import Counter
from typing import Any, Final, NamedTuple
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from conformance.core.pointers import MISSING, Pointer, get
from conformance.openapi_lint.document import Document

# The base URI of a document that was read from no file, so that relative identifiers can be resolved.
_NOWHERE = "https://document.invalid/"


class Target(NamedTuple):
    """The place that a reference leads to; `is_customary` if only tools that ignore `$id` find it there."""

    place: Pointer
    is_customary: bool = False


class _Outside:
    """The type of `OUTSIDE`."""


OUTSIDE: Final = _Outside()


class Identifiers:
    """The resources and anchors of a document."""

    def __init__(self, document: Document) -> None:
        self._document = document
        base = _resolved(document.address or _NOWHERE, _self_uri(document))
        self._bases: dict[Pointer, str] = {(): base}
        self._resources: dict[str, Pointer] = {base: ()}
        self._anchors: dict[tuple[Pointer, str], Pointer] = {}
        self._dynamic_anchors = Counter[str]()

    def add(self, place: Pointer, schema: Any) -> None:
        """Note the identifiers of a schema; the schemas around it must be added before."""
        if not isinstance(schema, dict) or self._document.is_3_0:
            return
        if isinstance(identifier := schema.get("$id"), str):
            address, _, anchor = identifier.partition("#")
            self._add_id(place, address, anchor)
        for key in "$anchor", "$dynamicAnchor":
            if isinstance(name := schema.get(key), str):
                self._anchors.setdefault((self.resource(place), name), place)
                self._dynamic_anchors[name] += key == "$dynamicAnchor"

    def _add_id(self, place: Pointer, address: str, anchor: str) -> None:
        base = _resolved(self._bases[self.resource(place)], address)
        if address and base != self._bases[self.resource(place)]:
            self._bases[place] = base
            self._resources.setdefault(base, place)
        if anchor:  # as drafts 6 and 7 write an anchor
            self._anchors.setdefault((self.resource(place), anchor), place)

    def resource(self, place: Pointer) -> Pointer:
        """Return the resource that a place belongs to: the nearest schema around it with an `$id`, or the document."""
        lengths = range(len(place), 0, -1) if len(self._bases) > 1 else ()
        return next((place[:length] for length in lengths if place[:length] in self._bases), ())

    def base_uri(self, place: Pointer) -> str:
        """Return the URI that references at a place are resolved against."""
        return self._bases[self.resource(place)]

    def is_dynamic(self, reference: str) -> bool:
        """Whether a `$dynamicRef` may lead to several schemas, depending on those on the way to it (8.2.3.2)."""
        return self._dynamic_anchors[unquote(reference.partition("#")[2])] > 1

    def target(self, place: Pointer, reference: str) -> Target | _Outside | None:
        """Return where a reference at a place leads: None if nowhere, `OUTSIDE` if to another document."""
        home = self.resource(place)
        address, _, fragment = reference.partition("#")
        uri = _resolved(self._bases[home], address) if address else self._bases[home]
        resource = home if uri == self._bases[home] else self._resources.get(uri)
        if resource is None:
            return OUTSIDE
        if (at := self._in_resource(resource, fragment)) is not None:
            return Target(at)
        customary = None if address else self._in_resource((), fragment)
        return None if customary is None else Target(customary, is_customary=True)

    def _in_resource(self, resource: Pointer, fragment: str) -> Pointer | None:
        """Return the place in a resource that a fragment names, or None if nothing stands there."""
        decoded = unquote(fragment)
        if decoded and not decoded.startswith("/"):
            return self._anchors.get((resource, decoded))
        root = self._document.get(resource)
        # A pointer is decoded before it is taken apart (RFC 6901, 6); many write %2F for a slash in a name all the same.
        ways = decoded.split("/"), [unquote(part) for part in fragment.split("/")]
        places = (_place(root, parts[1:]) for parts in ways)
        return next((resource + place for place in places if place is not None), None)


def _self_uri(document: Document) -> str:
    stated = document.root.get("$self") if document.edition == "3.2" else None
    return stated if isinstance(stated, str) else ""


def _place(node: Any, parts: list[str]) -> Pointer | None:
    """Return the place that the parts of a pointer name, or None if nothing stands there."""
    place: Pointer = ()
    for part in parts:
        name = part.replace("~1", "/").replace("~0", "~")
        step = int(name) if isinstance(node, list) and name.isascii() and name.isdecimal() and len(name) < 10 else name  # noqa: PLR2004
        place, node = (*place, step), get(node, (step,))
        if node is MISSING:
            return None
    return place


def _resolved(base: str, reference: str) -> str:
    """Resolve a URI reference without a fragment (RFC 3986, 5.2); a text that is no URI is returned unchanged."""
    try:
        scheme, *rest = urlsplit(base)
        if urlsplit(reference).scheme or not reference:
            return _normalized(reference or base)
        # urljoin knows only some schemes, and the rules are the same for all.
        joined = urlsplit(urljoin(urlunsplit(("https", *rest)), reference))
        return _normalized(urlunsplit((scheme, *joined[1:])))
    except ValueError:
        return reference


def _normalized(uri: str) -> str:
    """Return a URI in the form in which URIs are compared."""
    split = urlsplit(uri)
    return urlunsplit(split._replace(netloc=split.netloc.lower(), fragment=""))
