"""ASGI in process: the application's own coroutine, called on one event loop in a thread of its own."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import unquote

from conformance.errors import TargetError
from conformance.evidence.exchange import Request, Response
from conformance.target.transports import MAX_RESPONSE_BYTES, TOO_LARGE, Transport, TransportFailure

Message = MutableMapping[str, Any]
App = Callable[[Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]
_STARTUP_SECONDS = 30.0


@contextmanager
def open_asgi(app: App) -> Iterator[Transport]:
    """Yield a transport to the application, within its lifespan if it has one.

    Raises:
        TargetError: the application's startup failed.

    """
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="conformance-asgi", daemon=True)
    thread.start()
    lifespan = _Lifespan(app)
    try:
        asyncio.run_coroutine_threadsafe(lifespan.startup(), loop).result(_STARTUP_SECONDS)
        yield _Asgi(app, loop, lifespan.state)
    finally:
        with suppress(TimeoutError):
            asyncio.run_coroutine_threadsafe(lifespan.shutdown(), loop).result(_STARTUP_SECONDS)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(_STARTUP_SECONDS)
        if not thread.is_alive():
            loop.close()


def crashed(error: Exception, started: float) -> Response:
    """Return what a server answers when its application breaks."""
    body = f"Internal Server Error: the application raised {type(error).__name__}".encode()
    return Response(500, (("content-type", "text/plain"),), body, time.perf_counter() - started)


class _Lifespan:
    """The lifespan protocol; an application that raises on it has none (ASGI specification, Lifespan)."""

    def __init__(self, app: App) -> None:
        self.state: dict[str, Any] = {}
        self._app = app
        self._task: asyncio.Task[None] | None = None

    async def startup(self) -> None:
        self._inbox: asyncio.Queue[Message] = asyncio.Queue()
        self._outbox: asyncio.Queue[Message] = asyncio.Queue()
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": self.state}
        self._task = asyncio.create_task(self._run(scope))
        await self._inbox.put({"type": "lifespan.startup"})
        answer = await self._outbox.get()
        if answer["type"] == "lifespan.startup.failed":
            raise TargetError(f"the application did not start: {answer.get('message') or 'its lifespan startup failed'}")

    async def shutdown(self) -> None:
        if self._task is not None and not self._task.done():
            await self._inbox.put({"type": "lifespan.shutdown"})
            await asyncio.wait([self._task], timeout=_STARTUP_SECONDS / 3)
            self._task.cancel()

    async def _run(self, scope: Message) -> None:
        try:
            await self._app(scope, self._inbox.get, self._outbox.put)
        except Exception:  # noqa: BLE001 - by the specification this means: no lifespan support
            await self._outbox.put({"type": "unsupported"})
        else:
            await self._outbox.put({"type": "done"})


class _Asgi:
    def __init__(self, app: App, loop: asyncio.AbstractEventLoop, state: dict[str, Any]) -> None:
        self._app = app
        self._loop = loop
        self._state = state

    def send(self, request: Request, timeout: float) -> Response:
        future = asyncio.run_coroutine_threadsafe(self._call(request), self._loop)
        try:
            return future.result(timeout)
        except TimeoutError:
            future.cancel()
            raise TransportFailure("timed out") from None

    async def _call(self, request: Request) -> Response:
        started = time.perf_counter()
        reply = _Reply(request.body or b"")
        try:
            await self._app(self._scope(request), reply.receive, reply.send)
        except TransportFailure:
            raise
        except Exception as error:  # noqa: BLE001 - a server answers a crash of its application with 500
            if not reply.complete:
                return crashed(error, started)
        if not reply.complete:
            raise TransportFailure("the application returned without a whole response")
        return Response(reply.status, reply.headers, b"".join(reply.chunks), time.perf_counter() - started)

    def _scope(self, request: Request) -> Message:
        path, _, query = request.path.partition("?")
        headers = [(key.lower().encode("latin-1"), value.encode("latin-1")) for key, value in request.headers]
        if request.body is not None:
            headers.append((b"content-length", str(len(request.body)).encode()))
        return {
            "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "method": request.method,
            "scheme": "http", "path": unquote(path), "raw_path": path.encode("ascii"), "query_string": query.encode("ascii"),
            "root_path": "", "headers": headers, "client": ("127.0.0.1", 1), "server": ("conformance.invalid", 80),
            "state": self._state.copy(),
        }  # fmt: skip


class _Reply:
    """What an application receives and sends during one request."""

    def __init__(self, body: bytes) -> None:
        self.status = 0
        self.headers: tuple[tuple[str, str], ...] = ()
        self.chunks: list[bytes] = []
        self.size = 0
        self.complete = False
        self._body: bytes | None = body
        self._ended = asyncio.Event()

    async def receive(self) -> Message:
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        # As a server does, say that the client is gone only once it is.
        await self._ended.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if not isinstance(message["status"], int):
                raise TypeError(f"the status is {type(message['status']).__name__}, not int")
            self.status = message["status"]
            raw = message.get("headers", ())
            self.headers = tuple((bytes(key).decode("latin-1").lower(), bytes(value).decode("latin-1")) for key, value in raw)
        elif message["type"] == "http.response.body":
            self.chunks.append(bytes(message.get("body", b"")))
            self.size += len(self.chunks[-1])
            if self.size > MAX_RESPONSE_BYTES:
                raise TransportFailure(TOO_LARGE)
            self.complete = not message.get("more_body", False)
            if self.complete:
                self._ended.set()
