"""HAR 1.2 files (http://www.softwareishard.com/blog/har-12-spec/), as browsers and proxies write them.

They are written loosely: bodies may be left out or cut, times may be missing. An entry is read as far as it can be relied on (`bodies`,
`origin`), and what it lacks is said. Header values that are secrets leave here as a list to be redacted, and are in no exchange.
"""

import base64
import json
import math
import re
from collections.abc import Collection, Iterator
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
from conformance.traffic.origin import lacks_server

# Headers that hold secrets, by their whole names or by what their names say.
_SECRET = re.compile(r"authorization|cookie|token|secret|passw|credential|(^|[-_])key$|api-?key|signature|session", re.IGNORECASE)
_NO_SECRET = frozenset({"idempotency-key"})
# What a check or a reader needs of the headers; the rest is nobody's business.
_REQUEST_HEADERS = frozenset({"content-type", "accept", "x-namespace", "idempotency-key"})
_RESPONSE_HEADERS = frozenset({"content-type", "allow", "retry-after", "www-authenticate", "server", "date"})
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
    REQUEST_HEADERS = "the request's headers"
    REQUEST_BODY = "the request's body"
    RESPONSE_HEADERS = "the response's headers"
    RESPONSE_BODY = "the response's body"


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

    def header(self, name: str) -> str | None:
        """Return the first value of a request's header, by its lower-case name."""
        return next((value for key, value in self.headers if key == name), None)


@dataclass(slots=True)
class Recording:
    """The entries of a file, the secrets that their headers held, and how many entries are no exchange at all."""

    entries: list[Entry] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)
    unreadable: int = 0


def read(path: Path, parameters: Collection[str] = ()) -> Recording:
    """Read a file; bodies that lie beside it are read too. `parameters` are the API's own in queries: the value of another may be a key.

    Raises:
        UsageError: it cannot be read, or is no HAR.

    """
    log = _log(path)
    entries = log.get("entries")
    if not isinstance(entries, list):
        raise UsageError(f"{path}: not a HAR file: it has no list log.entries")
    is_rewritten = _REWRITERS.search(str(mapping(log.get("creator")).get("name"))) is not None
    recording = Recording()
    for item in entries:
        _add(item, recording, path.parent, parameters, is_rewritten=is_rewritten)
    return recording


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


def _add(item: Any, recording: Recording, folder: Path, parameters: Collection[str], *, is_rewritten: bool) -> None:
    try:
        for message in (item["request"], item["response"]):
            recording.secrets.update(_secrets(message, parameters))
        recording.entries.append(_entry(item, folder, is_rewritten=is_rewritten))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        recording.unreadable += 1


def _secrets(message: dict[str, Any], parameters: Collection[str]) -> Iterator[str]:
    for name, value in fields.headers(message):
        if name not in _NO_SECRET and _SECRET.search(name):
            yield from _in_cookie(value) if "cookie" in name else _in_header(value)
    for cookie in fields.items(message.get("cookies")):
        yield from _random(str(cookie.get("value", "")))
    parts = urlsplit(str(message.get("url", "")))
    if parts.password:
        yield unquote(parts.password)
    for name, value in parse_qsl(parts.query):
        if name not in parameters:
            yield from _random(value)


def _in_header(value: str) -> Iterator[str]:
    """Yield what follows the scheme, and of Basic (RFC 7617) the password too."""
    for part in value.split()[1:] or [value]:
        if len(part) >= _SHORTEST_SECRET:
            yield part
    scheme, _, rest = value.partition(" ")
    if scheme.lower() == "basic":
        password = base64.b64decode(rest + "==").decode("utf-8", "replace").partition(":")[2]
        if len(password) >= _SHORTEST_SECRET:
            yield password


def _in_cookie(value: str) -> Iterator[str]:
    for part in value.split(";"):
        yield from _random(part.partition("=")[2].strip())


def _random(value: str) -> Iterator[str]:
    if _RANDOM.fullmatch(value):
        yield value


def _entry(item: dict[str, Any], folder: Path, *, is_rewritten: bool) -> Entry:
    request, response = item["request"], item["response"]
    method, status, url = str(request["method"]).upper(), int(response["status"]), str(request["url"])
    if status <= 0:
        raise ValueError("the request was blocked, or is still under way")
    _ = urlsplit(url).port  # an address that is none is no exchange's
    is_other = is_rewritten or bool(item.get("_wasContinued"))
    body = None if is_other or method in _BODILESS else bodies.of_request(request, folder)
    response_body = bodies.of_response(response, method, status, folder)
    is_json = response_body is not None and bodies.is_json(response_body)
    is_body_known, is_response_known = body is not None or method in _BODILESS, response_body is not None
    return Entry(
        method=method,
        url=url,
        headers=_request_headers(request),
        body=body,
        status=status,
        response_headers=_response_headers(response),
        response_body=response_body or b"",
        sent_at=_time(item.get("startedDateTime")),
        seconds=_seconds(item.get("time")),
        lacks=_lacks_address(url) or lacks_server(item, status, is_json=is_json),
        unknown=frozenset(_unknown(item, is_other=is_other, is_request_known=is_body_known, is_response_known=is_response_known)),
    )


def _unknown(item: dict[str, Any], *, is_other: bool, is_request_known: bool, is_response_known: bool) -> Iterator[Part]:
    """Yield what is not known as it was; a request that a test may have changed on its way, or a tool writes anew, is one."""
    if is_other:
        yield Part.REQUEST
    if not is_request_known:
        yield Part.REQUEST_BODY
    if not fields.headers(item["request"]):
        yield Part.REQUEST_HEADERS
    if not is_response_known:
        yield Part.RESPONSE_BODY
    if not fields.headers(item["response"]):
        yield Part.RESPONSE_HEADERS


def _lacks_address(url: str) -> str | None:
    return "its address: words stand in its place" if MASKED.search(unquote(urlsplit(url).path)) else None


def _request_headers(request: dict[str, Any]) -> Headers:
    """Return headers with the media type that a tool wrote beside the body, if it wrote no header."""
    kept = _wanted(request, _REQUEST_HEADERS)
    kind = mapping(request.get("postData")).get("mimeType")
    if not kind or any(name == "content-type" for name, _value in kept):
        return kept
    return (*kept, ("content-type", str(kind)))


def _response_headers(response: dict[str, Any]) -> Headers:
    """Return headers; a media type that a tool wrote beside the body counts as one if it is JSON's: others may be its guess."""
    kept = _wanted(response, _RESPONSE_HEADERS)
    kind = str(mapping(response.get("content")).get("mimeType") or "")
    has_kind = any(name == "content-type" and fields.is_media_type(value) for name, value in kept)
    if has_kind or "json" not in kind or not fields.is_media_type(kind):
        return kept
    return (("content-type", kind), *kept)


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
