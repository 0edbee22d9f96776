"""What a reference names: a place in the document, by pointer, by anchor, or by the identifier of a schema.

A schema with an `$id` is a resource of its own (JSON Schema 2020-12, 8.2.1): references in it are resolved against that, pointers
begin there, and anchors are its own. OpenAPI 3.0 has none of it. OpenAPI 3.2 can name the document itself (`$self`).
"""

from collections import Counter
from typing import Any, Final, NamedTuple
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from conformance.core.pointers import MISSING, Pointer, get
from conformance.openapi_lint.document import Document

# The address of a document that was read from nowhere: something must be, for relative identifiers.
_NOWHERE = "https://document.invalid/"


class Lead(NamedTuple):
    """Where a reference leads; `by_custom` if only for those who resolve it against the document, whatever `$id` it stands in."""

    place: Pointer
    by_custom: bool = False


class _Outside:
    """The type of `OUTSIDE`."""


OUTSIDE: Final = _Outside()


class Identifiers:
    """The resources and anchors of a document."""

    def __init__(self, document: Document) -> None:
        self._document = document
        base = _whole(document.address or _NOWHERE, _own_address(document))
        self._bases: dict[Pointer, str] = {(): base}
        self._resources: dict[str, Pointer] = {base: ()}
        self._anchors: dict[tuple[Pointer, str], Pointer] = {}
        self._dynamic = Counter[str]()

    def add(self, place: Pointer, schema: Any) -> None:
        """Take in what a schema is called; those around it come first."""
        if not isinstance(schema, dict) or self._document.is_3_0:
            return
        if isinstance(identifier := schema.get("$id"), str):
            address, _, anchor = identifier.partition("#")
            self._name(place, address, anchor)
        for key in "$anchor", "$dynamicAnchor":
            if isinstance(name := schema.get(key), str):
                self._anchors.setdefault((self.home(place), name), place)
                self._dynamic[name] += key == "$dynamicAnchor"

    def _name(self, place: Pointer, address: str, anchor: str) -> None:
        base = _whole(self._bases[self.home(place)], address)
        if address and base != self._bases[self.home(place)]:
            self._bases[place] = base
            self._resources.setdefault(base, place)
        if anchor:  # as drafts 6 and 7 write an anchor
            self._anchors.setdefault((self.home(place), anchor), place)

    def home(self, place: Pointer) -> Pointer:
        """Return the schema whose `$id` counts at a place: the nearest around it, or the document."""
        lengths = range(len(place), 0, -1) if len(self._bases) > 1 else ()
        return next((place[:length] for length in lengths if place[:length] in self._bases), ())

    def base(self, place: Pointer) -> str:
        """Return the URI that references at a place are resolved against."""
        return self._bases[self.home(place)]

    def is_dynamic(self, reference: str) -> bool:
        """Whether a `$dynamicRef` may lead to several schemas, depending on whence one comes (8.2.3.2)."""
        return self._dynamic[unquote(reference.partition("#")[2])] > 1

    def lead(self, place: Pointer, reference: str) -> Lead | _Outside | None:
        """Return where a reference at a place leads: None is nowhere, `OUTSIDE` another document."""
        home = self.home(place)
        address, _, fragment = reference.partition("#")
        uri = _whole(self._bases[home], address) if address else self._bases[home]
        resource = home if uri == self._bases[home] else self._resources.get(uri)
        if resource is None:
            return OUTSIDE
        if (found := self._inside(resource, fragment)) is not None:
            return Lead(found)
        customary = None if address else self._inside((), fragment)
        return None if customary is None else Lead(customary, by_custom=True)

    def _inside(self, resource: Pointer, fragment: str) -> Pointer | None:
        """Return the place in a resource that a fragment names, if anything stands there."""
        decoded = unquote(fragment)
        if decoded and not decoded.startswith("/"):
            return self._anchors.get((resource, decoded))
        root = self._document.get(resource)
        # A pointer is decoded before it is taken apart (RFC 6901, 6); many write %2F for a slash in a name all the same.
        ways = decoded.split("/"), [unquote(part) for part in fragment.split("/")]
        found = (_place(root, parts[1:]) for parts in ways)
        return next((resource + place for place in found if place is not None), None)


def _own_address(document: Document) -> str:
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


def _whole(base: str, reference: str) -> str:
    """Resolve a URI reference without a fragment (RFC 3986, 5.2); what is none is returned as it is."""
    try:
        scheme, *rest = urlsplit(base)
        if urlsplit(reference).scheme or not reference:
            return _written(reference or base)
        # Python joins only what it knows the scheme of, and the rules are the same for all.
        joined = urlsplit(urljoin(urlunsplit(("https", *rest)), reference))
        return _written(urlunsplit((scheme, *joined[1:])))
    except ValueError:
        return reference


def _written(uri: str) -> str:
    """Return a URI in the form that all of them are compared in."""
    split = urlsplit(uri)
    return urlunsplit(split._replace(netloc=split.netloc.lower(), fragment=""))
