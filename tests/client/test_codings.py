"""Content codings are undone whole and within bounds: every member of gzip, and no more than may be read."""

import gzip
import time
import zlib

import pytest

from conformance.client.transports import TransportFailure
from conformance.client.transports.codings import decoded

_MIB = 2**20
TWO = gzip.compress(b'{"a":') + gzip.compress(b"1}")


def stored(data):
    packer = zlib.compressobj(0, zlib.DEFLATED, 31)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    "body",
    [
        TWO,
        TWO + bytes(512),
        TWO + b"trailing garbage",
        TWO + b"\x1f",
        gzip.compress(b"") + TWO + gzip.compress(b""),
        b"".join(gzip.compress(bytes([byte])) for byte in b'{"a":1}'),
        stored(b'{"a":') + gzip.compress(b"1}"),
        gzip.compress(b'{"a":1}'),
        zlib.compress(b'{"a":1}'),
    ],
    ids=["two", "zeros", "garbage", "one byte", "empty ones", "a byte each", "stored", "one", "zlib"],
)
@pytest.mark.parametrize("coding", [b"gzip", b"x-gzip", b"deflate"])
def test_everything_that_was_compressed_is_decompressed(body, coding):
    assert decoded(body, [coding]) == b'{"a":1}'


@pytest.mark.parametrize("size", [1000, 1024, 1025, 100_000, 3 * _MIB])
def test_gzip_members_of_any_size_are_decompressed(size):
    parts = [bytes(range(256)) * (size // 256 + 1) for _ in range(3)]
    assert decoded(b"".join(map(stored, parts)), [b"gzip"]) == b"".join(parts)
    assert decoded(b"".join(map(gzip.compress, parts)), [b"gzip"]) == b"".join(parts)


@pytest.mark.parametrize("cut", [1, 8, 12, 18])
def test_a_member_that_is_cut_short_is_not_gzip(cut):
    with pytest.raises(TransportFailure, match="not the gzip"):
        decoded(TWO[:-cut], [b"gzip"])


def test_a_member_whose_sum_is_wrong_is_not_gzip():
    with pytest.raises(TransportFailure, match="not the gzip"):
        decoded(TWO[:-8] + bytes(8), [b"gzip"])


def test_members_together_may_not_hold_more_than_one():
    with pytest.raises(TransportFailure, match="larger than 32 MiB once it is decompressed"):
        decoded(gzip.compress(bytes(_MIB)) * 33, [b"gzip"])
    assert len(decoded(gzip.compress(bytes(_MIB)) * 32, [b"gzip"])) == 32 * _MIB


def test_a_million_members_are_not_looked_at():
    body = gzip.compress(b"") * 1_000_000
    started = time.monotonic()
    with pytest.raises(TransportFailure, match="more than 10000 gzip members"):
        decoded(body, [b"gzip"])
    assert time.monotonic() - started < 2


def test_codings_are_undone_from_the_last_to_the_first_and_not_without_end():
    body = b"{}"
    for _ in range(4):
        body = gzip.compress(body)
    assert decoded(body, [b"gzip"] * 4 + [b"identity"]) == b"{}"
    with pytest.raises(TransportFailure, match="5000 content codings"):
        decoded(body, [b"gzip"] * 5000)
    with pytest.raises(TransportFailure, match="'br', which was not offered"):
        decoded(body, [b"br"])
