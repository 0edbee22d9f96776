"""HAR files are read as loosely as they are written, and what they lack is not made up."""

import base64
import json

import pytest

from conformance.core.errors import UsageError
from conformance.traffic import har


def recording(tmp_path, *entries, prefix=b""):
    path = tmp_path / "t.har"
    path.write_bytes(prefix + json.dumps({"log": {"version": "1.2", "entries": list(entries)}}).encode())
    return har.read(path)


def entry(request=None, response=None, **more):
    return {
        "startedDateTime": "2026-01-01T00:00:00.5+02:00",
        "time": 12.5,
        "request": {"method": "post", "url": "http://a.test/v1/collections/create", "headers": [], "bodySize": 2,
                    "postData": {"mimeType": "application/json", "text": "{}"}, **(request or {})},
        "response": {"status": 200, "headers": [{"name": "Content-Type", "value": "application/json"}],
                     "content": {"size": 2, "text": "{}"}, **(response or {})},
        **more,
    }  # fmt: skip


def test_an_entry_is_read_whole(tmp_path):
    (one,) = recording(tmp_path, entry(), prefix=b"\xef\xbb\xbf").entries
    assert (one.method, one.body, one.status, one.response_body, one.lacks) == ("POST", b"{}", 200, b"{}", None)
    assert one.response_headers == (("content-type", "application/json"),)
    assert (one.sent_at, one.seconds) == (1767218400.5, 0.0125)


def test_a_body_in_base64_is_decoded(tmp_path):
    content = {"size": 11, "text": base64.b64encode(b'{"a": "\xc3\xa9"}').decode(), "encoding": "base64"}
    assert recording(tmp_path, entry(response={"content": content})).entries[0].response_body == '{"a": "é"}'.encode()


@pytest.mark.parametrize(
    "broken", [{}, [], None, "x", {"request": 5, "response": {}}, entry(response={"status": 0}), entry(time="x")]
)
def test_what_is_no_exchange_is_counted(tmp_path, broken):
    found = recording(tmp_path, broken, entry())
    assert (found.unreadable, len(found.entries)) == (1, 1)


def test_secrets_are_known_and_in_no_exchange(tmp_path):
    headers = [
        {"name": "Authorization", "value": "Bearer abcdefgh-secret"},
        {"name": "Cookie", "value": "sid=0123456789; theme=dark"},
    ]
    found = recording(
        tmp_path, entry({"headers": headers}, {"headers": [{"name": "Set-Cookie", "value": "sid=9876543210; Path=/"}]})
    )
    assert found.secrets == {"abcdefgh-secret", "0123456789", "9876543210"}
    assert found.entries[0].headers == (("content-type", "application/json"),)
    assert all(name == "content-type" for name, _value in found.entries[0].response_headers)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"log": {}}', b'{"log": {"entries": {}}}', b"\xff", b"[" * 100_000])
def test_what_is_no_har_is_said_in_one_line(tmp_path, content):
    (tmp_path / "t.har").write_bytes(content)
    with pytest.raises(UsageError, match="not a HAR file") as caught:
        har.read(tmp_path / "t.har")
    assert "\n" not in str(caught.value)
