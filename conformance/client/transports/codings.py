"""Content codings (RFC 9110, 8.4.1), undone within bounds: a few kilobytes may stand for terabytes."""

import zlib

from conformance.client.transports import MAX_RESPONSE_BYTES, TOO_LARGE, TransportFailure

# Nobody needs more than one coding, or as many members; each costs time of its own, however little it holds.
_MOST_CODINGS = 4
_MOST_MEMBERS = 10_000
_MAGIC = b"\x1f\x8b"
_FIRST_FEED = 1024
_LARGEST_FEED = 1024 * 1024


def decoded(body: bytes, codings: list[bytes]) -> bytes:
    """Undo content codings, named in lower case in the order in which they were applied.

    Raises:
        TransportFailure: the body is not what they say, or more than may be read; or they are not gzip, deflate or identity.

    """
    applied = [coding for coding in codings if coding not in (b"", b"identity")]
    if len(applied) > _MOST_CODINGS:
        raise TransportFailure(f"the body has {len(applied)} content codings, one on the other")
    for coding in reversed(applied):
        if coding not in (b"gzip", b"x-gzip", b"deflate"):
            raise TransportFailure(f"the body has the content coding {coding.decode('latin-1')!r}, which was not offered")
        body = _undone(body, coding) if body else body
    return body


def _undone(body: bytes, coding: bytes) -> bytes:
    if body.startswith(_MAGIC):
        return _members(body, coding)
    # Some servers send bare deflate by the name of deflate (RFC 9110, 8.4.1.2), and others zlib by that of gzip.
    for window in (zlib.MAX_WBITS, -zlib.MAX_WBITS):
        reader = zlib.decompressobj(window)
        try:
            found = reader.decompress(body, MAX_RESPONSE_BYTES)
        except zlib.error:
            continue
        if reader.unconsumed_tail:
            raise TransportFailure(f"{TOO_LARGE} once it is decompressed")
        if reader.eof:
            return found
    raise _not_the(coding)


def _members(body: bytes, coding: bytes) -> bytes:
    """Return what all members of a gzip file hold together (RFC 1952, 2.2).

    What comes after the last and begins no other is left out, as gzip(1) and most clients do: zeros, or anything else.
    """
    found: list[bytes] = []
    at = size = 0
    while body.startswith(_MAGIC, at):
        if len(found) == _MOST_MEMBERS:
            raise TransportFailure(f"the body has more than {_MOST_MEMBERS} gzip members")
        member, at = _member(body, at, MAX_RESPONSE_BYTES - size, coding)
        found.append(member)
        size += len(member)
    return b"".join(found)


def _member(body: bytes, at: int, room: int, coding: bytes) -> tuple[bytes, int]:
    """Return what the member holds that begins there, and where it ends."""
    reader, found, feed = zlib.decompressobj(16 + zlib.MAX_WBITS), bytearray(), _FIRST_FEED
    while not reader.eof:
        # In parts: zlib copies whatever it does not need, which is all other members.
        data, at = body[at : at + feed], at + feed
        if not data:
            raise _not_the(coding)
        try:
            found += reader.decompress(data, room - len(found) + 1)
        except zlib.error:
            raise _not_the(coding) from None
        if len(found) > room:
            raise TransportFailure(f"{TOO_LARGE} once it is decompressed")
        feed = min(2 * feed, _LARGEST_FEED)
    return bytes(found), min(at, len(body)) - len(reader.unused_data)


def _not_the(coding: bytes) -> TransportFailure:
    return TransportFailure(f"the body is not the {coding.decode()} that its Content-Encoding says")
