"""Transports: HTTP, ASGI and WSGI answer alike, and each gives up on what does not answer."""

import asyncio
import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from conformance.errors import TargetError, TargetGone
from conformance.evidence.exchange import Credentials, Namespace, Request, Response
from conformance.target.applications import open_app
from conformance.target.client import Client, Identity
from conformance.target.transports import TransportFailure
from conformance.target.transports.http import open_http


def told(method, path, headers, body):
    return json.dumps({"method": method, "path": path, "body": body.decode(), "x": headers.get("x-test")}).encode()


async def asgi(scope, receive, send):
    if scope["type"] == "lifespan":
        while (message := await receive())["type"] != "lifespan.shutdown":
            await send({"type": f"{message['type']}.complete"})
        await send({"type": "lifespan.shutdown.complete"})
        return
    if scope["path"] == "/hang":
        await asyncio.sleep(30)
    if scope["path"] == "/crash":
        raise RuntimeError("crash")
    message = await receive()
    headers = {key.decode(): value.decode() for key, value in scope["headers"]}
    path = scope["raw_path"].decode() + ("?" + scope["query_string"].decode() if scope["query_string"] else "")
    await send({"type": "http.response.start", "status": 200, "headers": [(b"X-Kind", b"any")]})
    await send({"type": "http.response.body", "body": told(scope["method"], path, headers, message["body"])})


def wsgi(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/hang":
        time.sleep(3)
    if path == "/crash":
        raise RuntimeError("crash")
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    query = environ["QUERY_STRING"]
    start_response("200 OK", [("X-Kind", "any")])
    return [told(environ["REQUEST_METHOD"], path + ("?" + query if query else ""), {"x-test": environ.get("HTTP_X_TEST")}, body)]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.path == "/hang":
            time.sleep(3)
        status = 500 if self.path == "/crash" else 200
        if self.path == "/close":
            self.close_connection = True
        answer = told(self.command, self.path, {key.lower(): value for key, value in self.headers.items()}, body)
        self.send_response(status)
        self.send_header("X-Kind", "any")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_args):
        pass


class Server(ThreadingHTTPServer):
    def handle_error(self, *_args):
        """A client that gave up is no news."""


@contextmanager
def over_http():
    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        with open_http(f"http://127.0.0.1:{server.server_port}") as transport:
            yield transport
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(params=["http", "asgi", "wsgi"])
def transport(request):
    opened = {"http": over_http, "asgi": lambda: open_app(asgi), "wsgi": lambda: open_app(wsgi)}[request.param]
    with opened() as made:
        yield made


def test_a_request_arrives_as_it_was_sent(transport):
    response = transport.send(Request("POST", "/a%20b?c=d", (("X-Test", "1"),), b"body"), 5)
    told_back = json.loads(response.body)
    assert response.status == 200
    assert response.header("x-kind") == "any"
    assert told_back["body"] == "body"
    assert told_back["x"] == "1"
    assert told_back["path"].endswith("b?c=d")


def test_a_target_that_does_not_answer_in_time_is_a_failure(transport):
    started = time.monotonic()
    with pytest.raises(TransportFailure, match="timed out"):
        transport.send(Request("POST", "/hang", (), b""), 0.2)
    assert time.monotonic() - started < 2


def test_a_crash_is_answered_500(transport):
    assert transport.send(Request("POST", "/crash", (), b""), 5).status == 500


def test_a_connection_that_the_server_closed_is_opened_again():
    with over_http() as transport:
        for _ in range(5):
            assert transport.send(Request("POST", "/close", (), b""), 5).status == 200


def test_nothing_listening_is_a_failure_that_says_so():
    with open_http("http://127.0.0.1:1") as transport, pytest.raises(TransportFailure, match="refused"):
        transport.send(Request("GET", "/"), 1)


def test_an_application_that_does_not_start_is_named():
    async def broken(scope, receive, send):
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no database"})

    with pytest.raises(TargetError, match="no database"), open_app(broken):
        pass


def test_an_application_without_lifespan_is_served():
    async def plain(scope, _receive, send):
        assert scope["type"] == "http"
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    with open_app(plain) as transport:
        assert transport.send(Request("GET", "/"), 5).status == 204


class Scripted:
    """A transport that answers from a list; None is a failure."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.seen = []

    def send(self, request, timeout):
        self.seen.append(request)
        answer = self.answers.pop(0)
        if answer is None:
            raise TransportFailure("timed out")
        return answer


def answer(status, **headers):
    return Response(status, tuple((key.replace("_", "-"), value) for key, value in headers.items()), b"", 0.0)


def test_the_client_waits_as_long_as_429_says_and_asks_again():
    scripted = Scripted(answer(429, retry_after="0"), answer(503, retry_after="Sun, 06 Nov 1994 08:49:37 GMT"), answer(200))
    assert Client(scripted).send(Request("GET", "/")).response.status == 200
    assert len(scripted.seen) == 3


@pytest.mark.parametrize(
    "given", [answer(503), answer(429, retry_after="soon"), answer(429, retry_after="86400"), answer(500, retry_after="0")]
)
def test_the_client_does_not_wait_without_a_bounded_reason(given):
    scripted = Scripted(given)
    assert Client(scripted).send(Request("GET", "/")).response == given


def test_the_client_sends_the_targets_headers_and_says_what_it_is():
    scripted = Scripted(answer(200))
    Client(scripted, identity=Identity("x", "one", "two")).send(Request("GET", "/", (("a", "b"),)))
    sent = dict(scripted.seen[0].headers)
    assert (sent["authorization"], sent["x-namespace"], sent["a"]) == ("Bearer x", "one", "b")
    assert sent["user-agent"].startswith("collections-conformance/")


@pytest.mark.parametrize(
    ("credentials", "sent"),
    [
        (Credentials.NONE, None),
        (Credentials.UNKNOWN, "Bearer conformance-unknown-token"),
        (Credentials.BASIC, "Basic x"),
        (Credentials.BARE, "x"),
    ],
)
def test_a_request_can_be_sent_as_a_stranger_and_from_the_other_namespace(credentials, sent):
    scripted = Scripted(answer(200))
    request = Request("GET", "/", credentials=credentials, namespace=Namespace.SECONDARY)
    Client(scripted, identity=Identity("x", "one", "two")).send(request)
    headers = dict(scripted.seen[0].headers)
    assert headers.get("authorization") == sent
    assert headers["x-namespace"] == "two"


def test_a_target_that_stays_silent_is_gone():
    client = Client(Scripted(*[None] * 10))
    with pytest.raises(TargetGone):
        for _ in range(10):
            assert client.send(Request("GET", "/")).response is None


def test_a_target_that_drops_some_requests_and_answers_a_plain_one_is_judged_on():
    client = Client(Scripted(*[None] * 4, answer(200), None))
    assert [client.send(Request("GET", "/")).response for _ in range(5)] == [None] * 5


@pytest.mark.parametrize("value", ["²", "-1", "", "1.5", "nan"])
def test_a_wait_that_is_no_number_of_seconds_is_not_waited_for(value):
    scripted = Scripted(answer(429, retry_after=value))
    assert Client(scripted).send(Request("GET", "/")).response.status == 429


@pytest.mark.parametrize("broken", ["chunks", "header"])
def test_a_wsgi_application_that_breaks_the_protocol_is_answered_500(broken):
    def odd(_environ, start_response):
        start_response("200 OK", [("retry-after", 5 if broken == "header" else "5")])
        return ["text" if broken == "chunks" else b"bytes"]

    with open_app(odd) as transport:
        assert transport.send(Request("GET", "/"), 5).status == 500


def test_an_asgi_application_that_breaks_the_protocol_is_answered_500():
    async def odd(scope, _receive, send):
        await send({"type": "http.response.start", "status": "200", "headers": []})
        await send({"type": "http.response.body", "body": b""})

    with open_app(odd) as transport:
        assert transport.send(Request("GET", "/"), 5).status == 500


def test_requests_keep_their_pace():
    client = Client(Scripted(*[answer(200)] * 4), per_second=20)
    started = time.monotonic()
    for _ in range(4):
        client.send(Request("GET", "/"))
    assert time.monotonic() - started >= 0.14
