"""Transport to a WSGI application in this process (PEP 3333); each request has its own thread, so that a hanging one can be left behind."""

import io
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote_to_bytes

from conformance.client.server_output import APPLICATION
from conformance.client.transports import MAX_RESPONSE_BYTES, TOO_LARGE, Transport, TransportFailure
from conformance.client.transports.asgi import exit_failure, internal_server_error
from conformance.core import timing
from conformance.evidence.exchange import Headers, Request, Response

App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@contextmanager
def open_wsgi(app: App) -> Iterator[Transport]:
    """Yield a transport to the application."""
    yield _Wsgi(app)


class _Wsgi:
    def __init__(self, app: App) -> None:
        self._app = app

    def send(self, request: Request, timeout: float) -> Response:
        # A daemon thread, because Python would wait for the threads of a pool at exit.
        future: Future[Response] = Future()
        threading.Thread(target=self._complete, args=(future, request), name="conformance-wsgi", daemon=True).start()
        try:
            return future.result(timeout)
        except TimeoutError:
            raise TransportFailure("timed out") from None

    def _complete(self, future: Future[Response], request: Request) -> None:
        try:
            future.set_result(self._call(request))
        except BaseException as error:  # noqa: BLE001 - it is raised in the thread that waits
            future.set_exception(error)

    def _call(self, request: Request) -> Response:
        started = timing.elapsed()
        head: list[tuple[int, Headers]] = []
        chunks: list[bytes] = []

        def start_response(status: str, headers: list[tuple[str, str]], _exc_info: Any = None) -> Callable[[bytes], None]:
            head[:] = [(int(status.split(maxsplit=1)[0]), tuple((key.lower(), value + "") for key, value in headers))]
            return chunks.append

        try:
            _run(self._app, _environ(request), start_response, chunks)
            body = b"".join(chunks)
        except TransportFailure:
            raise
        except Exception as error:  # noqa: BLE001 - a server answers 500 if its application raises
            APPLICATION.error("the application raised", exc_info=error)
            return internal_server_error(error, started)
        except BaseException as error:  # noqa: BLE001 - SystemExit and the like must not end our own process
            raise exit_failure(error) from None
        if not head:
            raise TransportFailure("the application returned without a response")
        status, headers = head[0]
        return Response(status, headers, body, timing.elapsed() - started)


def _run(app: App, environ: dict[str, Any], start_response: Callable[..., Any], chunks: list[bytes]) -> None:
    result = app(environ, start_response)
    try:
        size = sum(map(len, chunks))
        for chunk in result:
            chunks.append(chunk)
            size += len(chunk)
            if size > MAX_RESPONSE_BYTES:
                raise TransportFailure(TOO_LARGE)
    finally:
        close = getattr(result, "close", None)
        if close is not None:
            close()


def _environ(request: Request) -> dict[str, Any]:
    path, _, query = request.path.partition("?")
    body = request.body or b""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method, "SCRIPT_NAME": "", "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query, "SERVER_NAME": "conformance.invalid", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1", "CONTENT_LENGTH": str(len(body)), "wsgi.version": (1, 0), "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body), "wsgi.errors": sys.stderr, "wsgi.multithread": True, "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }  # fmt: skip
    for key, value in request.headers:
        name = key.upper().replace("-", "_")
        environ[name if name == "CONTENT_TYPE" else f"HTTP_{name}"] = value
    return environ
