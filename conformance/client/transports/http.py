"""HTTP by URL, through the engine below httpx, where a request can have one clock for all it does.

What httpx puts over it (redirects, cookies, merged addresses, proxies and certificates from the environment) no exchange may have.
"""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpcore

from conformance.client.transports import MAX_RESPONSE_BYTES, TOO_LARGE, Transport, TransportFailure, Unreachable
from conformance.client.transports.codings import decoded
from conformance.client.transports.deadline import Attempt, Backend, Clock
from conformance.client.transports.trust import refused, trusting
from conformance.core import timing
from conformance.evidence.exchange import Request, Response

_CONNECTIONS = 64
_IDLE_SECONDS = 1.0
_BROKEN = (httpcore.RemoteProtocolError, httpcore.ReadError, httpcore.WriteError)


@contextmanager
def open_http(url: str, *, proxy: str | None = None, ca_file: Path | None = None) -> Iterator[Transport]:
    """Yield a transport to the server under this URL; `ca_file` holds certificates (PEM) that are trusted besides the public ones.

    Raises:
        UsageError: `ca_file` cannot be read.

    """
    clock = Clock()
    made: dict[str, Any] = {
        "ssl_context": trusting(ca_file) if urlsplit(url).scheme == "https" else None,
        "proxy": None if proxy is None else _through(proxy, ca_file),
        "max_connections": _CONNECTIONS,
        "network_backend": Backend(clock),
    }
    # A server closes a connection that is idle for a while; one that is not used again after a second is not closed under a request.
    with (
        httpcore.ConnectionPool(**made, keepalive_expiry=_IDLE_SECONDS) as lasting,
        httpcore.ConnectionPool(**made, max_keepalive_connections=0) as single,
    ):
        yield _Http(url, lasting, single, clock, _Way(proxy, ca_file))


@dataclass(frozen=True, slots=True)
class _Way:
    """How the server is reached, for what is said when it is not."""

    proxy: str | None
    ca_file: Path | None

    def lost(self, error: Exception, attempt: Attempt) -> str:
        """Say why there is no connection."""
        # The pool takes the cause from it; what it was made of, it still has.
        cause = error.args[0] if error.args else None
        said = refused(cause, self.ca_file) if isinstance(cause, ssl.SSLCertVerificationError) else _said(error, attempt)
        return said if self.proxy is None else f"{said} (through the proxy {self.proxy})"


def _through(proxy: str, ca_file: Path | None) -> httpcore.Proxy:
    parts = urlsplit(proxy)
    context = trusting(ca_file) if parts.scheme == "https" else None
    return httpcore.Proxy(
        httpcore.URL(scheme=parts.scheme, host=(parts.hostname or "").encode("idna"), port=parts.port), ssl_context=context
    )


class _Http:
    def __init__(
        self, url: str, lasting: httpcore.ConnectionPool, single: httpcore.ConnectionPool, clock: Clock, way: _Way
    ) -> None:
        parts = urlsplit(url)
        self._pool = lasting
        self._single = single
        self._way = way
        self._clock = clock
        host = (parts.hostname or "").encode("idna")
        self._origin = (parts.scheme.encode(), host, parts.port)
        shown = b"[%b]" % host if b":" in host else host
        self._host = shown + (b":%d" % parts.port if parts.port is not None else b"")
        self._base = parts.path.encode()

    def send(self, request: Request, timeout: float) -> Response:
        attempt = self._clock.begin(timeout)
        try:
            return self._once(request, attempt)
        except _BROKEN as error:
            if not attempt.is_reused or attempt.received:
                raise TransportFailure(_said(error, attempt)) from error
        # A server may close a connection just as it is used again (RFC 9112, 9.3.1): once more, on a new one. Whether it had done what
        # it was asked nobody knows (RFC 9110, 9.2.2), so this must not come again: from here on each request has its own connection.
        self._pool = self._single
        attempt = self._clock.begin(timeout)
        try:
            return self._once(request, attempt)
        except _BROKEN as error:
            raise TransportFailure(_said(error, attempt)) from error

    def _once(self, request: Request, attempt: Attempt) -> Response:
        started = timing.elapsed()
        try:
            with self._pool.stream(
                request.method.encode(),
                httpcore.URL(scheme=self._origin[0], host=self._origin[1], port=self._origin[2], target=self._target(request)),
                headers=self._headers(request),
                content=request.body or b"",
                extensions={"timeout": {"pool": attempt.left(httpcore.PoolTimeout)}},
            ) as answer:
                body = _read(answer)
        except _BROKEN:
            raise
        except (httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.ProxyError) as error:
            raise Unreachable(self._way.lost(error, attempt)) from error
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise TransportFailure(_said(error, attempt)) from error
        headers = tuple((key.lower().decode("latin-1"), value.decode("latin-1")) for key, value in answer.headers)
        return Response(answer.status, headers, body, timing.elapsed() - started)

    def _target(self, request: Request) -> bytes:
        return self._base + request.path.encode("ascii")

    def _headers(self, request: Request) -> list[tuple[bytes, bytes]]:
        given = [(name.encode("ascii"), value.encode("latin-1")) for name, value in request.headers]
        length = [] if request.body is None and request.method == "GET" else [(b"content-length", b"%d" % len(request.body or b""))]
        return [(b"host", self._host), *given, *length]


def _read(answer: httpcore.Response) -> bytes:
    codings = [
        value.strip().lower()
        for name, value in answer.headers
        if name.lower() == b"content-encoding"
        for value in value.split(b",")
    ]
    chunks: list[bytes] = []
    size = 0
    for chunk in answer.iter_stream():
        chunks.append(chunk)
        size += len(chunk)
        if size > MAX_RESPONSE_BYTES:
            raise TransportFailure(TOO_LARGE)
    return decoded(b"".join(chunks), codings)


def _said(error: Exception, attempt: Attempt) -> str:
    if isinstance(error, httpcore.ConnectTimeout):
        return "timed out while connecting"
    if isinstance(error, httpcore.TimeoutException):
        return f"timed out after {attempt.received} bytes of the answer" if attempt.received else "timed out"
    return str(error) or type(error).__name__
