"""HAR 1.2 files (http://www.softwareishard.com/blog/har-12-spec/), as browsers and proxies write them.

They are written loosely: bodies may be left out or cut, times may be missing. An entry is read as far as it can be relied on (`bodies`,
`answering`), and what it lacks is said. Header values that are secrets leave here as a list to be redacted, and are in no exchange.
"""

import base64
import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from conformance.core.errors import UsageError
from conformance.evidence.exchange import Headers
from conformance.traffic import bodies, fields
from conformance.traffic.fields import MASKED, mapping
from conformance.traffic.origin import strange

# Headers that hold secrets, by their whole names or by what their names say.
_SECRET = re.compile(r"authorization|cookie|token|secret|passw|credential|(^|[-_])key$|api-?key|signature|session", re.IGNORECASE)
_NO_SECRET = frozenset({"idempotency-key"})
# The contract's own parameters; the value of another one may be a key.
PARAMETERS = frozenset({"limit", "offset", "cursor", "include_total", "return_url", "return_vectors"})
# What a check or a reader needs of the headers; the rest is nobody's business.
_SENT = frozenset({"content-type", "accept", "x-namespace", "idempotency-key"})
_GOT = frozenset({"content-type", "allow", "retry-after", "www-authenticate", "server", "date"})
_SHORTEST_SECRET = 6
# A cookie or a parameter is often a plain word, which is no secret and stands in paths and texts.
_RANDOM = re.compile(r"(?=.*\d)(?=.*[A-Za-z]).{8,}|\d{8,}")
# These never carry what the contract reads.
_BODILESS = frozenset({"GET", "HEAD", "DELETE", "OPTIONS"})
# Insomnia writes requests anew when it exports them, with today's variables: not those that were answered.
_REWRITERS = re.compile(r"insomni(?:a|um)", re.IGNORECASE)


class Part(StrEnum):
    """A part of an exchange that a recording may not have; its value names it in a report."""

    REQUEST = "the request as it was sent"
    SENT_HEADERS = "the request's headers"
    SENT = "the request's body"
    GOT_HEADERS = "the response's headers"
    GOT = "the response's body"


@dataclass(frozen=True, slots=True)
class Entry:
    """One recorded request and its response, as far as they are known.

    `unknown` names the parts that were not recorded as they were: a request's body is None then, as it is where there is none, and a
    response's is empty. `lacks` says what is missing for anything to be judged. `url` is as recorded; `sent_at` is a POSIX time,
    `seconds` how long the answer took.
    """

    method: str
    url: str
    headers: Headers
    body: bytes | None
    status: int
    response_headers: Headers
    response_body: bytes
    sent_at: float
    seconds: float
    lacks: str | None = None
    unknown: frozenset[Part] = frozenset()


@dataclass(slots=True)
class Recording:
    """The entries of a file, the secrets that their headers held, and how many entries are no exchange at all."""

    entries: list[Entry] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)
    unreadable: int = 0


def read(path: Path) -> Recording:
    """Read a file; bodies that lie beside it are read too.

    Raises:
        UsageError: it cannot be read, or is no HAR.

    """
    log = _log(path)
    entries = log.get("entries")
    if not isinstance(entries, list):
        raise UsageError(f"{path}: not a HAR file: it has no list log.entries")
    is_rewritten = _REWRITERS.search(str(mapping(log.get("creator")).get("name"))) is not None
    found = Recording()
    for one in entries:
        _add(one, found, path.parent, is_rewritten=is_rewritten)
    return found


def _log(path: Path) -> dict[str, Any]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from None
    try:
        text = content.decode(json.detect_encoding(content))
    except UnicodeDecodeError:
        raise UsageError(f"{path}: not a HAR file: not UTF-8") from None
    try:
        # Some tools write control characters as they are.
        return mapping(mapping(json.loads(text, strict=False)).get("log"))
    except (ValueError, RecursionError):
        raise UsageError(f"{path}: not a HAR file: not JSON") from None


def _add(one: Any, found: Recording, folder: Path, *, is_rewritten: bool) -> None:
    try:
        found.secrets.update(_secrets(one["request"]), _secrets(one["response"]))
        found.entries.append(_entry(one, folder, is_rewritten=is_rewritten))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        found.unreadable += 1


def _secrets(message: dict[str, Any]) -> Iterator[str]:
    for name, value in fields.headers(message):
        if name not in _NO_SECRET and _SECRET.search(name):
            yield from _in_cookie(value) if "cookie" in name else _in_header(value)
    for cookie in fields.items(message.get("cookies")):
        yield from _random(str(cookie.get("value", "")))
    parts = urlsplit(str(message.get("url", "")))
    yield from (unquote(one) for one in (parts.password,) if one)
    for name, value in parse_qsl(parts.query):
        if name not in PARAMETERS:
            yield from _random(value)


def _in_header(value: str) -> Iterator[str]:
    """Yield what follows the scheme, and of Basic (RFC 7617) the password too."""
    for part in value.split()[1:] or [value]:
        if len(part) >= _SHORTEST_SECRET:
            yield part
    scheme, _, rest = value.partition(" ")
    if scheme.lower() == "basic":
        password = base64.b64decode(rest + "==").decode("utf-8", "replace").partition(":")[2]
        yield from (one for one in (password,) if len(one) >= _SHORTEST_SECRET)


def _in_cookie(value: str) -> Iterator[str]:
    for part in value.split(";"):
        yield from _random(part.partition("=")[2].strip())


def _random(value: str) -> Iterator[str]:
    if _RANDOM.fullmatch(value):
        yield value


def _entry(one: dict[str, Any], folder: Path, *, is_rewritten: bool) -> Entry:
    request, response = one["request"], one["response"]
    method, status, url = str(request["method"]).upper(), int(response["status"]), str(request["url"])
    if status <= 0:
        raise ValueError("the request was blocked, or is still under way")
    _ = urlsplit(url).port  # an address that is none is no exchange's
    is_other = is_rewritten or bool(one.get("_wasContinued"))
    sent = None if is_other or method in _BODILESS else bodies.sent(request, folder)
    got = bodies.got(response, method, status, folder)
    return Entry(
        method=method,
        url=url,
        headers=_sent_headers(request),
        body=sent,
        status=status,
        response_headers=_got_headers(response),
        response_body=got or b"",
        sent_at=_time(one.get("startedDateTime")),
        seconds=_seconds(one.get("time")),
        lacks=_lacks_address(url) or strange(one, status, is_json=got is not None and bodies.is_json(got)),
        unknown=frozenset(
            _unknown(one, is_other=is_other, is_sent=sent is not None or method in _BODILESS, is_got=got is not None)
        ),
    )


def _unknown(one: dict[str, Any], *, is_other: bool, is_sent: bool, is_got: bool) -> Iterator[Part]:
    """Yield what is not known as it was; a request that a test may have changed on its way, or a tool writes anew, is one."""
    if is_other:
        yield Part.REQUEST
    if not is_sent:
        yield Part.SENT
    if not fields.headers(one["request"]):
        yield Part.SENT_HEADERS
    if not is_got:
        yield Part.GOT
    if not fields.headers(one["response"]):
        yield Part.GOT_HEADERS


def _lacks_address(url: str) -> str | None:
    return "its address: words stand in its place" if MASKED.search(unquote(urlsplit(url).path)) else None


def _sent_headers(request: dict[str, Any]) -> Headers:
    """Return headers with the media type that a tool wrote beside the body, if it wrote no header."""
    found = _wanted(request, _SENT)
    kind = mapping(request.get("postData")).get("mimeType")
    if not kind or any(name == "content-type" for name, _value in found):
        return found
    return (*found, ("content-type", str(kind)))


def _got_headers(response: dict[str, Any]) -> Headers:
    """Return headers; a media type that a tool wrote beside the body counts as one if it is JSON's: others may be its guess."""
    found = _wanted(response, _GOT)
    kind = str(mapping(response.get("content")).get("mimeType") or "")
    is_told = any(name == "content-type" and fields.is_media_type(value) for name, value in found)
    if is_told or "json" not in kind or not fields.is_media_type(kind):
        return found
    return (("content-type", kind), *found)


def _wanted(message: dict[str, Any], wanted: frozenset[str]) -> Headers:
    return tuple((name, value) for name, value in fields.headers(message) if name in wanted)


def _seconds(milliseconds: Any) -> float:
    took = float(milliseconds or 0.0)
    return max(0.0, took) / 1000 if math.isfinite(took) else 0.0


def _time(text: Any) -> float:
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return 0.0
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
