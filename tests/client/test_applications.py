"""Applications that end their process, or mean to: an answer that did not come, in bounded time, and nothing of ours ends by it."""

import asyncio
import gc
import sys
import threading
import time

import pytest
from asgi_apps import answer_lifespan

from conformance.client.applications import load, open_app
from conformance.client.transports import TransportFailure, asgi
from conformance.core.errors import TargetError, UsageError
from conformance.evidence.exchange import Request

ENDS = [SystemExit(0), SystemExit("bye"), KeyboardInterrupt(), GeneratorExit(), asyncio.CancelledError(), BaseException("odd")]
ends = pytest.mark.parametrize("end", ENDS, ids=repr)
GET = Request("GET", "/")


async def answer_empty(send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"{}"})


def serving(answers):
    """Return an ASGI application with a lifespan that answers requests as `answers` does."""

    async def app(scope, receive, send):
        await (answer_lifespan(receive, send) if scope["type"] == "lifespan" else answers(scope, receive, send))

    return app


@pytest.fixture
def importing(tmp_path, monkeypatch):
    """Return what imports a module of the given text."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])

    def imported(text, name):
        (tmp_path / f"{name}.py").write_text(text)
        return load(f"{name}:app")

    return imported


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("import sys\nsys.exit(0)", "raised SystemExit: 0"),
        ("import sys\nsys.exit()", "raised SystemExit"),
        ("import sys\nsys.exit('no configuration')", "raised SystemExit: no configuration"),
        ("raise KeyboardInterrupt", "raised KeyboardInterrupt"),
        ("raise GeneratorExit", "raised GeneratorExit"),
        ("raise BaseException('odd')", "raised BaseException: odd"),
        ("def __getattr__(name):\n    raise SystemExit(0)", "raised SystemExit: 0"),
    ],
)
def test_a_module_that_ends_the_process_while_it_is_imported_is_a_mistake_that_is_named(importing, text, message):
    with pytest.raises(UsageError, match=message):
        importing(text, f"ending{abs(hash(text))}")


@ends
def test_an_asgi_application_that_ends_instead_of_an_answer_has_not_answered_and_is_asked_again(end):
    async def answers(scope, _receive, send):
        if scope["path"] == "/end":
            raise end
        await answer_empty(send)

    with open_app(serving(answers)) as transport:
        for _ in range(2):
            with pytest.raises(TransportFailure, match=f"raised {type(end).__name__}.* instead of an answer"):
                transport.send(Request("GET", "/end"), 5)
            assert transport.send(GET, 5).status == 200


def test_an_application_that_ends_after_its_answer_has_answered():
    async def answers(_scope, _receive, send):
        await answer_empty(send)
        raise SystemExit(0)

    with open_app(serving(answers)) as transport:
        assert transport.send(GET, 5).status == 200


def test_an_application_that_ends_within_its_answer_has_not_answered():
    async def answers(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})
        raise SystemExit(0)

    with open_app(serving(answers)) as transport, pytest.raises(TransportFailure, match="SystemExit"):
        transport.send(GET, 5)


def _task(_loop):
    async def ends():
        raise SystemExit(0)

    _KEPT.append(asyncio.ensure_future(ends()))


def _interrupted_task(_loop):
    async def ends():
        raise KeyboardInterrupt

    _KEPT.append(asyncio.ensure_future(ends()))


_KEPT = []
BEHIND = {
    "a task": _task,
    "a task that is interrupted": _interrupted_task,
    "a callback": lambda loop: loop.call_soon(sys.exit, 0),
    "a timer": lambda loop: loop.call_later(0.01, sys.exit, 0),
    "a thread": lambda _loop: threading.Thread(target=sys.exit, args=(0,)).start(),
    "a pool": lambda loop: loop.run_in_executor(None, sys.exit, 0).add_done_callback(lambda done: done.exception()),
    "the loop's own stop": lambda loop: loop.stop(),
}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("behind", BEHIND.values(), ids=BEHIND)
def test_what_ends_behind_an_application_takes_no_answer_with_it(behind):
    async def answers(_scope, _receive, send):
        behind(asyncio.get_running_loop())
        await asyncio.sleep(0.05)
        await answer_empty(send)

    started = time.monotonic()
    with open_app(serving(answers)) as transport:
        for _ in range(3):
            assert transport.send(GET, 5).status == 200
    assert time.monotonic() - started < 4
    for task in _KEPT:
        assert task.done()
        task.exception()
    _KEPT.clear()


def test_an_application_that_cancels_every_task_has_not_answered_and_is_asked_again():
    async def answers(scope, _receive, send):
        if scope["path"] == "/end":
            for task in asyncio.all_tasks():
                task.cancel()
            await asyncio.sleep(0)
        await answer_empty(send)

    with open_app(serving(answers)) as transport:
        with pytest.raises(TransportFailure, match="CancelledError"):
            transport.send(Request("GET", "/end"), 5)
        assert transport.send(GET, 5).status == 200


@ends
def test_an_application_that_ends_as_it_starts_does_not_start(end):
    async def app(scope, receive, _send):
        assert scope["type"] == "lifespan"
        await receive()
        raise end

    started = time.monotonic()
    with pytest.raises(TargetError, match=f"did not start: it raised {type(end).__name__}"), open_app(app):
        pass
    assert time.monotonic() - started < 4


@ends
def test_an_application_that_ends_as_it_stops_has_served(end):
    async def app(scope, receive, send):
        if scope["type"] != "lifespan":
            await answer_empty(send)
            return
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        raise end

    started = time.monotonic()
    with open_app(app) as transport:
        assert transport.send(GET, 5).status == 200
    assert time.monotonic() - started < 4


def test_an_application_whose_start_never_ends_is_not_waited_for_twice(monkeypatch, caplog):
    monkeypatch.setattr(asgi, "_STARTUP_SECONDS", 0.3)

    async def app(_scope, receive, _send):
        await receive()
        await asyncio.sleep(60)

    started = time.monotonic()
    with pytest.raises(TargetError, match="did not start within"), open_app(app):
        pass
    assert time.monotonic() - started < 2
    gc.collect()
    assert caplog.text == ""


def test_a_request_that_was_given_up_is_not_complained_about(caplog):
    async def answers(scope, _receive, send):
        if scope["path"] == "/end":
            try:
                await asyncio.sleep(60)
            finally:
                sys.exit(0)
        await answer_empty(send)

    with open_app(serving(answers)) as transport:
        with pytest.raises(TransportFailure, match="timed out"):
            transport.send(Request("GET", "/end"), 0.1)
        assert transport.send(GET, 5).status == 200
    gc.collect()
    assert caplog.text == ""


@pytest.mark.parametrize("message", [{}, None, {"type": "lifespan.startup.surprise"}])
def test_an_application_that_says_something_else_as_it_starts_is_served(message):
    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            await receive()
            await send(message)
        else:
            await answer_empty(send)

    with open_app(app) as transport:
        assert transport.send(GET, 5).status == 200


def test_an_application_that_blocks_its_loop_is_left_behind(monkeypatch):
    monkeypatch.setattr(asgi, "_STUCK_SECONDS", 0.2)
    ended = threading.Event()

    async def answers(_scope, _receive, _send):
        ended.wait(20)

    started = time.monotonic()
    with open_app(serving(answers)) as transport, pytest.raises(TransportFailure, match="timed out"):
        transport.send(GET, 0.2)
    assert time.monotonic() - started < 3
    ended.set()
    for thread in threading.enumerate():
        if thread.name == "conformance-asgi":
            thread.join()


def _called(end):
    def app(_environ, _start_response):
        raise end

    return app


def _iterated(end):
    def app(_environ, start_response):
        start_response("200 OK", [])
        yield b"{"
        raise end

    return app


def _closed(end):
    class Body:
        def __iter__(self):
            return iter([b"{}"])

        def close(self):
            raise end

    def app(_environ, start_response):
        start_response("200 OK", [])
        return Body()

    return app


def _in_a_header(end):
    class Value(str):  # noqa: SLOT000
        def __add__(self, _other):
            raise end

    def app(_environ, start_response):
        start_response("200 OK", [("a", Value("b"))])
        return [b"{}"]

    return app


@ends
@pytest.mark.parametrize("make", [_called, _iterated, _closed, _in_a_header])
def test_a_wsgi_application_that_ends_instead_of_an_answer_has_not_answered(make, end):
    with open_app(make(end)) as transport, pytest.raises(TransportFailure, match=f"raised {type(end).__name__}"):
        transport.send(GET, 5)


APP = "async def app(scope, receive, send):\n    pass\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("app = 5", "is int, not an ASGI or a WSGI application: it cannot be called"),
        (APP + "def make():\n    return app\napp = make", "it may make the application: --factory calls it"),
        ("def app(one, two, three, four):\n    pass", "neither an ASGI nor a WSGI application: ASGI takes (scope, receive, send)"),
    ],
)
def test_what_is_no_application_is_refused_with_what_was_expected(importing, text, message):
    with pytest.raises(UsageError) as error:
        importing(text, f"no_app_{len(text)}")
    assert message in str(error.value)


@pytest.mark.parametrize("text", [APP, "def app(environ, start_response):\n    return []", "app = print"])
def test_what_can_be_called_as_an_application_is_taken(importing, text):
    assert importing(text, f"an_app_{len(text)}") is not None


def test_a_factory_makes_the_application(importing, tmp_path):
    (tmp_path / "factories.py").write_text(
        f"{APP}def make():\n    return app\ndef broken():\n    raise ValueError('no settings')\n"
    )
    assert load("factories:make", is_factory=True) is load("factories:make()") is load("factories:app")
    with pytest.raises(UsageError, match="--factory: calling it raised ValueError: no settings"):
        load("factories:broken", is_factory=True)
