"""What servers do on a bad day: each with the calls it takes, and what a run must say of it."""

import base64
import gzip
import json
import re
import zlib
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote

from faked import Call, Does, Takes, Wire, always, later, reads, refusals

TOKEN = "wire-secret-0123456789"
SCRIPT = "<script>alert(1)</script>"
ESCAPES = "\x1b]0;owned\x07\x1b[2J\x9b31m"
_MIB = 2**20


@dataclass(frozen=True)
class Behaviour:
    """A name, the calls it takes, what it does, and what must come of it: the exit code, words on the screen, requirements that fail.

    `only` are the requirements that are judged, for a run that is short.
    """

    name: str
    takes: Takes
    does: Does
    code: int
    says: str
    fails: str | None = None
    only: str = "collections.get.*"
    options: tuple[str, ...] = ()
    timeout: float = 3.0


def of(name: str, takes: Takes, code: int, says: str, fails: str | None = None, **more):
    """Register what the decorated function does under a name."""

    def register(does: Does) -> Does:
        BEHAVIOURS.append(Behaviour(name, takes, does, code, says, fails, **more))
        return does

    return register


BEHAVIOURS: list[Behaviour] = []
READ = "collections.get.equals-created"
CUT = "without sending complete message body|[Ii]ncomplete|ended"


# It does not answer, or not in time.


@of("accepts-and-never-answers", always, 3, "cannot reach .*timed out", timeout=0.5)
@of("stops-answering-half-way", later, 3, "stopped answering: timed out", timeout=0.5)
def _hang(_call: Call, wire: Wire) -> None:
    wire.hang()


@of("drips-its-head", always, 3, r"timed out after \d+ bytes", timeout=0.5)
@of("drips-its-head-for-reads", reads, 1, r"timed out after \d+ bytes", READ, timeout=0.5)
def _drip_head(_call: Call, wire: Wire) -> None:
    wire.drip(b"HTTP/1.1 200 OK\r\n" + b"x-slow: 1\r\n" * 1000)


@of("drips-its-body", reads, 1, r"timed out after \d+ bytes", READ, timeout=0.5)
def _drip_body(call: Call, wire: Wire) -> None:
    wire.raw(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(call.answer))
    wire.drip(call.answer)


@of("streams-without-end", reads, 1, "larger than 32 MiB|timed out after", READ)
def _stream(_call: Call, wire: Wire) -> None:
    wire.raw(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n[")
    while not wire.server.ended.is_set():
        wire.raw(b"0," * _MIB)


@of("chunks-without-end", reads, 1, "larger than 32 MiB|timed out after", READ)
def _chunks(_call: Call, wire: Wire) -> None:
    wire.raw(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n")
    while not wire.server.ended.is_set():
        wire.raw(b"100000\r\n" + b" " * _MIB + b"\r\n")


@of("answers-continue-without-end", reads, 1, r"more than 100 interim answers \(100 Continue\) came before the answer", READ)
def _continue(_call: Call, wire: Wire) -> None:
    while not wire.server.ended.is_set():
        wire.raw(b"HTTP/1.1 100 Continue\r\n\r\n" * 4096)


@of("a-hundred-thousand-interim-answers", always, 3, r"cannot reach .*more than 100 interim answers \(100 Continue\)")
@of("a-hundred-thousand-interim-answers-to-reads", reads, 1, r"more than 100 interim answers \(100 Continue\)", READ)
def _interim(call: Call, wire: Wire) -> None:
    wire.raw(b"HTTP/1.1 100 Continue\r\n\r\n" * 100_000)
    wire.reply(call.status, call.answer)


@of(
    "interim-answers-of-all-kinds",
    reads,
    1,
    r"more than 100 interim answers \(100 Continue, 102 Processing, 103 Early Hints, 199\)",
    READ,
)
def _interims(call: Call, wire: Wire) -> None:
    for status in ("100 Continue", "102 Processing", "103 Early Hints", "199") * 30:
        wire.raw(f"HTTP/1.1 {status}\r\nlink: </a>\r\n\r\n".encode())
    wire.reply(call.status, call.answer)


@of("a-handful-of-interim-answers", always, 0, "CONFORMING")
def _handful(call: Call, wire: Wire) -> None:
    statuses = ("100 Continue", "102 Processing", "103 Early Hints", "103 Early Hints")
    wire.raw("".join(f"HTTP/1.1 {status}\r\nlink: </style.css>; rel=preload\r\n\r\n" for status in statuses).encode())
    wire.reply(call.status, call.answer)


@of("switches-protocols-unasked", reads, 1, "no answer", READ)
def _switch(_call: Call, wire: Wire) -> None:
    wire.raw(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n")
    wire.close()


# It sends little that stands for much.


@cache
def bomb(times: int) -> bytes:
    data = b" " * (64 * _MIB)
    for _ in range(times):
        data = gzip.compress(data)
    return data


@of("gzip-bomb", reads, 1, "larger than 32 MiB once it is decompressed", READ)
def _gzip_bomb(_call: Call, wire: Wire) -> None:
    wire.reply(200, bomb(1), ("content-encoding", "gzip"))


@of("gzip-bomb-in-gzip", reads, 1, "larger than 32 MiB once it is decompressed", READ)
def _gzip_twice(_call: Call, wire: Wire) -> None:
    wire.reply(200, bomb(2), ("content-encoding", "gzip, gzip"))


@of("deflate-without-its-end", reads, 1, "not the deflate", READ)
def _deflate(call: Call, wire: Wire) -> None:
    wire.reply(200, zlib.compress(call.answer)[:-6], ("content-encoding", "deflate"))


@of("gzip-that-is-none", reads, 1, "not the gzip", READ)
def _no_gzip(call: Call, wire: Wire) -> None:
    wire.reply(200, call.answer, ("content-encoding", "gzip"))


@of("a-coding-nobody-offered", reads, 1, "content coding 'br', which was not offered", READ)
def _brotli(call: Call, wire: Wire) -> None:
    wire.reply(200, call.answer, ("content-encoding", "br"))


@of("honest-gzip", always, 0, "CONFORMING")
def _gzip(call: Call, wire: Wire) -> None:
    wire.reply(call.status, gzip.compress(call.answer), ("Content-Encoding", "GZIP"))


@of("gzip-in-members", always, 0, "CONFORMING")
def _members(call: Call, wire: Wire) -> None:
    half = len(call.answer) // 2
    body = gzip.compress(call.answer[:half]) + gzip.compress(b"") + gzip.compress(call.answer[half:]) + bytes(64)
    wire.reply(call.status, body, ("content-encoding", "gzip"))


@of("gzip-whose-last-member-is-cut", reads, 1, "not the gzip", READ)
def _cut_member(call: Call, wire: Wire) -> None:
    wire.reply(200, gzip.compress(call.answer) + gzip.compress(b" ")[:-4], ("content-encoding", "gzip"))


# It cuts its answer short.


@of("cuts-the-body-short", reads, 1, CUT, READ)
def _cut(call: Call, wire: Wire) -> None:
    wire.raw(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n" + call.answer)
    wire.close()


@of("cuts-a-chunk-short", reads, 1, CUT, READ)
def _cut_chunk(_call: Call, wire: Wire) -> None:
    wire.raw(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nff\r\n{")
    wire.close()


@of("resets-in-the-middle", reads, 1, "reset|" + CUT, READ)
def _reset(_call: Call, wire: Wire) -> None:
    wire.raw(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n{")
    wire.reset()


@of("resets-at-once", always, 3, "cannot reach .*(reset|disconnected)")
@of("resets-from-the-middle-on", later, 3, "stopped answering: .*(reset|disconnected)")
def _reset_at_once(_call: Call, wire: Wire) -> None:
    wire.reset()


@of("closes-without-a-word", always, 3, "cannot reach .*disconnected")
@of("closes-without-a-word-for-reads", reads, 1, "disconnected", READ)
def _close(_call: Call, wire: Wire) -> None:
    wire.close()


# It does not speak HTTP.


@of("answers-garbage", always, 3, "cannot reach")
@of("answers-garbage-for-reads", reads, 1, "illegal|Receive buffer|disconnected|malformed", READ)
def _garbage(_call: Call, wire: Wire) -> None:
    wire.raw(bytes(range(256)) * 40 + b"\r\n\r\n")
    wire.close()


@of("speaks-tls", always, 3, "cannot reach")
def _tls(_call: Call, wire: Wire) -> None:
    wire.raw(b"\x15\x03\x01\x00\x02\x02\x46")
    wire.close()


@of("answers-json-without-a-head", reads, 1, "illegal|disconnected", READ)
def _headless(call: Call, wire: Wire) -> None:
    wire.raw(call.answer + b"\r\n\r\n")
    wire.close()


@of("ten-megabytes-of-header", reads, 1, "[Rr]eceive buffer too long|too long", READ)
def _large_header(call: Call, wire: Wire) -> None:
    wire.reply(200, call.answer, ("x-large", "a" * 10 * _MIB))


@of("fifty-thousand-headers", reads, 1, "[Rr]eceive buffer too long|too long", READ)
def _many_headers(call: Call, wire: Wire) -> None:
    wire.reply(200, call.answer, *[(f"x-{number}", "a") for number in range(50_000)])


@of("a-nul-in-a-header", reads, 1, "illegal header", READ)
def _nul_header(call: Call, wire: Wire) -> None:
    wire.reply(200, call.answer, ("x-odd", "a\x00b"))


@of("two-lengths", reads, 1, "Content-Length", READ)
def _two_lengths(call: Call, wire: Wire) -> None:
    wire.reply(200, call.answer, ("content-length", "3"))


@of("a-chunk-of-no-size", reads, 1, "chunk|illegal", READ)
def _bad_chunk(_call: Call, wire: Wire) -> None:
    wire.raw(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n")


@of("two-answers-to-one-request", reads, 1, "expected", READ)
def _twice(call: Call, wire: Wire) -> None:
    wire.reply(200, call.answer)
    wire.reply(500, b'{"smuggled": true}')


# It sends somebody else's status.


@of("redirects-in-circles", always, 3, "not a collections and documents API.* 307")
def _circle(call: Call, wire: Wire) -> None:
    wire.reply(307, b"", ("location", call.path))


@of("redirects-reads", reads, 1, "status 307", READ)
def _redirect_read(call: Call, wire: Wire) -> None:
    wire.reply(307, b"{}", ("location", call.path))


@of("answers-204", always, 3, "not a collections and documents API.* 204")
@of("answers-204-to-reads", reads, 1, "status 204", READ)
def _no_content(_call: Call, wire: Wire) -> None:
    wire.raw(b"HTTP/1.1 204 No Content\r\n\r\n")


@of("answers-999", reads, 1, "status 999", "http.status-documented", only="http.status-documented")
def _999(call: Call, wire: Wire) -> None:
    wire.reply(999, call.answer)


@of("a-status-of-four-digits", reads, 1, "illegal status line", READ)
def _no_status(call: Call, wire: Wire) -> None:
    wire.reply(2000, call.answer)


@of("asks-to-come-back-tomorrow", always, 3, "asks to come back later .429, Retry-After: 86400")
@of("asks-to-come-back-tomorrow-half-way", later, 4, "puts off every request.*86400")
def _tomorrow(_call: Call, wire: Wire) -> None:
    wire.reply(429, b"", ("retry-after", "86400"))


@of("asks-to-come-back-at-once-for-ever", later, 4, "puts off every request")
def _at_once(_call: Call, wire: Wire) -> None:
    wire.reply(503, b"{}", ("retry-after", "0"))


@of("asks-to-come-back-in-2099", later, 4, "puts off every request.*2099")
def _2099(_call: Call, wire: Wire) -> None:
    wire.reply(503, b"", ("retry-after", "Thu, 01 Jan 2099 00:00:00 GMT"))


# It sends what is no JSON, or hardly.


@of("json-200000-deep", reads, 1, "nests too deeply", READ)
def _deep(_call: Call, wire: Wire) -> None:
    wire.reply(200, b'{"a":' * 200_000 + b"1" + b"}" * 200_000)


@of("nan-in-the-answer", reads, 1, "NaN is not JSON", READ)
def _nan(call: Call, wire: Wire) -> None:
    wire.reply(200, call.answer[:-1] + b',"score":NaN}')


@of("invalid-utf-8", reads, 1, "can't decode", READ)
def _latin(call: Call, wire: Wire) -> None:
    wire.reply(200, call.answer[:-1] + b',"note":"\xff\xfe"}')


@of("a-byte-order-mark-everywhere", always, 3, r"not a collections .*: its JSON begins with a byte order mark \(RFC 8259, 8.1\)")
@of("a-byte-order-mark", reads, 1, r"its JSON begins with a byte order mark \(RFC 8259, 8.1\)", READ)
def _bom(call: Call, wire: Wire) -> None:
    wire.reply(call.status, b"\xef\xbb\xbf" + call.answer)


@of("utf-16-everywhere", always, 3, r"not a collections .*: its JSON is in UTF-16, not in UTF-8 \(RFC 8259, 8.1\)")
@of("utf-16", reads, 1, r"its JSON is in UTF-16, not in UTF-8 \(RFC 8259, 8.1\)", READ)
def _utf16(call: Call, wire: Wire) -> None:
    wire.reply(call.status, call.answer.decode().encode("utf-16"))


@of("keys-that-come-twice", reads, 1, "expected", READ)
def _duplicate(call: Call, wire: Wire) -> None:
    wire.reply(200, call.answer[:-1] + b',"collection_name":"the last one counts"}')


@of("a-number-of-100000-digits", reads, 0, "CONFORMING")
def _digits(call: Call, wire: Wire) -> None:
    wire.reply(200, call.answer[:-1] + b',"extra":' + b"9" * 100_000 + b"}")


@of("a-megabyte-in-a-string", reads, 0, "CONFORMING")
def _large_string(call: Call, wire: Wire) -> None:
    wire.reply(200, call.answer[:-1] + b',"extra":"' + b"x" * _MIB + b'"}')


@of("nothing-at-all", reads, 1, "not JSON", READ)
def _empty(_call: Call, wire: Wire) -> None:
    wire.reply(200, b"")


@of("json-that-says-it-is-html", reads, 1, "not labelled as JSON", "http.json-content-type", only="http.json-content-type")
def _html_label(call: Call, wire: Wire) -> None:
    wire.reply(200, call.answer, kind="text/html")


@of("json-that-says-nothing", reads, 1, "no Content-Type", "http.json-content-type", only="http.json-content-type")
def _no_label(call: Call, wire: Wire) -> None:
    wire.reply(200, call.answer, kind=None)


# It attacks whoever reads the report.


def everywhere(answer: bytes, text: str) -> bytes:
    """Replace every text of an answer."""

    def changed(value: object) -> object:
        if isinstance(value, str):
            return text
        if isinstance(value, list):
            return [changed(item) for item in value]
        return {key + text: changed(item) for key, item in value.items()} | value if isinstance(value, dict) else value

    return json.dumps({key: changed(item) for key, item in json.loads(answer).items()}).encode()


@of("script-in-every-field", reads, 1, "expected", READ)
def _script(call: Call, wire: Wire) -> None:
    wire.reply(200, everywhere(call.answer, SCRIPT))


@of("script-in-error-pages", refusals, 1, "expected", "errors.envelope", only="errors.envelope")
def _error_page(call: Call, wire: Wire) -> None:
    wire.reply(call.status, f"<html>{SCRIPT}</html>".encode(), kind="text/html")


@of("escapes-in-every-field", reads, 1, r"\\x1b\]0;owned|u001b", READ)
def _escapes(call: Call, wire: Wire) -> None:
    wire.reply(200, everywhere(call.answer, ESCAPES))


@of("escapes-in-what-is-no-http", reads, 1, "illegal", READ)
def _escaped_head(_call: Call, wire: Wire) -> None:
    wire.raw(ESCAPES.encode("latin-1") + b"\r\n\r\n")
    wire.close()


@of("echoes-the-token", reads, 1, "expected", READ)
def _echo(call: Call, wire: Wire) -> None:
    authorization = call.headers.get("authorization", "")
    secrets = f"{authorization} {base64.b64encode(authorization.encode()).decode()} {quote(TOKEN, safe='')} {TOKEN.upper()}"
    wire.reply(200, json.dumps({TOKEN: secrets, "collection_name": secrets}).encode(), ("x-you-are", authorization))


@of("echoes-the-token-as-its-first-word", always, 3, r"\$TOKEN")
def _echo_first(call: Call, wire: Wire) -> None:
    wire.reply(404, b"", kind=call.headers.get("authorization", "none"))


@of("echoes-the-token-in-what-is-no-http", always, 3, "cannot reach")
def _echo_garbage(call: Call, wire: Wire) -> None:
    wire.raw(call.headers.get("authorization", "").encode() + b"\r\n\r\n")
    wire.close()


@of("sets-cookies", always, 0, "CONFORMING")
def _cookie(call: Call, wire: Wire) -> None:
    wire.reply(call.status, call.answer, ("set-cookie", "session=1; Path=/"))


# It dies.


@of("dies-half-way", later, 3, "not there any more|stopped answering")
def _die(_call: Call, wire: Wire) -> None:
    wire.server.leave()
    wire.reset()


def at_sixty(call: Call) -> bool:
    return call.number == 60


@of("restarts-half-way", at_sixty, 0, "CONFORMING")
def _restart(call: Call, wire: Wire) -> None:
    wire.server.restart(0.3)
    wire.reply(call.status, call.answer, ("connection", "close"))
    wire.close()


def takes_its_time(call: Call) -> bool:
    return call.number > 10


@of("is-slow-all-along", takes_its_time, 4, "time limit is over", only="*", options=("--max-time", "3"))
def _slow(call: Call, wire: Wire) -> None:
    wire.server.ended.wait(0.3)
    wire.reply(call.status, call.answer)


def says(text: str, pattern: str) -> bool:
    """Whether a pattern is found in a text, wherever a terminal may have broken its lines."""
    return re.search(pattern, " ".join(text.split())) is not None
