"""Transport over HTTP by httpcore, the library below httpx, which takes a network backend with one deadline for a whole request.

What httpx adds (redirects, cookies, merged URLs, proxies and certificates from the environment) must not change an exchange.
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
from conformance.client.transports.trust import create_ssl_context, explain_refusal
from conformance.core import timing
from conformance.evidence.exchange import Request, Response

_CONNECTIONS = 64
_IDLE_SECONDS = 1.0
_BROKEN = (httpcore.RemoteProtocolError, httpcore.ReadError, httpcore.WriteError)


@contextmanager
def open_http(url: str, *, proxy: str | None = None, ca_file: Path | None = None,
              own_certificate: tuple[Path, Path | None] | None = None) -> Iterator[Transport]:  # fmt: skip
    """Yield a transport to the server at this URL.

    `proxy` is the URL of a proxy, and `ca_file` has certificates (PEM) that are trusted in addition to the public ones.
    `own_certificate` is what the client shows: a certificate (PEM) and its key, which may be in the same file.

    Raises:
        UsageError: a file of certificates cannot be read.

    """
    clock = Clock()
    # Loading the public certificates takes time, so the server and the proxy share one context.
    is_encrypted = any(urlsplit(address).scheme == "https" for address in (url, proxy or ""))
    context = create_ssl_context(ca_file, own_certificate) if is_encrypted else None
    options: dict[str, Any] = {
        "ssl_context": context,
        "proxy": None if proxy is None else _proxy(proxy, context),
        "max_connections": _CONNECTIONS,
        "network_backend": Backend(clock),
    }
    # A server may close an idle connection while a request is sent on it, so a connection is not used again after a second.
    with (
        httpcore.ConnectionPool(**options, keepalive_expiry=_IDLE_SECONDS) as persistent,
        httpcore.ConnectionPool(**options, max_keepalive_connections=0) as single,
    ):
        yield _Http(url, persistent, single, clock, _Route(proxy, ca_file))


@dataclass(frozen=True, slots=True)
class _Route:
    """How the server is reached, for the message if it cannot be reached."""

    proxy: str | None
    ca_file: Path | None

    def explain(self, error: Exception, attempt: Attempt) -> str:
        """Return a message that says why there is no connection."""
        # The pool removes `__cause__` from the error, but the original exception is still among its arguments.
        cause = error.args[0] if error.args else None
        certificate_error = cause if isinstance(cause, ssl.SSLCertVerificationError) else None
        message = _message(error, attempt) if certificate_error is None else explain_refusal(certificate_error, self.ca_file)
        return message if self.proxy is None else f"{message} (through the proxy {self.proxy})"


def _proxy(address: str, context: ssl.SSLContext | None) -> httpcore.Proxy:
    parts = urlsplit(address)
    url = httpcore.URL(scheme=parts.scheme, host=(parts.hostname or "").encode("idna"), port=parts.port)
    # httpcore does not take a context for a proxy without encryption.
    return httpcore.Proxy(url, ssl_context=context if parts.scheme == "https" else None)


class _Http:
    def __init__(
        self, url: str, persistent: httpcore.ConnectionPool, single: httpcore.ConnectionPool, clock: Clock, route: _Route
    ) -> None:
        parts = urlsplit(url)
        self._pool = persistent
        self._single = single
        self._route = route
        self._clock = clock
        host = (parts.hostname or "").encode("idna")
        self._origin = (parts.scheme.encode(), host, parts.port)
        host_name = b"[%b]" % host if b":" in host else host  # an IPv6 address is in brackets (RFC 3986, 3.2.2)
        self._host = host_name + (b":%d" % parts.port if parts.port is not None else b"")
        self._base = parts.path.encode()

    def send(self, request: Request, timeout: float) -> Response:
        attempt = self._clock.begin(timeout)
        try:
            return self._send_once(request, attempt)
        except _BROKEN as error:
            if not attempt.is_reused or attempt.received:
                raise TransportFailure(_message(error, attempt)) from error
        # A server may close a connection just as it is used again (RFC 9112, 9.3.1), so the request is sent again on a new connection.
        # It is unknown whether the server has processed it (RFC 9110, 9.2.2). So that this does not happen again, each request has its
        # own connection from now on.
        self._pool = self._single
        attempt = self._clock.begin(timeout)
        try:
            return self._send_once(request, attempt)
        except _BROKEN as error:
            raise TransportFailure(_message(error, attempt)) from error

    def _send_once(self, request: Request, attempt: Attempt) -> Response:
        started = timing.elapsed()
        try:
            with self._pool.stream(
                request.method.encode(),
                httpcore.URL(scheme=self._origin[0], host=self._origin[1], port=self._origin[2], target=self._target(request)),
                headers=self._headers(request),
                content=request.body or b"",
                extensions={"timeout": {"pool": attempt.remaining(httpcore.PoolTimeout)}},
            ) as answer:
                body = _read(answer)
        except _BROKEN:
            raise
        except (httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.ProxyError) as error:
            raise Unreachable(self._route.explain(error, attempt)) from error
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise TransportFailure(_message(error, attempt)) from error
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


def _message(error: Exception, attempt: Attempt) -> str:
    if isinstance(error, httpcore.ConnectTimeout):
        return "timed out while connecting"
    if isinstance(error, httpcore.TimeoutException):
        return f"timed out after {attempt.received} bytes of the answer" if attempt.received else "timed out"
    return str(error) or type(error).__name__
