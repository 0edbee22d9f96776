"""One deadline and one size limit for a whole request over the network.

HTTP clients limit the time of each read, which does not help against a target that sends a byte now and then. So each read and
write here gets the remaining time of the request. The received bytes are counted here too, because an HTTP client reads an endless
header before it returns anything.
"""

import socket
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import httpcore

from conformance.client.transports import MAX_RESPONSE_BYTES, TOO_LARGE
from conformance.client.transports.interim import InterimResponses
from conformance.core import timing

_CHUNK = 64 * 1024


@dataclass(slots=True)
class Attempt:
    """One attempt to send a request: its deadline (`timing.monotonic()`), the bytes received, and whether its connection was used before."""

    until: float
    received: int = 0
    is_reused: bool = False

    def remaining(self, kind: type[httpcore.TimeoutException]) -> float:
        """Return the seconds that are left.

        Raises:
            httpcore.TimeoutException: no time is left; the exception has the type `kind`.

        """
        seconds = self.until - timing.monotonic()
        if seconds <= 0:
            raise kind("timed out")
        return seconds


@dataclass(slots=True)
class Clock:
    """Holds the current attempt of each thread, because a connection does not know for which request it is used."""

    _local: threading.local = field(default_factory=threading.local)

    def begin(self, seconds: float) -> Attempt:
        """Start an attempt in this thread, with a deadline in `seconds`."""
        self._local.attempt = Attempt(timing.monotonic() + seconds)
        return self.attempt

    @property
    def attempt(self) -> Attempt:
        """The current attempt of this thread."""
        attempt: Attempt = self._local.attempt
        return attempt


class Backend(httpcore.NetworkBackend):
    """Opens connections that respect the deadline of the current attempt."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._backend = httpcore.SyncBackend()

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
                    socket_options: Iterable[Any] | None = None) -> httpcore.NetworkStream:  # fmt: skip
        """Connect within the remaining time of the attempt."""
        del timeout
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        # One by one, so that a name with several addresses does not get the whole time for each of them.
        for address in _addresses(host, port):
            seconds = self._clock.attempt.remaining(httpcore.ConnectTimeout)
            try:
                return _Stream(self._backend.connect_tcp(address, port, seconds, local_address, socket_options), self._clock)
            except httpcore.ConnectError as error:
                failure = error
        raise failure


def _addresses(host: str, port: int) -> list[str]:
    try:
        infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise httpcore.ConnectError(f"{host}: {error.strerror or error}") from None
    return [str(address[0]) for *_, address in infos]


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, clock: Clock) -> None:
        self._stream = stream
        self._clock = clock
        self._first: Attempt | None = None
        self._interim = InterimResponses()

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        del timeout
        attempt = self._clock.attempt
        data = self._stream.read(max_bytes, attempt.remaining(httpcore.ReadTimeout))
        attempt.received += len(data)
        if attempt.received > MAX_RESPONSE_BYTES:
            raise httpcore.ReadError(TOO_LARGE)
        if (wrong := self._interim.feed(data)) is not None:
            raise httpcore.ReadError(wrong)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        del timeout
        attempt = self._clock.attempt
        self._first = self._first or attempt
        attempt.is_reused = self._first is not attempt
        self._interim = InterimResponses()
        # In chunks, so that a target which reads the body slowly does not get the whole time for each small part of it.
        for start in range(0, len(buffer), _CHUNK):
            self._stream.write(buffer[start : start + _CHUNK], attempt.remaining(httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        del timeout
        seconds = self._clock.attempt.remaining(httpcore.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, seconds), self._clock)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
