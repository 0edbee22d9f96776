"""What a client has to show to be let in: the ways that an operation offers, each as a set of credentials."""

from typing import Any, TypeAlias

from conformance.core.pointers import MISSING, Pointer
from conformance.openapi_lint.document import Document

Ways: TypeAlias = frozenset[frozenset[str]]


def is_stated(document: Document, operation: Pointer) -> bool:
    """Whether a document says at all what an operation asks for."""
    return document.get((*operation, "security")) is not MISSING or "security" in document.root


def accesses(document: Document, operation: Pointer) -> Ways:
    """Return the ways to be let in; a way without credentials is open to all."""
    stated = document.get((*operation, "security"))
    listed = document.root.get("security") if stated is MISSING else stated
    named = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return frozenset(frozenset(_credential(document, name) for name in one) for one in named or [{}])


def is_served(clients: Ways, offered: Ways) -> bool:
    """Whether whoever comes by one of some ways is let in by what is offered: no more is asked for than there is shown."""
    return all(any(way <= shown for way in offered) for shown in clients)


def access_text(ways: Ways) -> str:
    """Return the ways as a sentence names them."""
    return " or ".join(sorted(" with ".join(sorted(way)) or "no credentials" for way in ways))


def _credential(document: Document, name: str) -> str:
    """Return what a security scheme asks for: documents may name the same one differently."""
    scheme: Any = document.get(("components", "securitySchemes", name))
    if not isinstance(scheme, dict):
        return name
    parts = (scheme.get(key) for key in ("type", "scheme", "in", "name"))
    return " ".join(str(part).lower() for part in parts if isinstance(part, str)) or name
