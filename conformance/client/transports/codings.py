"""Decode content codings (RFC 9110, 8.4.1) up to a size limit, because a few kilobytes may decompress to terabytes."""

import zlib

from conformance.client.transports import MAX_RESPONSE_BYTES, TOO_LARGE, TransportFailure

# Limits for time: each coding and each gzip member takes some, however small it is.
_MAX_CODINGS = 4
_MAX_MEMBERS = 10_000
_MAGIC = b"\x1f\x8b"
_FIRST_FEED = 1024
_LARGEST_FEED = 1024 * 1024


def decoded(body: bytes, codings: list[bytes]) -> bytes:
    """Return a body without its content codings, which are given in lower case and in the order in which they were applied.

    Raises:
        TransportFailure: the body does not have these codings, is too large, or has codings other than gzip, deflate and identity.

    """
    applied = [coding for coding in codings if coding not in (b"", b"identity")]
    if len(applied) > _MAX_CODINGS:
        raise TransportFailure(f"the body has {len(applied)} content codings, one on the other")
    for coding in reversed(applied):
        if coding not in (b"gzip", b"x-gzip", b"deflate"):
            raise TransportFailure(f"the body has the content coding {coding.decode('latin-1')!r}, which was not offered")
        body = _decompress(body, coding) if body else body
    return body


def _decompress(body: bytes, coding: bytes) -> bytes:
    if body.startswith(_MAGIC):
        return _decompress_members(body, coding)
    # For deflate some servers send the data without the zlib format (RFC 9110, 8.4.1.2), and for gzip others send zlib.
    for window in (zlib.MAX_WBITS, -zlib.MAX_WBITS):
        reader = zlib.decompressobj(window)
        try:
            content = reader.decompress(body, MAX_RESPONSE_BYTES)
        except zlib.error:
            continue
        if reader.unconsumed_tail:
            raise TransportFailure(f"{TOO_LARGE} once it is decompressed")
        if reader.eof:
            return content
    raise _wrong_coding(coding)


def _decompress_members(body: bytes, coding: bytes) -> bytes:
    """Return the joined content of all members of a gzip file (RFC 1952, 2.2).

    Bytes after the last member are ignored, as gzip(1) and most clients do.
    """
    contents: list[bytes] = []
    at = size = 0
    while body.startswith(_MAGIC, at):
        if len(contents) == _MAX_MEMBERS:
            raise TransportFailure(f"the body has more than {_MAX_MEMBERS} gzip members")
        member, at = _decompress_member(body, at, MAX_RESPONSE_BYTES - size, coding)
        contents.append(member)
        size += len(member)
    return b"".join(contents)


def _decompress_member(body: bytes, at: int, room: int, coding: bytes) -> tuple[bytes, int]:
    """Return the content of the gzip member that begins at `at`, at most `room` bytes, and where the member ends."""
    reader, content, feed = zlib.decompressobj(16 + zlib.MAX_WBITS), bytearray(), _FIRST_FEED
    while not reader.eof:
        # In parts, because zlib copies the rest of its input, which is all other members.
        data, at = body[at : at + feed], at + feed
        if not data:
            raise _wrong_coding(coding)
        try:
            content += reader.decompress(data, room - len(content) + 1)
        except zlib.error:
            raise _wrong_coding(coding) from None
        if len(content) > room:
            raise TransportFailure(f"{TOO_LARGE} once it is decompressed")
        feed = min(2 * feed, _LARGEST_FEED)
    return bytes(content), min(at, len(body)) - len(reader.unused_data)


def _wrong_coding(coding: bytes) -> TransportFailure:
    return TransportFailure(f"the body is not the {coding.decode()} that its Content-Encoding says")
