"""Transports: HTTP, ASGI and WSGI answer alike, and each gives up on what does not answer."""

import asyncio
import json
import ssl
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest
import trustme
from asgi_apps import answer_lifespan

from conformance.client.applications import open_app
from conformance.client.asking import ask
from conformance.client.client import Client, Identity
from conformance.client.transports import TransportFailure, Unreachable
from conformance.client.transports.http import open_http
from conformance.core import timing
from conformance.core.errors import TargetBusy, TargetError, TargetGone, TokenRefused, UsageError
from conformance.evidence.exchange import Credentials, Namespace, Request, Response


def echo_body(method, path, headers, body):
    return json.dumps({"method": method, "path": path, "body": body.decode(), "x": headers.get("x-test")}).encode()


async def asgi(scope, receive, send):
    if scope["type"] == "lifespan":
        await answer_lifespan(receive, send)
        return
    if scope["path"] == "/hang":
        await asyncio.sleep(30)
    if scope["path"] == "/crash":
        raise RuntimeError("crash")
    message = await receive()
    headers = {key.decode(): value.decode() for key, value in scope["headers"]}
    path = scope["raw_path"].decode() + ("?" + scope["query_string"].decode() if scope["query_string"] else "")
    await send({"type": "http.response.start", "status": 200, "headers": [(b"X-Kind", b"any")]})
    await send({"type": "http.response.body", "body": echo_body(scope["method"], path, headers, message["body"])})


def wsgi(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/hang":
        time.sleep(3)
    if path == "/crash":
        raise RuntimeError("crash")
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    query = environ["QUERY_STRING"]
    start_response("200 OK", [("X-Kind", "any")])
    return [
        echo_body(environ["REQUEST_METHOD"], path + ("?" + query if query else ""), {"x-test": environ.get("HTTP_X_TEST")}, body)
    ]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.path == "/hang":
            time.sleep(3)
        status = 500 if self.path == "/crash" else 200
        if self.path == "/close":
            self.close_connection = True
        answer = echo_body(self.command, self.path, {key.lower(): value for key, value in self.headers.items()}, body)
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
def served(handler, tls=None):
    """Serve with a handler, over TLS if a context is given; yield the port."""
    server = Server(("127.0.0.1", 0), handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def over_http(handler=Handler):
    with served(handler) as port, open_http(f"http://127.0.0.1:{port}") as transport:
        yield transport


@pytest.fixture(params=["http", "asgi", "wsgi"])
def transport(request):
    opened = {"http": over_http, "asgi": lambda: open_app(asgi), "wsgi": lambda: open_app(wsgi)}[request.param]
    with opened() as transport:
        yield transport


def test_a_request_arrives_as_it_was_sent(transport):
    response = transport.send(Request("POST", "/a%20b?c=d", (("X-Test", "1"),), b"body"), 5)
    echo = json.loads(response.body)
    assert response.status == 200
    assert response.header("x-kind") == "any"
    assert echo["body"] == "body"
    assert echo["x"] == "1"
    assert echo["path"].endswith("b?c=d")


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
    """A transport that answers from a list; None and what is a failure are failures."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.seen = []

    def send(self, request, timeout):
        self.seen.append(request)
        answer = self.answers.pop(0)
        if answer is None:
            raise TransportFailure("timed out")
        if isinstance(answer, TransportFailure):
            raise answer
        return answer


def answer(status, **headers):
    return Response(status, tuple((key.replace("_", "-"), value) for key, value in headers.items()), b"", 0.0)


def test_the_client_waits_as_long_as_429_says_and_asks_again():
    scripted = Scripted(answer(429, retry_after="0"), answer(503, retry_after="Sun, 06 Nov 1994 08:49:37 GMT"), answer(200))
    assert Client(scripted).send(Request("GET", "/")).response.status == 200
    assert len(scripted.seen) == 3


@pytest.mark.parametrize("given", [answer(503), answer(429, retry_after="86400"), answer(500, retry_after="0")])
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
    scripted, slept = Scripted(answer(200), *[None] * 20), Slept()
    client = Client(scripted, sleep=slept)
    client.send(Request("GET", "/"))
    with pytest.raises(TargetGone):
        for _ in range(10):
            assert client.send(Request("GET", "/")).response is None
    assert len(scripted.seen) == 1 + 2 + 12
    assert sum(slept) == 3


def test_a_target_that_is_silent_for_a_moment_only_is_judged_on():
    client = Client(Scripted(answer(200), *[None] * 2, *[None] * 5, answer(200), answer(201)), sleep=Slept())
    sent = [client.send(Request("GET", "/")).response for _ in range(4)]
    assert [response and response.status for response in sent] == [200, None, None, 201]


def test_a_target_that_drops_some_requests_and_answers_a_plain_one_is_judged_on():
    client = Client(Scripted(answer(200), *[None] * 2, answer(200), None))
    assert [client.send(Request("GET", "/")).response for _ in range(4)][1:] == [None] * 3


@pytest.mark.parametrize(("seconds", "tries"), [(-1, 1), (60, 2)])
def test_a_target_is_not_asked_again_when_the_time_is_over(seconds, tries):
    scripted = Scripted(*[answer(502)] * 2)
    ask(Client(scripted, until=timing.monotonic() + seconds), lambda: Request("GET", "/"), (0.01,))
    assert len(scripted.seen) == tries


def test_a_target_that_puts_off_every_request_is_not_waited_for_for_ever():
    client = Client(Scripted(*[answer(429, retry_after="86400")] * 9))
    with pytest.raises(TargetBusy, match="86400"):
        for _ in range(9):
            client.send(Request("GET", "/"))


class Slept(list):
    """What was waited for, in seconds, instead of waiting."""

    def __call__(self, seconds):
        self.append(seconds)


def test_429_that_names_no_time_is_asked_again_after_longer_and_longer_pauses():
    slept, scripted = Slept(), Scripted(*[answer(429)] * 3, answer(200))
    client = Client(scripted, sleep=slept)
    assert client.send(Request("GET", "/")).response.status == 200
    assert [round(pause, 1) for pause in slept if pause >= 0.1] == [0.1, 0.2, 0.4]
    assert client.waits == 3


def test_429_that_stays_ends_the_run_as_incomplete_and_says_what_to_set():
    slept = Slept()
    client = Client(Scripted(*[answer(429)] * 50), sleep=slept)
    assert client.send(Request("GET", "/")).response.status == 429
    with pytest.raises(TargetBusy, match="requests_per_second") as caught:
        client.send(Request("GET", "/"))
    assert caught.value.exit_code == 4
    assert 80 < sum(slept) < 150


def test_a_request_is_not_waited_for_longer_than_a_minute_whatever_is_named():
    slept, scripted = Slept(), Scripted(*[answer(429, retry_after="25")] * 9)
    assert Client(scripted, sleep=slept).send(Request("GET", "/")).response.status == 429
    assert sum(pause for pause in slept if pause >= 1) == 50


def test_a_target_that_puts_off_at_the_time_that_it_named_is_given_more_and_each_request_another_one():
    def pauses(client_requests):
        slept = Slept()
        client = Client(Scripted(*[answer(503, retry_after="0")] * 3, answer(200)), sleep=slept)
        client.requests = client_requests
        assert client.send(Request("GET", "/")).response.status == 200
        return list(slept)

    first, second = pauses(0), pauses(1)
    assert (first[0], second[0]) == (0, 0)
    assert all(0.1 <= pause <= 0.6 for pause in first[1:] + second[1:])
    assert not set(first[1:]) & set(second[1:])


def test_a_target_that_says_when_to_come_back_is_not_kept_waiting_for_longer_than_a_second_more():
    slept = Slept()
    client = Client(Scripted(*[answer(503, retry_after="0")] * 20), sleep=slept)
    assert client.send(Request("GET", "/")).response.status == 503
    assert max(slept) <= 1.5
    assert sum(slept) < 12


class Narrow:
    """A transport that answers so many requests at a time, and leaves those beyond without an answer."""

    def __init__(self, most):
        self.most, self.under_way, self.lock = most, 0, threading.Lock()

    def send(self, request, timeout):
        with self.lock:
            self.under_way += 1
            is_full = self.under_way > self.most
        time.sleep(0.05)
        with self.lock:
            self.under_way -= 1
        if is_full:
            raise TransportFailure("reset")
        return answer(404)


@pytest.mark.parametrize(("most", "number", "is_crowded"), [(2, 8, True), (8, 8, False), (1, 1, False)])
def test_a_target_is_crowded_if_it_leaves_requests_unanswered_that_are_sent_at_once(most, number, is_crowded):
    client = Client(Narrow(most))
    client.learn_room(number)
    assert client.is_crowded is is_crowded


def test_who_is_put_off_goes_on_more_slowly_and_comes_back_to_its_pace():
    slept = Slept()
    client = Client(Scripted(answer(429), *[answer(200)] * 60), sleep=slept)
    for _ in range(60):
        client.send(Request("GET", "/"))
    paced = [pause for pause in slept if pause < 0.1]
    assert paced
    assert len(paced) < 30


SIGNS = (Request("GET", "/things/x"), Request("POST", "/things", (), b"{}"))
LOCKED = [answer(401), answer(403), answer(302, location="https://login.test/"), answer(200, content_type="text/html")]


@pytest.mark.parametrize("locked", LOCKED)
@pytest.mark.parametrize("blind", [0, 1])
def test_the_first_request_that_an_expired_token_does_not_let_in_ends_the_run(locked, blind):
    # What a stranger is refused too tells nothing: of the two requests that could, one or both do.
    entry = [answer(404), answer(404 if blind else 401), answer(422), answer(401)]
    client = Client(Scripted(*entry, answer(200), *[locked] * 3), identity=Identity("x"), signs_of_life=SIGNS)
    client.learn_entry()
    assert client.send(Request("GET", "/")).response.status == 200
    with pytest.raises(TokenRefused, match=f"answered {locked.status}"):
        client.send(Request("POST", "/"))


@pytest.mark.parametrize("locked", LOCKED)
def test_a_request_that_is_not_let_in_while_the_token_is_taken_is_judged(locked):
    client = Client(
        Scripted(answer(404), answer(401), answer(422), answer(401), *[locked, answer(422)] * 9),
        identity=Identity("x"),
        signs_of_life=SIGNS,
    )
    client.learn_entry()
    assert [client.send(Request("POST", "/")).response.status for _ in range(9)] == [locked.status] * 9


def test_a_token_that_nothing_harmless_tells_of_is_known_refused_by_several_in_a_row():
    client = Client(Scripted(*[answer(404)] * 4, *[answer(403)] * 9), identity=Identity("x"))
    client.learn_entry()
    with pytest.raises(TokenRefused):
        for _ in range(9):
            client.send(Request("POST", "/"))


def test_a_token_that_is_not_taken_any_more_ends_the_run():
    scripted = Scripted(answer(200), *[answer(401)] * 9)
    client = Client(scripted, identity=Identity("x"))
    with pytest.raises(TokenRefused, match="does not take the token any more"):
        for _ in range(9):
            client.send(Request("GET", "/"))
    assert len(scripted.seen) == 7


def test_requests_that_must_not_be_let_in_say_nothing_of_the_token():
    client = Client(Scripted(*[answer(401)] * 20), identity=Identity("x"))
    for _ in range(20):
        assert client.send(Request("GET", "/", credentials=Credentials.UNKNOWN)).response.status == 401


def test_bodies_that_are_answered_401_while_a_plain_request_is_let_in_are_judged():
    client = Client(Scripted(*[answer(401)] * 5, answer(404), *[answer(401)] * 4), identity=Identity("x"))
    assert [client.send(Request("POST", "/")).response.status for _ in range(9)] == [401] * 9


def test_nothing_is_waited_for_beyond_the_end_of_the_run():
    scripted = Scripted(answer(429, retry_after="20"))
    started = time.monotonic()
    assert Client(scripted, until=started + 5).send(Request("GET", "/")).response.status == 429
    assert time.monotonic() - started < 1


def test_a_target_that_restarts_is_sent_to_once_it_listens_again():
    client = Client(Scripted(answer(200), Unreachable("refused"), Unreachable("refused"), answer(200)))
    assert [client.send(Request("GET", "/")).response.status for _ in range(2)] == [200, 200]


def test_a_target_that_does_not_listen_again_is_gone():
    client = Client(Scripted(answer(200), *[Unreachable("refused")] * 50), timeout=0.5)
    client.send(Request("GET", "/"))
    with pytest.raises(TargetGone, match="not there any more: refused"):
        client.send(Request("GET", "/"))


@pytest.mark.parametrize("value", ["²", "-1", "", "1.5", "nan", "soon"])
@pytest.mark.parametrize("status", [429, 503])
def test_a_wait_that_is_no_number_of_seconds_is_as_if_none_were_named(value, status):
    slept = Slept()
    client = Client(Scripted(answer(status, retry_after=value), answer(200)), sleep=slept)
    assert client.send(Request("GET", "/")).response.status == 200
    assert round(slept[0], 1) == 0.1


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


def test_requests_keep_the_pace_that_was_asked_for():
    client = Client(Scripted(*[answer(200)] * 4), per_second=20)
    started = time.monotonic()
    for _ in range(4):
        client.send(Request("GET", "/"))
    assert time.monotonic() - started >= 0.14


@contextmanager
def over_tls(tmp_path, name="127.0.0.1", *, handler=Handler, **valid):
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name, **valid).configure_cert(context)
    with served(handler, context) as port:
        yield f"https://127.0.0.1:{port}"


def test_a_certificate_is_trusted_by_configuration_alone(tmp_path, monkeypatch):
    with over_tls(tmp_path) as url:
        with open_http(url, ca_file=tmp_path / "ca.pem") as transport:
            assert transport.send(Request("POST", "/", (), b""), 5).status == 200
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        with open_http(url) as transport, pytest.raises(TransportFailure, match="certificate"):
            transport.send(Request("POST", "/", (), b""), 5)


def refusal(url, **network):
    with open_http(url, **network) as transport, pytest.raises(Unreachable) as caught:
        transport.send(Request("POST", "/", (), b""), 5)
    return str(caught.value)


def test_an_untrusted_certificate_points_at_the_file_that_would_help(tmp_path):
    with over_tls(tmp_path) as url:
        assert "[network] ca_file in a target file names a file of certificates (PEM) to trust" in refusal(url)
        (tmp_path / "other").mkdir()
        with over_tls(tmp_path / "other"):
            assert "[network] ca_file" in (message := refusal(url, ca_file=tmp_path / "other" / "ca.pem"))
            assert "has none that did" in message


def test_the_reason_says_that_a_certificate_is_for_another_name(tmp_path):
    with over_tls(tmp_path, "elsewhere.example") as url:
        assert "another name's" in refusal(url, ca_file=tmp_path / "ca.pem")
        by_name = refusal(url.replace("127.0.0.1", "localhost"), ca_file=tmp_path / "ca.pem")
    assert "not valid for 'localhost'); it must name the host of the URL, and [network] ca_file is no help" in by_name


@pytest.mark.parametrize(("year", "message"), [(2001, "not valid any more"), (2040, "not valid yet")])
def test_the_reason_says_that_a_certificate_is_not_valid_at_this_time(tmp_path, year, message):
    valid = {"not_before": datetime(year, 1, 1, tzinfo=UTC), "not_after": datetime(year, 12, 31, tzinfo=UTC)}
    with over_tls(tmp_path, **valid) as url:
        reason = refusal(url, ca_file=tmp_path / "ca.pem")
    assert message in reason
    assert "ca_file" not in reason


def test_the_scheme_of_a_url_may_be_in_capitals_and_is_trusted_alike(tmp_path):
    with over_tls(tmp_path) as url, open_http(url.replace("https", "HTTPS"), ca_file=tmp_path / "ca.pem") as transport:
        assert transport.send(Request("POST", "/", (), b""), 5).status == 200


@pytest.mark.parametrize("content", [None, b"no certificate"])
def test_a_file_of_certificates_that_is_none_is_a_mistake_that_names_it(tmp_path, content):
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UsageError, match=r"ca\.pem"), open_http("https://127.0.0.1", ca_file=file):
        pass


class Through(Handler):
    seen: ClassVar[list[str]] = []

    def do_POST(self):
        self.seen.append(self.path)
        super().do_POST()


def test_a_proxy_is_used_by_configuration_alone(monkeypatch):
    Through.seen.clear()
    with served(Through) as port:
        proxy = f"http://127.0.0.1:{port}"
        with open_http("http://nowhere.invalid:81/base", proxy=proxy) as transport:
            assert transport.send(Request("POST", "/a", (), b""), 5).status == 200
        assert Through.seen == ["http://nowhere.invalid:81/base/a"]
        monkeypatch.setenv("HTTP_PROXY", proxy)
        with open_http("http://127.0.0.1:1") as transport, pytest.raises(TransportFailure):
            transport.send(Request("POST", "/a", (), b""), 5)
        assert len(Through.seen) == 1


def test_a_proxy_with_a_certificate_is_trusted_by_configuration_too(tmp_path):
    with over_tls(tmp_path, handler=Through) as proxy:
        Through.seen.clear()
        with open_http("http://nowhere.invalid:81", proxy=proxy, ca_file=tmp_path / "ca.pem") as transport:
            assert transport.send(Request("POST", "/a", (), b""), 5).status == 200
        assert Through.seen == ["http://nowhere.invalid:81/a"]
        assert "[network] ca_file" in (message := refusal("http://nowhere.invalid:81", proxy=proxy))
        assert f"(through the proxy {proxy})" in message


def test_an_application_that_answers_without_end_is_not_read_to_it():
    async def endless(scope, _receive, send):
        assert scope["type"] == "http"
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while True:
            await send({"type": "http.response.body", "body": b"x" * 2**20, "more_body": True})

    def endless_too(_environ, start_response):
        start_response("200 OK", [])
        while True:
            yield b"x" * 2**20

    for app in (endless, endless_too):
        with open_app(app) as transport, pytest.raises(TransportFailure, match="larger than 32 MiB"):
            transport.send(Request("GET", "/"), 20)


class Forgetful(Handler):
    """Does what it is asked, and now and then closes without an answer."""

    bodies: ClassVar[list[bytes]] = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        self.bodies.append(body)
        if body in (b"3", b"6", b"7"):
            self.close_connection = True
            return
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()


def test_a_request_that_may_have_been_done_is_not_sent_twice_again_and_again():
    lost = []
    with over_http(Forgetful) as transport:
        for number in range(10):
            try:
                transport.send(Request("POST", "/", (), b"%d" % number), 5)
            except TransportFailure:
                lost.append(number)
    # The first time it may have been an idle connection; from then on each request has its own, and is lost or not.
    assert [number for number in range(10) if Forgetful.bodies.count(b"%d" % number) > 1] == [3]
    assert lost == [3, 6, 7]
