"""What a tool left out, altered or answered itself is held against no server; what it recorded whole still is."""

import base64
import hashlib
import json

import pytest
from command import conformance
from one_exchange import BASE, MADE, MISNAMED, SENT, exchange, judged, merged, pairs, without, written

from conformance.traffic import har
from conformance.traffic.har import Part

ECHO = "collections.create.echoes-name"
WHOLE = exchange()
ASCII = exchange({**SENT, "collection_name": "c"}, {**MADE, "collection_name": "c"})
GZIP = merged(without(WHOLE, "response", "content-length"), {"response": {"bodySize": -1, "headers": [
    *pairs(date="x", content_type="application/json", content_encoding="gzip")]}})  # fmt: skip


def got(content=None, *, start=WHOLE, **response):
    """Return an entry whose answer does not say how long it is, with other content."""
    found = without(start, "response", "content-length")
    return merged(found, {"response": {"bodySize": -1, **response, "content": content or {}}})


def sent(data=None, *, start=WHOLE, **request):
    """Return an entry whose request does not say how long it is, with another body."""
    return merged(without(start, "request", "content-length"), {"request": {"bodySize": -1, **request, "postData": data or {}}})


NO_ANSWER = {
    "Firefox without bodies": got({"text": ..., "size": -1, "comment": "Response bodies are not included."}),
    "Firefox without bodies, compressed": merged(GZIP, {"response": {"content": {"text": ..., "size": ..., "comment": "x"}}}),
    "Firefox in another language": got({"text": "{}", "size": -1, "comment": "Antwortinhalte sind nicht enthalten."}),
    "Firefox cut at its limit": got({"text": "{}", "size": 900}),
    "Chrome after the page has gone": got({"text": ..., "size": 0}, bodySize=0),
    "Chrome with a length, without a text": merged(WHOLE, {"response": {"content": {"text": ...}}}),
    "Chrome with an encoding alone": got({"text": ..., "encoding": "base64", "size": 921}),
    "Safari without content": got({"text": ..., "size": 0, "compression": 0}, bodySize=-1),
    "Playwright with content omitted": got({"text": ..., "size": 921}),
    "Playwright in minimal mode": got({"text": ..., "size": -1}),
    "Playwright with a file that is not there": got({"text": ..., "size": -1, "_file": f"{'a' * 40}.json"}),
    "Playwright with a name that leads elsewhere": got({"text": ..., "size": -1, "_file": "../../etc/passwd"}),
    "mitmproxy that streamed it": got({"text": "", "size": 0, "compression": 0}, bodySize=0),
    "mitmproxy that could not decode it": got({"text": "", "size": 921, "compression": 0}, bodySize=921),
    "Charles without a text": got({"text": ..., "size": 921}),
    "Insomnia after the response was deleted": got({"text": "", "size": 0}),
    "HTTP Toolkit beyond its limit": got({"text": ..., "size": 0, "comment": "Body discarded during HAR generation"}, bodySize=921),
    "HTTP Toolkit with a status": got({"text": ..., "size": -1}, _responseBodyStatus="discarded:too-large"),
    "Fiddler beyond its limit": got({"text": ..., "size": 921, "comment": "Body length exceeded the limit"}),
    "a tool that says so in a field": got({"text": "{}", "size": -1, "_truncated": True}),
    "a tool that writes null": got({"text": "null", "size": -1}),
    "a tool that writes words": got({"text": "[object Object]", "size": -1}),
    "a tool that writes an object": got({"text": {"a": 1}, "size": -1}),
    "a tool without content": merged(got(), {"response": {"content": None}}),
    "a tool with another coding": got({"text": "e30=", "size": -1, "encoding": "base64url"}),
    "a tool with no base64": got({"text": "{}", "size": -1, "encoding": "base64"}),
    "a tool that did not decompress": merged(
        GZIP, {"response": {"content": {"text": base64.b64encode(b"\x1f\x8b\x08x").decode(), "encoding": "base64", "size": 4}}}
    ),
    "a sanitizer that masks values": got({"text": json.dumps({**MADE, "collection_name": "[REDACTED]"}), "size": -1}),
    "a sanitizer that masks letters": merged(
        WHOLE, {"response": {"content": {"text": WHOLE["response"]["content"]["text"].replace("café", "*****")}}}
    ),
    "a decoder that believed a charset": merged(
        GZIP,
        {"response": {"headers": pairs(date="x", content_encoding="gzip", content_type="application/json; charset=iso-8859-1"),
                      "content": {"text": json.dumps(MADE, ensure_ascii=False).replace("é", "Ã©"), "size": -1}}},
    ),
    "lone surrogates for bytes": got({"text": json.dumps({**MADE, "collection_name": "caf\udcc3"}, ensure_ascii=False), "size": -1}),
}  # fmt: skip
NO_REQUEST = {
    "Playwright with content omitted": sent({"text": ""}),
    "Playwright with a file that is not there": sent({"text": "", "_file": f"{'b' * 40}.json"}),
    "Playwright with a binary type": sent({"text": "", "mimeType": "application/octet-stream"}),
    "Playwright that went on with another body": merged(WHOLE, {"_wasContinued": True, "request": {"postData": {"text": "{}"}}}),
    "Chrome that lost it": merged(sent(bodySize=0), {"request": {"postData": ...}}),
    "Chrome with a length": merged(WHOLE, {"request": {"postData": ..., "bodySize": 0}}),
    "Firefox that left it out": sent({"text": ..., "comment": "Request bodies are not included."}, bodySize=0),
    "Firefox that cut it": sent({"text": '{"collection_name": "ca', "comment": "x"}, bodySize=23),
    "Safari without data": merged(sent(), {"request": {"postData": ...}}),
    "mitmproxy that streamed it": sent({"text": None}, bodySize=0),
    "mitmproxy with an empty text": sent({"text": ""}, bodySize=0),
    "Charles with parameters": sent({"text": ..., "params": [{"name": '{"collection_name":"x"}', "value": ""}]}, bodySize=47),
    "Charles with a binary body": sent({"text": ...}, bodySize=188),
    "Insomnia with another body by now": sent({"text": "{}"}),
    "HTTP Toolkit beyond its limit": merged(sent(bodySize=600_000, _requestBodyStatus="discarded:too-large"), {"request": {"postData": ...}}),
    "HTTP Toolkit with what is no text": merged(
        sent(_requestBodyStatus="discarded:not-representable", _content={"text": "/w==", "size": 1}), {"request": {"postData": ...}}
    ),
    "a tool that cut it": sent({"text": "{}"}, bodySize=188),
    "a tool that writes null": sent({"text": "null"}),
    "a tool that compressed it": merged(sent({"text": "{}"}), {"request": {"headers": pairs(content_encoding="gzip")}}),
    "a sanitizer that masks values": sent({"text": json.dumps({**SENT, "collection_name": "REDACTED"})}),
    "a tool with an empty object of data": merged(sent(), {"request": {"postData": None}}),
}  # fmt: skip
NOT_THE_SERVERS = {
    "Chrome's memory": {"_fromCache": "memory"},
    "Chrome's disk": {"_fromCache": "disk", "response": {"bodySize": 0}},
    "Chrome's service worker": {"response": {"_fetchedViaServiceWorker": True}},
    "Chrome's cache storage": {"response": {"_responseCacheStorageCacheName": "v1"}},
    "Chrome's call for a service worker's help": {"response": {"statusText": "Service Worker Fallback Required", "status": 400}},
    "Chrome's redirection": {"response": {"headers": pairs(Non_Authoritative_Reason="HSTS")}},
    "Chrome's failure": {"response": {"_error": "net::ERR_ABORTED"}},
    "Firefox' cache": {"cache": {"afterRequest": None}},
    "Firefox' cache, described": {"cache": {"afterRequest": {"expires": "", "hitCount": 3}}},
    "any cache": {"cache": {"beforeRequest": {"hitCount": 1}, "afterRequest": {"hitCount": 2}}},
    "Safari's memory": {"_fetchType": "Memory Cache"},
    "Safari's disk": {"_fetchType": "Disk Cache"},
    "Safari's service worker": {"_fetchType": "Service Worker"},
    "Safari's override": {"_fetchType": "Inspector Override"},
    "Playwright's mock": {"_wasFulfilled": True},
    "Playwright's end": {"_wasAborted": True},
    "Playwright's failure": {"response": {"_failureText": "net::ERR_FAILED"}},
    "a mock service worker": {"response": {"headers": pairs(X_Powered_By="msw")}},
    "Charles' exception": {"response": {"_charlesStatus": "EXCEPTION"}},
    "a gateway": {"response": {"status": 502}},
    "a gateway without a server": {"response": {"status": 503, "headers": pairs(date="x"), "content": {"text": "<html>", "size": 6}}},
    "Cloudflare without a server": {"response": {"status": 522}},
    "a proxy that wants a password": {"response": {"status": 407}},
}  # fmt: skip


@pytest.mark.parametrize("entry", NO_ANSWER.values(), ids=NO_ANSWER)
def test_an_answer_whose_body_was_not_recorded_is_judged_by_its_status_alone(tmp_path, entry):
    failed, kept, reader = judged(written(tmp_path, entry))
    assert failed == set()
    assert kept == {"http.no-server-error", "http.status-documented"}
    assert reader.partly == {Part.RESPONSE_BODY: 1}


@pytest.mark.parametrize("entry", NO_REQUEST.values(), ids=NO_REQUEST)
def test_a_request_whose_body_was_not_recorded_is_nothing_that_an_answer_is_held_against(tmp_path, entry):
    creator = "Insomnia REST Client" if entry is NO_REQUEST["Insomnia with another body by now"] else "a tool"
    failed, kept, reader = judged(written(tmp_path, entry, creator=creator))
    assert failed == set()
    assert {"http.json-content-type", "collections.create.response-schema", "collections.create.id-present"} <= kept
    assert not {one for one in kept if "echoes" in one or one.startswith("cache-config")}
    assert reader.partly[Part.REQUEST_BODY] == 1


@pytest.mark.parametrize("changes", NOT_THE_SERVERS.values(), ids=NOT_THE_SERVERS)
@pytest.mark.parametrize("answer", [{"mocked": True}, "", "<html>"])
def test_what_the_server_did_not_answer_is_not_judged(tmp_path, changes, answer):
    failed, kept, reader = judged(written(tmp_path, merged(exchange(made=answer), changes)))
    assert (failed, kept) == (set(), set())
    (why,) = reader.skipped
    assert why.startswith("recorded without ")


WHOLE_AFTER_ALL = {
    "as it is": {},
    "Safari from the network": {"_fetchType": "Network Load"},
    "Chrome from the network": {"_fromCache": None, "response": {"_fetchedViaServiceWorker": False, "_error": None}},
    "Chrome through HTTP/2": {"response": {"bodySize": -1}},
    "Playwright from a script": {"_apiRequest": True, "response": {"bodySize": -1}},
    "Playwright from a service worker": {"_serviceWorkerRef": "sw@1"},
    "Charles": {"response": {"_charlesStatus": "COMPLETE", "statusText": None}},
    "Firefox, whose sizes count the headers": {"response": {"bodySize": WHOLE["response"]["bodySize"] + 146}},
    "Firefox, whose sizes count letters": {"request": {"bodySize": WHOLE["request"]["bodySize"] - 1}},
    "a cache that kept it": {"cache": {"beforeRequest": None, "afterRequest": {"hitCount": 0}}},
    "a cache of which nothing is known": {"cache": {"beforeRequest": None, "afterRequest": None}},
    "without a time": {"startedDateTime": ..., "time": None, "timings": ...},
    "empty comments": {"response": {"content": {"comment": ""}}, "request": {"postData": {"comment": ""}}},
}


@pytest.mark.parametrize("changes", WHOLE_AFTER_ALL.values(), ids=WHOLE_AFTER_ALL)
def test_a_fault_shows_in_what_was_recorded_whole(tmp_path, changes):
    assert judged(written(tmp_path, merged(exchange(made=MISNAMED), changes)))[0] == {ECHO}
    failed, kept, reader = judged(written(tmp_path, merged(WHOLE, changes)))
    assert (failed, reader.partly, reader.skipped) == (set(), {}, {})
    assert ECHO in kept


BAD = exchange(made=MISNAMED)
SIZE = BAD["response"]["content"]["size"]
SIZES = {
    "none": got({"size": -1}, start=BAD),
    "Firefox": got(start=BAD, bodySize=SIZE + 146),
    "chunks": merged(
        got({"size": -1}, start=BAD, bodySize=SIZE + 12), {"response": {"headers": pairs(Transfer_Encoding="chunked")}}
    ),
    "mitmproxy, compressed": {"content": {"size": 300, "compression": SIZE - 300}, "bodySize": 300},
    "Firefox, compressed": {"content": {"size": 300}, "bodySize": 446},
    "Chrome, compressed": {"content": {"size": SIZE}, "bodySize": 300},
}


@pytest.mark.parametrize("name", SIZES)
def test_a_fault_shows_whatever_a_tool_means_by_a_size(tmp_path, name):
    entry = SIZES[name]
    if "compressed" in name:
        entry = merged(
            got(start=BAD), {"response": {**entry, "headers": [*BAD["response"]["headers"][:2], *pairs(content_encoding="br")]}}
        )
    assert judged(written(tmp_path, entry))[0] == {ECHO}


def test_a_body_that_the_sender_said_is_empty_is_empty(tmp_path):
    empty = pairs(host="a", content_type="application/json", content_length="0")
    accepted = merged(WHOLE, {"request": {"headers": empty, "bodySize": 0, "postData": {"text": ""}}})
    assert "http.rejects-empty-body" in judged(written(tmp_path, accepted))[0]
    got_nothing = [*pairs(date="x"), *empty]
    answered = merged(WHOLE, {"response": {"headers": got_nothing, "bodySize": 0, "content": {"text": "", "size": 0}}})
    assert "collections.create.response-schema" in judged(written(tmp_path, answered))[0]


@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_that_never_has_a_body_is_known_without_one(tmp_path, status):
    entry = got({"text": ..., "size": 0}, start=exchange(status=status))
    (one,) = har.read(written(tmp_path, entry)).entries
    assert Part.RESPONSE_BODY not in one.unknown


def test_what_should_have_been_refused_is_reported_without_the_answers_body(tmp_path):
    entry = got({"text": ..., "size": -1}, start=exchange({**SENT, "source": {}}))
    assert judged(written(tmp_path, entry))[0] == {"source.requires-type"}


@pytest.mark.parametrize(
    ("made", "status", "requirement"),
    [
        ({"detail": "x"}, 500, "http.no-server-error"),
        ({"oops": 1}, 404, "errors.envelope"),
        ({**MADE, "collection_id": ""}, 200, "collections.create.id-present"),
        ({**MADE, "output_schema": None}, 200, "collections.create.response-schema"),
        ({**MADE, "source_lineage": [{"source_type": "bucket"}]}, 200, "lineage.entry-schema"),
    ],
)
def test_what_an_answer_owes_to_no_request_is_reported_without_the_requests_body(tmp_path, made, status, requirement):
    entry = sent({"text": ""}, start=exchange(made=made, status=status))
    assert requirement in judged(written(tmp_path, entry))[0]


@pytest.mark.parametrize(
    ("made", "status"),
    [
        # What a free request had in it comes back, and an error may quote it.
        ({**MADE, "cache_config": {**FILLED, "invalidation_events": 5}} if (FILLED := MADE["cache_config"]) else {}, 200),
        ({"success": False, "status": 422, "error": {"message": "no bucket 'DELETE FROM b'", "type": "invalid"}}, 422),
    ],
)
def test_what_an_answer_may_owe_to_its_request_is_not_reported_without_the_requests_body(tmp_path, made, status):
    assert judged(written(tmp_path, sent({"text": ""}, start=exchange(made=made, status=status))))[0] == set()


def test_a_list_and_an_update_are_not_held_against_a_body_that_is_not_known(tmp_path):
    listed = {"groups": [{"group_key": 1, "documents": [], "count": 0}]}
    entries = [
        sent({"text": ""}, start=exchange({}, listed, path="/v1/collections/col_1/documents/list?limit=1")),
        sent(
            {"text": ""}, start=exchange({}, {"document_id": "doc_1"}, method="PATCH", path="/v1/collections/col_1/documents/doc_1")
        ),
    ]
    assert judged(written(tmp_path, *entries))[0] == set()


def test_what_insomnia_sends_is_not_known_from_what_it_exports(tmp_path):
    document = {"document_id": "doc_2", "collection_id": "col_1"}
    times = {"created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"}
    read = exchange("", {**document, "_internal": {**document, **times, "lineage": {}}}, method="GET",
                    path="/v1/collections/col_1/documents/doc_1")  # fmt: skip
    assert judged(written(tmp_path, read))[0] == {"documents.get.equals-created"}
    assert judged(written(tmp_path, read, creator="Insomnia REST Client"))[0] == set()


def test_a_body_that_lies_beside_the_recording_is_read(tmp_path):
    def beside(body):
        name = f"{hashlib.sha1(body).hexdigest()}.json"
        (tmp_path / name).write_bytes(body)
        return {"text": "", "_file": name}

    given, made, other = (json.dumps(one).encode() for one in (SENT, MADE, MISNAMED))
    for answered, failed in ((made, set()), (other, {ECHO})):
        entry = merged(sent(beside(given)), {"response": {"content": {**beside(answered), "size": -1}}})
        assert judged(written(tmp_path, entry))[0] == failed
    name = beside(other)["_file"]
    (tmp_path / name).write_bytes(other + b" ")
    (one,) = har.read(written(tmp_path, got({"text": ..., "size": -1, "_file": name}))).entries
    assert Part.RESPONSE_BODY in one.unknown
    (tmp_path / name).unlink()
    (tmp_path / "elsewhere").write_bytes(other)
    (tmp_path / name).symlink_to(tmp_path / "elsewhere")
    (one,) = har.read(written(tmp_path, got({"text": ..., "size": -1, "_file": name}))).entries
    assert Part.RESPONSE_BODY in one.unknown


NO_HEADERS = {
    "none": [],
    "pseudo-headers alone": pairs(**{":status": "200"}),
    "redacted": pairs(date="[REDACTED]", content_type="[REDACTED]", content_length="[REDACTED]"),
    "empty": pairs(date="", content_type=""),
    "emptied": pairs(date="Fri, 27 Nov 2026 05:46:45 GMT", content_type="", www_authenticate="", retry_after=""),
    "no pairs": [None, "x", {"name": "content-type"}, {"value": "x"}],
    "no list": None,
    "a few": pairs(content_length=str(WHOLE["response"]["content"]["size"])),
}


@pytest.mark.parametrize("headers", NO_HEADERS.values(), ids=NO_HEADERS)
@pytest.mark.parametrize("kind", ["x-unknown", "", "application/octet-stream", None])
def test_headers_that_were_not_recorded_are_not_missed(tmp_path, headers, kind):
    refused = {"success": False, "status": 401, "error": {"message": "no", "type": "unauthorized"}}
    for made, status in ((MADE, 200), (refused, 401), ({**refused, "status": 503}, 503)):
        entry = exchange(made=made, status=status)
        size = {"content-length": str(entry["response"]["content"]["size"])}
        kept = [
            {**one, "value": size.get(one["name"], one["value"])} if isinstance(one, dict) and len(one) > 1 else one
            for one in headers or ()
        ]
        entry = merged(entry, {"response": {"headers": kept if headers is not None else None, "content": {"mimeType": kind}}})
        assert judged(written(tmp_path, entry))[0] == set()


def test_a_header_that_a_server_leaves_out_is_missed(tmp_path):
    refused = {"success": False, "status": 401, "error": {"message": "no", "type": "unauthorized"}}
    lacking = without(exchange(made=refused, status=401), "response", "content-type")
    entry = merged(lacking, {"response": {"content": {"mimeType": "text/plain"}}})
    assert judged(written(tmp_path, entry))[0] == {"http.json-content-type", "auth.challenge"}


def test_a_fault_shows_in_a_request_whose_headers_were_redacted(tmp_path):
    redacted = {"request": {"headers": pairs(host="x", content_type="[REDACTED]", content_length="[REDACTED]")}}
    assert judged(written(tmp_path, merged(BAD, redacted)))[0] == {ECHO}
    assert judged(written(tmp_path, merged(exchange("no=json"), redacted)))[0] == set()


def test_answers_that_were_not_recorded_are_not_taken_for_one(tmp_path):
    entry = got({"text": ..., "size": -1})
    assert judged(written(tmp_path, entry, entry))[2].partly == {Part.RESPONSE_BODY: 2}


def test_headers_are_found_in_any_case_and_beside_those_of_http_2(tmp_path):
    shouted = [{"name": one["name"].title(), "value": one["value"]} for one in BAD["response"]["headers"]]
    entry = merged(BAD, {"response": {"headers": [*pairs(**{":status": "200"}), *shouted]}})
    assert judged(written(tmp_path, entry))[0] == {ECHO}


def test_a_create_that_was_sent_twice_is_one_if_its_headers_are_not_known(tmp_path):
    later = merged(WHOLE, {"startedDateTime": "2026-11-27T05:47:30Z"})
    assert judged(written(tmp_path, WHOLE, later))[0] == {"collections.create.id-unique"}
    entries = [merged(one, {"request": {"headers": []}}) for one in (WHOLE, later)]
    assert judged(written(tmp_path, *entries))[0] == set()


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"startedDateTime": "2026-11-27T07:46:45.700"},  # two hours off: the zone was left out
        {"startedDateTime": "2026-11-27T07:46:45.700+02:00"},
        {"startedDateTime": ""},
        {"startedDateTime": ...},
        {"request": {"postData": ..., "bodySize": 0}},  # the other recorder did not see the body
        {"response": {"content": {"text": ""}}},
    ],
)
def test_what_two_recorders_saw_is_one_exchange(tmp_path, changes):
    assert judged(written(tmp_path, WHOLE, merged(WHOLE, changes)))[0] == set()
    assert judged(written(tmp_path, merged(WHOLE, changes), WHOLE))[0] == set()


def test_a_preflight_and_a_request_under_way_are_no_exchanges(tmp_path):
    preflight = merged(exchange("", "", method="OPTIONS", status=204), {"request": {"postData": ...}})
    blocked = [merged(WHOLE, {"response": {"status": status}}) for status in (0, -1, None, "")]
    failed, kept, _reader = judged(written(tmp_path, preflight, *blocked))
    assert (failed, kept) == (set(), set())


@pytest.mark.parametrize(("prefix", "how"), [(b"\xef\xbb\xbf", {}), (b"", {"ensure_ascii": False}), (b"\n", {"indent": 1})])
def test_a_file_is_read_however_it_is_written(tmp_path, prefix, how):
    assert judged(written(tmp_path, BAD, prefix=prefix, **how))[0] == {ECHO}


def test_a_file_with_control_characters_or_in_utf_16_is_read(tmp_path):
    path = written(tmp_path, merged(BAD, {"comment": "a!b"}))
    path.write_bytes(path.read_bytes().replace(b"a!b", b"a\x01b"))
    assert judged(path)[0] == {ECHO}
    path.write_text(path.read_text(), "utf-16")
    assert judged(path)[0] == {ECHO}


def test_an_address_with_words_in_the_place_of_an_id_is_not_judged(tmp_path):
    entry = exchange("", "{}", method="GET", path="/v1/collections/col_%5BREDACTED%5D")
    failed, kept, _reader = judged(written(tmp_path, entry))
    assert (failed, kept) == (set(), set())


CASES = {
    "min_ff_gzip_nobody": (NO_ANSWER["Firefox without bodies, compressed"], "1 exchanges of t.har, 1 without the response's body"),
    "min_pw_request_omit": (NO_REQUEST["Playwright with content omitted"], "1 exchanges of t.har, 1 without the request's body"),
    "min_pw_fulfilled": (
        merged(exchange(made={"mocked": True}), {"_wasFulfilled": True}),
        "0 exchanges of t.har; 1 recorded without",
    ),
    "min_safari_override": (merged(exchange(made={}), {"_fetchType": "Inspector Override"}), "the browser gave one"),
}


@pytest.mark.parametrize(("entry", "said"), CASES.values(), ids=CASES)
def test_the_command_says_what_was_left_out_and_what_was_judged_in_part(tmp_path, entry, said):
    written(tmp_path, entry)
    done = conformance("check", "t.har", BASE, "--output", "out", cwd=tmp_path)
    assert done.returncode == 4, done.stdout
    assert said in done.stdout
    recording = json.loads((tmp_path / "out" / "results.json").read_text())["manifest"]["recording"]
    assert recording["skipped"] or recording["partly"]
