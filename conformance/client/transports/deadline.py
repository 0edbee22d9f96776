"""The clock of one request over a network: every read and write sees how much of its time is left, and how much came already.

A timeout a read, which is what HTTP clients offer, never ends with a target that drips; and a header that never ends is read
before anybody above the connection sees a byte of it.
"""

import socket
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import httpcore

from conformance.client.transports import MAX_RESPONSE_BYTES, TOO_LARGE
from conformance.client.transports.interim import Heads
from conformance.core import timing

_CHUNK = 64 * 1024


@dataclass(slots=True)
class Attempt:
    """One try at one request: until when it may take (`timing.monotonic()`), and what came so far."""

    until: float
    received: int = 0
    is_reused: bool = False

    def left(self, kind: type[httpcore.TimeoutException]) -> float:
        """Return the seconds left.

        Raises:
            httpcore.TimeoutException: of the given kind; none are left.

        """
        seconds = self.until - timing.monotonic()
        if seconds <= 0:
            raise kind("timed out")
        return seconds


@dataclass(slots=True)
class Clock:
    """Knows the attempt that each thread is at: a connection is used by one thread at a time, and does not say for which request."""

    _at: threading.local = field(default_factory=threading.local)

    def begin(self, seconds: float) -> Attempt:
        """Start an attempt of this thread."""
        self._at.attempt = Attempt(timing.monotonic() + seconds)
        return self.attempt

    @property
    def attempt(self) -> Attempt:
        """The attempt that this thread is at."""
        found: Attempt = self._at.attempt
        return found


class Backend(httpcore.NetworkBackend):
    """Opens connections that keep to the clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._opens = httpcore.SyncBackend()

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
                    socket_options: Iterable[Any] | None = None) -> httpcore.NetworkStream:  # fmt: skip
        """Connect within what is left of the attempt's time."""
        del timeout
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        # One by one: a name with several addresses must not have the whole time for each of them.
        for address in _addresses(host, port):
            left = self._clock.attempt.left(httpcore.ConnectTimeout)
            try:
                return _Stream(self._opens.connect_tcp(address, port, left, local_address, socket_options), self._clock)
            except httpcore.ConnectError as error:
                failure = error
        raise failure


def _addresses(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise httpcore.ConnectError(f"{host}: {error.strerror or error}") from None
    return [str(one[4][0]) for one in found]


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, clock: Clock) -> None:
        self._stream = stream
        self._clock = clock
        self._first: Attempt | None = None
        self._heads = Heads()

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        del timeout
        attempt = self._clock.attempt
        data = self._stream.read(max_bytes, attempt.left(httpcore.ReadTimeout))
        attempt.received += len(data)
        if attempt.received > MAX_RESPONSE_BYTES:
            raise httpcore.ReadError(TOO_LARGE)
        if (wrong := self._heads.look(data)) is not None:
            raise httpcore.ReadError(wrong)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        del timeout
        attempt = self._clock.attempt
        self._first = self._first or attempt
        attempt.is_reused = self._first is not attempt
        self._heads = Heads()
        # Each of many sends would have the whole time again, if a target took the body a byte at a time.
        for start in range(0, len(buffer), _CHUNK):
            self._stream.write(buffer[start : start + _CHUNK], attempt.left(httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        del timeout
        left = self._clock.attempt.left(httpcore.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left), self._clock)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
