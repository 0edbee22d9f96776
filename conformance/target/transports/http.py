"""HTTP by URL, through httpx's transport: the client above it adds cookies, redirects and URL merging that no exchange may have."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

import httpx

from conformance.evidence.exchange import Request, Response
from conformance.target.transports import MAX_RESPONSE_BYTES, Transport, TransportFailure

_CONNECTIONS = 64


@contextmanager
def open_http(url: str) -> Iterator[Transport]:
    """Yield a transport to the server under this URL."""
    limits = httpx.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS)
    # Reading the certificates of the system takes 20 ms, which plain HTTP does without.
    with httpx.HTTPTransport(limits=limits, verify=url.startswith("https:")) as transport:
        yield _Http(url, transport)


class _Http:
    def __init__(self, url: str, transport: httpx.HTTPTransport) -> None:
        self._transport = transport
        # Parsing an address takes 40 µs, and most requests go to a few.
        self._url = lru_cache(256)(lambda path: httpx.URL(url + path))

    def send(self, request: Request, timeout: float) -> Response:
        try:
            return self._once(request, timeout)
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            # A server may close an idle connection just as it is used again (RFC 9112, 9.3.1): once more, on whatever comes next.
            return self._last(request, timeout)

    def _last(self, request: Request, timeout: float) -> Response:
        try:
            return self._once(request, timeout)
        except httpx.TransportError as error:
            raise TransportFailure(_said(error)) from error

    def _once(self, request: Request, timeout: float) -> Response:
        extensions = {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), timeout)}
        message = httpx.Request(request.method, self._url(request.path), headers=list(request.headers), content=request.body or b"",
                                extensions=extensions)  # fmt: skip
        started = time.perf_counter()
        try:
            response = self._transport.handle_request(message)
            try:
                body = _read(response, started + timeout)
            finally:
                response.close()
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            raise
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise TransportFailure(_said(error)) from error
        headers = tuple((key.lower().decode("latin-1"), value.decode("latin-1")) for key, value in response.headers.raw)
        return Response(response.status_code, headers, body, time.perf_counter() - started)


def _read(response: httpx.Response, deadline: float) -> bytes:
    # Nothing is decoded that was not encoded; we offer no encoding, but a target is not trusted.
    stream = response.iter_bytes() if "content-encoding" in response.headers else response.stream
    chunks, size = [], 0
    for chunk in stream:  # type: ignore[union-attr]  # a transport's stream is one for reading at once
        chunks.append(chunk)
        size += len(chunk)
        if size > MAX_RESPONSE_BYTES:
            raise TransportFailure(f"the response is larger than {MAX_RESPONSE_BYTES // 2**20} MiB")
        if time.perf_counter() > deadline:
            raise TransportFailure("the response did not end in time")
    return b"".join(chunks)


def _said(error: Exception) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "timed out"
    return str(error) or type(error).__name__
