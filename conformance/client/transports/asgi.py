"""Transport to an ASGI application in this process; it runs on one event loop in its own thread."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator, MutableMapping
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import unquote

from conformance.client.server_output import APPLICATION
from conformance.client.transports import MAX_RESPONSE_BYTES, TOO_LARGE, Transport, TransportFailure, describe_exception
from conformance.core import timing
from conformance.core.errors import TargetError
from conformance.evidence.exchange import Request, Response

Message = MutableMapping[str, Any]
App = Callable[[Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]
_STARTUP_SECONDS = 30.0
_EXIT_EXCEPTIONS = (SystemExit, KeyboardInterrupt)
# An application that blocks its event loop for longer counts as stuck.
_STUCK_SECONDS = 5.0


@contextmanager
def open_asgi(app: App) -> Iterator[Transport]:
    """Yield a transport to the application, between its lifespan startup and shutdown if it supports lifespan.

    Raises:
        TargetError: the application's startup failed, or took longer than 30 seconds.

    """
    lifespan = _Lifespan(app)
    with _open_loop() as loop:
        try:
            _wait_for_startup(loop.run(lifespan.startup()))
            yield _Asgi(app, loop.loop, lifespan.state)
        finally:
            if loop.is_responsive():
                with suppress(TimeoutError, CancelledError):
                    loop.run(lifespan.shutdown()).result(_STARTUP_SECONDS)


def _wait_for_startup(startup: Future[None]) -> None:
    try:
        startup.result(_STARTUP_SECONDS)
    except TimeoutError:
        startup.cancel()
        raise TargetError(f"the application did not start within {_STARTUP_SECONDS:.0f} s") from None
    except CancelledError:
        raise TargetError("the application did not start: it cancelled the task that starts it") from None


class _Loop:
    """An event loop in its own thread, which runs until `close` whatever the application raises."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.loop.set_exception_handler(_report_exception)
        self._is_over = False
        self._thread = threading.Thread(target=self._serve, name="conformance-asgi", daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        # asyncio stores an exception of a task on the task, except these two, which end `run_forever`.
        while not self._is_over:
            with suppress(*_EXIT_EXCEPTIONS):
                self.loop.run_forever()
        self.loop.close()

    def run(self, work: Coroutine[Any, Any, None]) -> Future[None]:
        """Start a coroutine on the loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    def is_responsive(self) -> bool:
        """Whether the loop runs a callback within five seconds, so that the application does not block it."""
        turned = threading.Event()
        self.loop.call_soon_threadsafe(turned.set)
        return turned.wait(_STUCK_SECONDS)

    def close(self) -> None:
        """End the loop; if it is blocked, its thread stays behind, and Python does not wait for a daemon thread."""
        self._is_over = True
        with suppress(RuntimeError):  # the loop has already ended
            self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(_STUCK_SECONDS)


def _report_exception(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    # Python does not report these two exceptions for a thread, so we do not report them for a task.
    if not isinstance(context.get("exception"), _EXIT_EXCEPTIONS):
        loop.default_exception_handler(context)


@contextmanager
def _open_loop() -> Iterator[_Loop]:
    loop = _Loop()
    try:
        yield loop
    finally:
        loop.close()


def internal_server_error(error: Exception, started: float) -> Response:
    """Return the response 500 with which a server answers if its application raises an exception."""
    body = f"Internal Server Error: the application raised {type(error).__name__}".encode()
    return Response(500, (("content-type", "text/plain"),), body, timing.elapsed() - started)


def exit_failure(error: BaseException) -> TransportFailure:
    """Return the failure of a request whose application raised SystemExit or the like: a server process would end without an answer."""
    return TransportFailure(f"the application raised {describe_exception(error)} instead of an answer")


class _Lifespan:
    """The lifespan protocol; an application that raises on it has none (ASGI specification, Lifespan)."""

    def __init__(self, app: App) -> None:
        self.state: dict[str, Any] = {}
        self._app = app
        self._task: asyncio.Task[None] | None = None
        self._is_started = False

    async def startup(self) -> None:
        self._inbox: asyncio.Queue[Message] = asyncio.Queue()
        self._outbox: asyncio.Queue[Message] = asyncio.Queue()
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": self.state}
        self._task = asyncio.create_task(self._run(scope))
        await self._inbox.put({"type": "lifespan.startup"})
        answer = await self._outbox.get()
        if isinstance(answer, dict) and answer.get("type") == "lifespan.startup.failed":
            raise TargetError(f"the application did not start: {answer.get('message') or 'its lifespan startup failed'}")
        self._is_started = True

    async def shutdown(self) -> None:
        if self._task is None or self._task.done():
            return
        if self._is_started:
            await self._inbox.put({"type": "lifespan.shutdown"})
            await asyncio.wait([self._task], timeout=_STARTUP_SECONDS / 3)
        self._task.cancel()

    async def _run(self, scope: Message) -> None:
        try:
            await self._app(scope, self._inbox.get, self._outbox.put)
        except Exception:  # noqa: BLE001 - by the ASGI specification this means that lifespan is not supported
            await self._outbox.put({"type": "unsupported"})
        except BaseException as error:  # noqa: BLE001 - a server would end here, so the application does not start
            await self._outbox.put({"type": "lifespan.startup.failed", "message": f"it raised {describe_exception(error)}"})
        else:
            await self._outbox.put({"type": "done"})


class _Asgi:
    def __init__(self, app: App, loop: asyncio.AbstractEventLoop, state: dict[str, Any]) -> None:
        self._app = app
        self._loop = loop
        self._state = state

    def send(self, request: Request, timeout: float) -> Response:
        given_up = threading.Event()
        future = asyncio.run_coroutine_threadsafe(self._until(given_up, request), self._loop)
        try:
            return future.result(timeout)
        except TimeoutError:
            given_up.set()
            future.cancel()
            raise TransportFailure("timed out") from None

    async def _until(self, given_up: threading.Event, request: Request) -> Response:
        try:
            return await self._call(request)
        except TransportFailure:
            if given_up.is_set():  # nobody reads this exception, and asyncio would report that
                raise asyncio.CancelledError from None
            raise

    async def _call(self, request: Request) -> Response:
        started = timing.elapsed()
        reply = _Reply(request.body or b"")
        try:
            await self._app(self._scope(request), reply.receive, reply.send)
        except TransportFailure:
            raise
        except Exception as error:  # noqa: BLE001 - a server answers 500 if its application raises
            APPLICATION.error("the application raised", exc_info=error)
            if not reply.complete:
                return internal_server_error(error, started)
        except BaseException as error:  # noqa: BLE001 - SystemExit and the like must not end our own process
            if not reply.complete:
                raise exit_failure(error) from None
        if not reply.complete:
            raise TransportFailure("the application returned without a whole response")
        return Response(reply.status, reply.headers, b"".join(reply.chunks), timing.elapsed() - started)

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
    """The `receive` and `send` of one request, and the response that the application sent."""

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
        # Like a server, report the disconnect only after the response is complete.
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
