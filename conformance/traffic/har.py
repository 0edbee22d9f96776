"""HAR 1.2 files (http://www.softwareishard.com/blog/har-12-spec/), as browsers and proxies write them.

They are written loosely: bodies may be left out or cut, times may be missing. An entry is read as far as it can be relied on, and what
it lacks is said. Header values that are secrets leave here as a list to be redacted, and are in no exchange.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from conformance.contract import jsontext
from conformance.errors import UsageError
from conformance.evidence.exchange import Headers

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
_GATEWAYS = (502, 504)


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
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        found.unreadable += 1


def _secrets(message: dict[str, Any]) -> Iterator[str]:
    for header in message.get("headers") or ():
        name, value = str(header["name"]).lower(), str(header["value"])
        if name not in _NO_SECRET and _SECRET.search(name):
            yield from _in_cookie(value) if "cookie" in name else _in_header(value)
    for cookie in message.get("cookies") or ():
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


def _entry(one: dict[str, Any]) -> Entry:
    request, response = one["request"], one["response"]
    status = int(response["status"])
    if status <= 0:
        raise ValueError("the request was blocked, or is still under way")
    sent, lacks_sent = _sent_body(request)
    got, lacks_got = _got_body(response)
    url = str(request["url"])
    _ = urlsplit(url).port  # an address that is none is no exchange's
    return Entry(
        method=str(request["method"]).upper(),
        url=url,
        headers=_typed(_headers(request, _SENT), request.get("postData")),
        body=sent,
        status=status,
        response_headers=_typed(_headers(response, _GOT), response.get("content")),
        response_body=got,
        sent_at=_time(one.get("startedDateTime")),
        seconds=max(0.0, float(one.get("time") or 0.0)) / 1000,
        lacks=lacks_sent or lacks_got or _strange(one, status),
    )


def _strange(one: dict[str, Any], status: int) -> str | None:
    """Return why an answer may not be the server's own, or not all of it."""
    response = one["response"]
    if one.get("_error") or response.get("_error"):
        return "its end: the client gave up"
    if status in _GATEWAYS:
        return "the server's own answer: a gateway, or the recorder itself, gave one"
    if response.get("_fetchedViaServiceWorker"):
        return "the network's part: a service worker answered"
    if _header(response, "non-authoritative-reason"):
        return "an answer: the browser redirected it itself"
    return None


def _typed(headers: Headers, content: Any) -> Headers:
    """Return headers with the media type that a tool wrote beside the body, if it wrote no header."""
    kind = content.get("mimeType") if isinstance(content, dict) else None
    if not kind or any(name == "content-type" for name, _value in headers):
        return headers
    return (*headers, ("content-type", str(kind)))


def _header(message: dict[str, Any], wanted: str) -> str | None:
    return next((str(one["value"]) for one in message.get("headers") or () if str(one["name"]).lower() == wanted), None)


def _headers(message: dict[str, Any], wanted: frozenset[str]) -> Headers:
    named = ((str(one["name"]).lower(), str(one["value"])) for one in message.get("headers") or ())
    return tuple((name, value) for name, value in named if name in wanted)


def _sent_body(request: dict[str, Any]) -> tuple[bytes | None, str | None]:
    """Return what was sent, and what of it was not recorded as it was: tools cut bodies, leave them out, and put words in their place."""
    data = request.get("postData")
    text = data.get("text") if isinstance(data, dict) else None
    sizes = _sizes(request, request.get("bodySize"))
    if text is None or not isinstance(data, dict):
        return None, "the request's body" if data is not None or any(sizes) else None
    body = _bytes(text, data.get("encoding"))
    if (_header(request, "content-encoding") or "identity") != "identity":
        return body, "the request's body as it was sent"
    is_whole = all(size == len(body) for size in sizes) and _is_sure(body, _sizes(request))
    return body, None if is_whole else "the request's body as it was sent"


def _got_body(response: dict[str, Any]) -> tuple[bytes, str | None]:
    content = response.get("content")
    content = content if isinstance(content, dict) else {}
    is_coded = (_header(response, "content-encoding") or "identity") != "identity"
    # Where the body was compressed, the sizes on the wire are others than that of the text.
    sizes = [] if is_coded else _sizes(response, response.get("bodySize"))
    text = content.get("text")
    body = b"" if text is None else _bytes(text, content.get("encoding"))
    is_lost = not body and any(_sizes(response, response.get("bodySize"), content.get("size")))
    if is_lost:
        return body, "the response's body"
    size = content.get("size")
    told = [*sizes, *([size] if isinstance(size, int) and size > 0 else [])]
    is_whole = all(len(body) >= one if is_coded else len(body) == one for one in told)
    return body, None if is_whole and _is_sure(body, _sizes(response)) else "the response's body as it was"


def _sizes(message: dict[str, Any], *told: Any) -> list[int]:
    """Return the sizes that are said of a body; -1 and absent say nothing."""
    length = _header(message, "content-length")
    lengths = [int(length)] if length is not None and length.isascii() and length.isdigit() else []
    return [*lengths, *(one for one in told if isinstance(one, int) and one > 0)]


def _is_sure(body: bytes, sizes: list[int]) -> bool:
    """Whether a body can be held against anybody: it is JSON, or the server itself said that it is so long.

    What a tool says of the size is no proof: tools that put words in the place of a body may put their size in as well.
    """
    if not body or len(body) in sizes:
        return True
    try:
        jsontext.loads(body)
    except ValueError:
        return False
    return True


def _bytes(text: str, encoding: str | None) -> bytes:
    if encoding == "base64":
        try:
            return base64.b64decode("".join(text.split()), validate=True)
        except binascii.Error as error:
            raise ValueError(str(error)) from None
    return text.encode()


def _time(text: Any) -> float:
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return 0.0
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
