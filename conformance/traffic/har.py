"""HAR 1.2 files (http://www.softwareishard.com/blog/har-12-spec/), as browsers and proxies write them.

They are written loosely: bodies may be left out or cut, times may be missing. An entry is read as far as it can be relied on, and what
it lacks is said. Header values that are secrets leave here as a list to be redacted, and are in no exchange.
"""

import base64
import binascii
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from conformance.errors import UsageError
from conformance.evidence.exchange import Headers

_SECRET = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "api-key", "x-auth-token"})
# What a check or a reader needs of the headers; the rest is nobody's business.
_SENT = frozenset({"content-type", "accept", "x-namespace", "idempotency-key"})
_GOT = frozenset({"content-type", "allow", "retry-after", "www-authenticate", "location", "server", "date"})
# Shorter ones would be taken out of words.
_SHORTEST_SECRET = 8


@dataclass(frozen=True, slots=True)
class Entry:
    """One recorded request and its response; a body is None where there is none, and `lacks` says which one was not recorded whole.

    `url` is as recorded; `sent_at` is a POSIX time, `seconds` how long the answer took.
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


@dataclass(slots=True)
class Recording:
    """The entries of a file, the secrets that their headers held, and how many entries are no exchange at all."""

    entries: list[Entry] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)
    unreadable: int = 0


def read(path: Path) -> Recording:
    """Read a file.

    Raises:
        UsageError: it cannot be read, or is no HAR.

    """
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path}: not a HAR file: not UTF-8") from None
    try:
        entries = json.loads(text)["log"]["entries"]
    except (ValueError, RecursionError):
        raise UsageError(f"{path}: not a HAR file: not JSON") from None
    except (KeyError, TypeError):
        entries = None
    if not isinstance(entries, list):
        raise UsageError(f"{path}: not a HAR file: it has no list log.entries")
    found = Recording()
    for one in entries:
        _add(one, found)
    return found


def _add(one: Any, found: Recording) -> None:
    try:
        found.secrets.update(_secrets(one["request"]), _secrets(one["response"]))
        found.entries.append(_entry(one))
    except (KeyError, TypeError, ValueError, AttributeError):
        found.unreadable += 1


def _secrets(message: dict[str, Any]) -> Iterator[str]:
    for header in message.get("headers") or ():
        if str(header["name"]).lower() not in _SECRET:
            continue
        value = str(header["value"])
        # The scheme before a token, and the names of cookies, are none.
        for part in value.replace(";", " ").split():
            secret = part.partition("=")[2] if "cookie" in str(header["name"]).lower() and "=" in part else part
            if len(secret) >= _SHORTEST_SECRET:
                yield secret


def _entry(one: dict[str, Any]) -> Entry:
    request, response = one["request"], one["response"]
    status = int(response["status"])
    if status <= 0:
        raise ValueError("the request was blocked, or is still under way")
    sent, lacks_sent = _sent_body(request)
    got, lacks_got = _got_body(response)
    return Entry(
        method=str(request["method"]).upper(),
        url=str(request["url"]),
        headers=_headers(request, _SENT),
        body=sent,
        status=status,
        response_headers=_headers(response, _GOT),
        response_body=got,
        sent_at=_time(one.get("startedDateTime")),
        seconds=max(0.0, float(one.get("time") or 0.0)) / 1000,
        lacks=lacks_sent or lacks_got,
    )


def _headers(message: dict[str, Any], wanted: frozenset[str]) -> Headers:
    named = ((str(one["name"]).lower(), str(one["value"])) for one in message.get("headers") or ())
    return tuple((name, value) for name, value in named if name in wanted)


def _sent_body(request: dict[str, Any]) -> tuple[bytes | None, str | None]:
    data = request.get("postData")
    size = request.get("bodySize") or 0
    if data is None:
        return None, "the request's body" if size > 0 else None
    text = data.get("text")
    if text is None:
        return None, "the request's body"
    return _bytes(text, data.get("encoding")), None


def _got_body(response: dict[str, Any]) -> tuple[bytes, str | None]:
    content = response.get("content") or {}
    size, text = content.get("size") or 0, content.get("text")
    if text is None:
        return b"", "the response's body" if size != 0 or (response.get("bodySize") or 0) > 0 else None
    body = _bytes(text, content.get("encoding"))
    # A tool that leaves out the end of a large body says how large it was.
    return body, "the end of the response's body" if len(body) < size else None


def _bytes(text: str, encoding: str | None) -> bytes:
    if encoding == "base64":
        try:
            return base64.b64decode(text, validate=True)
        except binascii.Error as error:
            raise ValueError(str(error)) from None
    return text.encode()


def _time(text: Any) -> float:
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return 0.0
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
