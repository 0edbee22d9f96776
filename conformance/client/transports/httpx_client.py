"""Transport through somebody's own `httpx.Client`: with its authentication, its event hooks, its certificates and its base URL."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from conformance.client.transports import MAX_RESPONSE_BYTES, TOO_LARGE, Transport, TransportFailure, describe_exception
from conformance.core import timing
from conformance.evidence.exchange import Request, Response


@contextmanager
def open_httpx(client: Any, httpx: Any) -> Iterator[Transport]:
    """Yield a transport that sends through the client, which stays its owner's; `httpx` is the module that it is of."""
    yield _Httpx(client, httpx)


class _Httpx:
    def __init__(self, client: Any, httpx: Any) -> None:
        self._client = client
        self._httpx = httpx

    def send(self, request: Request, timeout: float) -> Response:
        started = timing.elapsed()
        sent = self._client.build_request(
            request.method, request.path, headers=list(request.headers), content=request.body, timeout=timeout
        )
        try:
            answer = self._client.send(sent, stream=True, follow_redirects=False)
            try:
                body = self._read(answer, started + timeout)
            finally:
                answer.close()
        except self._httpx.TimeoutException:
            raise TransportFailure("timed out") from None
        except self._httpx.HTTPError as error:
            raise TransportFailure(describe_exception(error)) from None
        return Response(answer.status_code, tuple(answer.headers.multi_items()), body, timing.elapsed() - started)

    @staticmethod
    def _read(answer: Any, until: float) -> bytes:
        body = b""
        for chunk in answer.iter_bytes():
            body += chunk
            if len(body) > MAX_RESPONSE_BYTES:
                raise TransportFailure(TOO_LARGE)
            if timing.elapsed() > until:
                raise TransportFailure("timed out")
        return body
