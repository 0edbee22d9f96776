"""The bodies of recorded messages: as they were, or not known.

Every tool leaves bodies out: those that it fetches too late, that are too long, binary, cached, or that nobody asked for. Some write
nothing then, some an empty text, some a size of 0. So an empty text proves nothing; only what the sender itself said does.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from conformance.core import json_text
from conformance.traffic.fields import MASKED, charset, content_length, header, is_coded, mapping, number, says

# Answers that never have a body (RFC 9110, 6.4.1).
_BODILESS = (204, 304)
_LEFT_OUT = re.compile(
    r"trunc|discard|omit|redact|saniti[sz]|incomplete|body_?status|not_?(?:included|captured|recorded|available)", re.IGNORECASE
)
_PLAIN = ("", "utf-8", "utf8", "identity", "text")
_UTF8 = ("", "utf-8", "utf8", "us-ascii", "ascii")
# Playwright names a body that it writes beside the file by the SHA-1 of the body.
_FILE = re.compile(r"([0-9a-f]{40})(?:\.\w+)?")
_LARGEST_FILE = 64 * 1024 * 1024


def of_request(request: Mapping[str, Any], folder: Path) -> bytes | None:
    """Return the body of a request, or None if it was not recorded whole; `folder` is where the recording lies."""

    def is_whole(body: bytes) -> bool:
        if not body:
            return content_length(request) == 0
        return not is_coded(request) and _is_as_sent(body, request)

    return _recorded(request, mapping(request.get("postData")), folder, is_whole)


def of_response(response: Mapping[str, Any], method: str, status: int, folder: Path) -> bytes | None:
    """Return the body of an answer, or None if it was not recorded whole; `folder` is where the recording lies."""
    if status in _BODILESS or method == "HEAD":
        return b""
    content = mapping(response.get("content"))
    return _recorded(response, content, folder, lambda body: _is_as_answered(body, response, content))


def _recorded(message: Mapping[str, Any], part: Mapping[str, Any], folder: Path, is_whole: Callable[[bytes], bool]) -> bytes | None:
    """Return a message's body from the part that holds it, or from its file, if nothing says that it is another or cut short."""
    beside = _in_file(part, folder)
    if beside is not None:
        return beside
    if says(message, _LEFT_OUT) or _is_left_out(part):
        return None
    body = _content(part, header(message, "content-type"))
    return body if body is not None and is_whole(body) else None


def is_json(body: bytes) -> bool:
    """Whether a body is a JSON object or array: tools that put words in the place of a body write `null`, or no JSON at all."""
    if body.lstrip()[:1] not in (b"{", b"["):
        return False
    try:
        json_text.loads(body)
    except ValueError:
        return False
    return True


def _is_left_out(part: Mapping[str, Any]) -> bool:
    """Whether a tool says that a body is not all there: in a field of its own, or in words, in whatever language."""
    return says(part, _LEFT_OUT) or bool(str(part.get("comment") or "").strip())


def _in_file(part: Mapping[str, Any], folder: Path) -> bytes | None:
    """Return a body that lies in a file of its own beside the recording, if it is the very one that the file's name tells."""
    name = _FILE.fullmatch(str(part.get("_file") or ""))
    if name is None:
        return None
    path = folder / name[0]
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > _LARGEST_FILE:
            return None
        body = path.read_bytes()
    except OSError:  # a file that cannot be read is a body that is not known
        return None
    return body if hashlib.sha1(body, usedforsecurity=False).hexdigest() == name[1] else None


def _content(part: Mapping[str, Any], kind: str | None) -> bytes | None:
    """Return what stands in the recording: empty where nothing does, None where it is not what was sent."""
    text, coding = part.get("text"), str(part.get("encoding") or "").lower()
    if text is None or text == "":
        return b""
    if not isinstance(text, str) or (coding != "base64" and coding not in _PLAIN):
        return None
    if coding == "base64":
        return _from_base64(text)
    kind = kind or str(part.get("mimeType") or "")
    return None if MASKED.search(text) or _is_misread(text, kind) else _encoded(text)


def _is_misread(text: str, kind: str) -> bool:
    """Whether letters may be others than were sent: JSON is in UTF-8, and tools decode it by whatever charset a server names."""
    return not text.isascii() and charset(kind) not in _UTF8


def _encoded(text: str) -> bytes | None:
    """Return a text in UTF-8; lone surrogates stand for bytes that were none."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return None


def _from_base64(text: str) -> bytes | None:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def _is_as_sent(body: bytes, request: Mapping[str, Any]) -> bool:
    """Whether a request's body has the length that its client gave it; else that the tool tells, and is no tool's word."""
    length = content_length(request)
    if length is not None:
        return length == len(body)
    return (number(request.get("bodySize")) or len(body)) == len(body) and is_json(body)


def _is_as_answered(body: bytes, response: Mapping[str, Any], content: Mapping[str, Any]) -> bool:
    """Whether an answer's body has the length that its server gave it; else those that the tool tells, and is no tool's word."""
    length = content_length(response)
    if not body:
        return length == 0 and not number(content.get("size"))
    if is_coded(response):
        return _is_inflated(body, response, content) and is_json(body)
    if length is not None:
        return length == len(body)
    size = number(content.get("size")) or len(body)
    return size == len(body) and _may_have_come(body, response, content) and is_json(body)


def _may_have_come(body: bytes, response: Mapping[str, Any], content: Mapping[str, Any]) -> bool:
    """Whether a size on the wire is that of the body: with the headers in Firefox, with the frames of chunks in others."""
    received = number(response.get("bodySize")) or len(body)
    if received in (len(body), len(body) + (number(response.get("headersSize")) or 0)):
        return True
    is_framed = "chunked" in (header(response, "transfer-encoding") or "").lower()
    return received > len(body) and (is_framed or number(content.get("size")) == len(body))


def _is_inflated(body: bytes, response: Mapping[str, Any], content: Mapping[str, Any]) -> bool:
    """Whether the size given of a body that was compressed is its own, or, as some tools have it, that on the wire."""
    size, saved = number(content.get("size")), number(content.get("compression")) or 0
    received, headers_size = number(response.get("bodySize")), number(response.get("headersSize")) or 0
    on_the_wire = (content_length(response), received, received - headers_size if received else None)
    return not size or len(body) in (size, size + saved) or size in on_the_wire
