"""Fields of a HAR file, read loosely: tools leave them out, redact them, and write null or words where a number belongs."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from conformance.evidence.exchange import Headers

# What a tool writes in a field of its own where the field says "no", or "all is well".
_NOTHING = frozenset({"", "0", "-1", "false", "no", "none", "null", "undefined", "ok", "full", "complete", "completed", "network"})
# Words that stand in the place of what was taken out.
MASKED = re.compile(r"redacted|\*{4,}|\u2022{3,}", re.IGNORECASE)
_MEDIA_TYPE = re.compile(r"\s*([\w!#$&^.+-]+/[\w!#$&^.+-]+)\s*(?:;.*)?", re.DOTALL)
_CHARSET = re.compile(r";\s*charset\s*=\s*\"?([\w.:-]+)", re.IGNORECASE)


def mapping(value: Any) -> dict[str, Any]:
    """Return an object, an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> Iterator[dict[str, Any]]:
    """Yield the objects of a list."""
    yield from (item for item in value if isinstance(item, dict)) if isinstance(value, list) else ()


def number(value: Any) -> int | None:
    """Return a size in bytes; None where nothing is said, which tools write as -1 or null."""
    if isinstance(value, str) and value.strip().isdecimal():
        return int(value)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return int(value) if is_number and 0 <= value < 2**53 else None


def headers(message: Mapping[str, Any]) -> Headers:
    """Return names in lower case and values, without the pseudo-headers of HTTP/2 and what is no pair."""
    pairs = ((pair.get("name"), pair.get("value")) for pair in items(message.get("headers")))
    texts = ((name.strip().lower(), value.strip()) for name, value in pairs if isinstance(name, str) and isinstance(value, str))
    return tuple((name, value) for name, value in texts if name and not name.startswith(":"))


def header(message: Mapping[str, Any], wanted: str) -> str | None:
    """Return the first value of a header, by its lower-case name."""
    return next((value for name, value in headers(message) if name == wanted), None)


def content_length(message: Mapping[str, Any]) -> int | None:
    """Return the length in bytes that the sender itself gave, before any content coding is undone."""
    return number(header(message, "content-length"))


def is_coded(message: Mapping[str, Any]) -> bool:
    """Whether a body was compressed on the wire."""
    return (header(message, "content-encoding") or "identity").lower() != "identity"


def is_media_type(value: str | None) -> bool:
    """Whether a Content-Type was kept as it was: what was redacted is none."""
    return value is not None and _MEDIA_TYPE.fullmatch(value) is not None


def charset(value: str | None) -> str:
    """Return the charset that a Content-Type names, in lower case, or nothing."""
    match = _CHARSET.search(value or "")
    return match[1].lower() if match else ""


def says(holder: Mapping[str, Any], wanted: re.Pattern[str]) -> bool:
    """Whether a field whose name matches says yes, whatever a tool calls it."""
    return any(wanted.search(name) and _is_yes(value) for name, value in holder.items())


def _is_yes(value: Any) -> bool:
    return bool(value) and str(value).strip().lower() not in _NOTHING
