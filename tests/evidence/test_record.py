"""Records: whole or not at all, without secrets, and readable back."""

import base64
import inspect
import io
import json
import time
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from pydantic import SecretStr
from recorded import example
from recorded import exchange as recorded_exchange

from conformance.contracts.collections.contract import API
from conformance.contracts.collections.filter_semantics import OPEN
from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections.requirements import requirements
from conformance.core import typed_json
from conformance.core.pointers import MISSING
from conformance.evidence import record, verdicts
from conformance.evidence.exchange import Case, Exchange, Request, Response
from conformance.evidence.findings import Finding, Findings
from conformance.evidence.ledger import Counterexample, Ledger, Violation
from conformance.evidence.operation import Expect
from conformance.evidence.redaction import Redactor
from conformance.evidence.results import Made, NextPage, Repetitions, Status, Verdict
from conformance.evidence.verdicts import KnownDeviation

TOKEN = 's3cret/token+"&value'


def exchange(number=1, body=b'{"a":1}', answer=b"{}", context=()):
    case = Case(Operations.CREATE_COLLECTION, Expect.ACCEPT, ("collections.create.accepts-valid",), ("a", 0), {"a": 1})
    response = Response(200, (("x-echo", f"Bearer {TOKEN}"),), answer, 0.01)
    return Exchange(number, "s", case, Request("POST", "/v1", (), body), response, context=context)


def test_a_token_that_the_target_echoes_is_in_no_record():
    file = io.StringIO()
    answer = json.dumps({"t": TOKEN, "b": base64.b64encode(TOKEN.encode()).decode(), TOKEN: 1}).encode()
    record.Recorder(file, Redactor(TOKEN)).write(exchange(answer=answer))
    assert "s3cret" not in file.getvalue()
    assert base64.b64encode(TOKEN.encode()).decode() not in file.getvalue()
    assert "$TOKEN" in file.getvalue()


@pytest.mark.parametrize("escaped", [
    TOKEN.replace("/", "\\/"), TOKEN.replace("+", "\\u002B"), TOKEN.replace("+", "%2b").replace("/", "%2F"), TOKEN.replace("&", "&amp;"),
    TOKEN.replace('"', "&#34;").replace("&v", "&#x26;v"), json.dumps(TOKEN)[1:-1],
])  # fmt: skip
def test_a_token_is_known_in_every_escape(escaped):
    assert "value" not in Redactor(TOKEN)(f"before {escaped} after")


def test_a_token_is_taken_out_before_a_body_is_cut_or_encoded():
    file = io.StringIO()
    long = b"x" * (256 * 1024 - 5) + TOKEN.encode()
    for answer in (long, b"\xff" + TOKEN.encode()):
        record.Recorder(file, Redactor(TOKEN)).write(exchange(answer=answer))
    bodies = [json.loads(line)["response"] for line in file.getvalue().splitlines()]
    assert "s3cre" not in bodies[0]["body"]
    assert b"s3cret" not in base64.b64decode(bodies[1]["body_base64"])


def test_a_short_token_does_not_change_the_records_own_keys():
    file = io.StringIO()
    record.Recorder(file, Redactor("status")).write(exchange())
    assert json.loads(file.getvalue())["response"]["status"] == 200


def test_exchanges_are_read_back_as_they_were():
    first = exchange(1)
    second = exchange(2, body=b"\xff", context=(first,))
    back = record.exchanges([record.exchange_record(original, Redactor()) for original in (first, second)], API.by_name)
    assert back[0].case == first.case
    assert back[1].request == second.request
    assert back[1].context == (back[0],)


def test_lone_surrogates_and_large_answers_are_kept_as_far_as_they_go():
    file = io.StringIO()
    record.Recorder(file, Redactor()).write(exchange(answer=b'"\\ud800' + b"x" * 400_000 + b'"'))
    kept = json.loads(file.getvalue())["response"]
    assert kept["truncated"] == 400_008
    assert len(kept["body"]) == 256 * 1024


def row(name="source.type-enum", **finding):
    return verdicts.row(requirements()[name], Finding(**finding) if finding else None, lacking=None, known=(), today=None)


COUNTEREXAMPLE = example()


def test_what_was_not_exercised_is_not_passed():
    unexercised = row()
    assert unexercised.status is Status.NOT_EXERCISED
    assert verdicts.verdict([unexercised], ended=None, strict=False)[0] is Verdict.INCOMPLETE


def test_a_crash_of_the_toolkit_is_an_error_and_leaves_the_run_incomplete():
    crashed = row(checks=5, errors=("KeyError",))
    assert crashed.status is Status.ERROR
    assert verdicts.verdict([crashed], ended=None, strict=False)[0] is Verdict.INCOMPLETE


def test_a_violation_outweighs_a_crash_and_decides_the_run():
    violated = row(checks=1, violations=1, examples=(COUNTEREXAMPLE,), errors=("KeyError",))
    assert verdicts.verdict([violated, row()], ended=None, strict=False)[0] is Verdict.NOT_CONFORMING


def test_a_should_decides_only_a_strict_run():
    violated = row("filters.rejects-unknown-operator", checks=1, violations=1, examples=(COUNTEREXAMPLE,))
    assert verdicts.verdict([violated], ended=None, strict=False)[0] is Verdict.CONFORMING
    assert verdicts.verdict([violated], ended=None, strict=True)[0] is Verdict.NOT_CONFORMING


def test_a_run_cut_short_is_incomplete_whatever_it_saw():
    violated = row(checks=1, violations=1, examples=(COUNTEREXAMPLE,))
    assert verdicts.verdict([violated], ended="interrupted", strict=False) == (Verdict.INCOMPLETE, "interrupted")


def test_a_declared_deviation_excuses_until_it_expires():
    declared = KnownDeviation("source.*", "known", date(2026, 1, 31))
    finding = Finding(1, 1, (COUNTEREXAMPLE,))
    for today, status in ((date(2026, 1, 31), Status.DEVIATION), (date(2026, 2, 1), Status.FAILED)):
        judged = verdicts.row(requirements()["source.type-enum"], finding, lacking=None, known=(declared,), today=today)
        assert judged.status is status
    assert judged.reason == "the declared deviation expired on 2026-01-31: known"
    passed = row(checks=1)
    assert verdicts.stale([passed], [declared]) == ("source.*",)


def test_a_requirement_declared_flaky_is_excused_when_it_fails_and_is_not_stale_when_it_passes():
    declared = KnownDeviation("source.type-enum", "the pool", is_flaky=True)
    flaky = example(repetitions=Repetitions(1, 2))
    judged = verdicts.row(
        requirements()["source.type-enum"], Finding(3, 1, (flaky,)), lacking=None, known=(declared,), today=date(2026, 1, 1)
    )
    assert (judged.status, judged.reason, judged.flaky) == (Status.DEVIATION, "declared flaky: the pool", True)
    assert verdicts.stale([row(checks=1)], [declared]) == ()


def test_what_is_flaky_and_not_declared_fails():
    flaky = example(repetitions=Repetitions(0, 5))
    judged = row(checks=3, violations=1, examples=(flaky,))
    assert (judged.status, judged.flaky) == (Status.FAILED, True)


def test_findings_of_several_processes_are_added_and_the_shorter_proof_kept():
    long, short = (example(*map(recorded_exchange, numbers), fingerprint="1") for numbers in ([1, 2], [3]))
    other = replace(long, fingerprint="2")
    findings = Findings(3, {"a.b": Finding(2, 1, (long,))})
    findings.merge(Findings.from_json(Findings(4, {"a.b": Finding(5, 1, (short, other), 3, ("x",))}).to_json()))
    assert findings.requests == 7
    assert findings.by_requirement["a.b"] == Finding(7, 2, (short, other), 3, ("x",))


def test_a_counterexample_that_was_repeated_outweighs_a_shorter_one_that_was_not():
    repeated = example(*map(recorded_exchange, [1, 2]), reproduced=True)
    seen = example(recorded_exchange(3), reproduced=None)
    findings = Findings(3, {"a.b": Finding(2, 1, (repeated,))})
    findings.merge(Findings(4, {"a.b": Finding(5, 1, (seen,))}))
    assert findings.by_requirement["a.b"].counterexample == repeated


SECRET = "wire-secret-0123456789"


@pytest.mark.parametrize(
    "text",
    [
        SECRET,
        SECRET.upper(),
        SECRET[::-1],
        SECRET.encode().hex(),
        *(base64.b64encode(before + SECRET.encode() + b" and more").decode() for before in (b"", b"B", b"Be", b"Bearer ")),
        "".join(f"\\u{ord(letter):04x}" for letter in SECRET),
        "".join(f"%{ord(letter):02X}" for letter in SECRET),
        "".join(f"&#{ord(letter)};" for letter in SECRET),
        "".join(f"\\x{ord(letter):02x}" for letter in SECRET),
        "".join(f"\\{ord(letter):03o}" for letter in SECRET),
        "\0".join(SECRET),
        json.dumps("\0".join(SECRET)),
        SECRET.replace("-", "\\-"),
    ],
)
def test_a_secret_is_taken_out_in_whatever_form_it_comes(text):
    redacted = Redactor(SECRET)(f"before {text} after")
    assert "$TOKEN" in redacted
    assert text not in redacted
    assert SECRET[4:12] not in redacted


def test_a_text_without_the_secret_is_looked_through_in_no_time():
    text = '{"a": "' + "x\\n" * 300_000 + '"}'
    started = time.monotonic()
    assert Redactor(SECRET)(text) == text
    assert time.monotonic() - started < 3


def test_words_of_our_own_stay_though_a_token_is_one():
    record = {"operation": "list_documents", "request": {"method": "POST", "path": "/v1/x/documents", "body": "my documents"}}
    redacted = Redactor("documents").record(record)
    assert redacted["operation"] == "list_documents"
    assert redacted["request"] == record["request"]


@pytest.mark.parametrize("word", ["token", "status", "collections", "test", "requests"])
def test_a_token_that_is_a_common_word_spoils_no_text_of_ours_and_is_taken_out_of_what_the_target_sent(word):
    redact = Redactor(word)
    file = io.StringIO()
    answer = json.dumps({"echo": f"your {word} is {word}", "collection_id": "col_1", "status_code": 1, "tokens": 3}).encode()
    sent = exchange(answer=answer)
    case = Case(Operations.CREATE_COLLECTION, Expect.ACCEPT, (), ("collections",), {"status": "a test of requests"})
    sent = replace(
        sent, case=case, request=replace(sent.request, path="/v1/collections/create", body=b'{"status":"a test of requests"}')
    )
    record.Recorder(file, redact).write(sent)
    written = json.loads(file.getvalue())
    assert written["request"]["path"] == "/v1/collections/create"
    assert written["request"]["body"] == '{"status":"a test of requests"}'
    assert json.loads(written["response"]["body"])["echo"] == "your $TOKEN is $TOKEN"
    assert {"collection_id", "status_code", "tokens"} <= json.loads(written["response"]["body"]).keys()
    text = "the target wants another token: a plain request is answered with status 401, of 191 requests to collections in a test"
    assert redact.ours(text) == text
    redacted = redact.record({"message": text, "expected": "status 200", "actual": {word: f"a {word}"}})
    assert redacted == {"message": text, "expected": "status 200", "actual": {"$TOKEN": "a $TOKEN"}}


def test_a_token_that_is_no_word_of_ours_is_taken_out_of_texts_of_ours_that_quote_the_target():
    assert (
        Redactor("hunter2-hunter2").ours("the body has the content coding 'hunter2-hunter2'")
        == "the body has the content coding '$TOKEN'"
    )


@pytest.mark.parametrize(
    "value", [MISSING, OPEN, object(), {1, 2}, b"bytes", float("nan"), float("inf"), Decimal("1e400"), (1, MISSING)]
)
def test_no_value_in_a_violation_keeps_a_record_from_being_written(value):
    nested = {"list": [value, {"deep": value}], "plain": [1, "a", None, True, 0.5]}
    seen = Ledger()
    seen.broken("list.select", Violation("odd", nested, value), exchange())
    findings = Findings()
    findings.add_ledger(seen, Redactor())
    kept = findings.by_requirement["list.select"]
    assert not kept.errors
    assert json.loads(json.dumps(kept.counterexample.expected, allow_nan=False))["plain"] == [1, "a", None, True, 0.5]


def test_a_counterexample_that_cannot_be_recorded_costs_its_row_and_no_other():
    class Odd:
        def __repr__(self):
            raise RuntimeError("no words for it")

    seen = Ledger()
    seen.broken("list.select", Violation("odd", Odd(), 1), exchange())
    seen.broken("list.total", Violation("wrong", 1, 2), exchange())
    findings = Findings()
    findings.add_ledger(seen, Redactor())
    assert "no words for it" in findings.by_requirement["list.select"].errors[0]
    assert findings.by_requirement["list.total"].counterexample.expected == 1
    row = verdicts.row(
        requirements()["list.select"], findings.by_requirement["list.select"], lacking=None, known=(), today=date(2026, 1, 1)
    )
    assert row.status is Status.ERROR


@pytest.mark.parametrize(
    ("operation", "status", "answer", "made"),
    [
        (
            Operations.CREATE_COLLECTION,
            200,
            {"collection_name": "a", "collection_id": "col_1"},
            {"key": "collection_id", "id": "col_1"},
        ),
        (Operations.CREATE_DOCUMENT, 200, {"document_id": "doc_1"}, {"key": "document_id", "id": "doc_1"}),
        (Operations.CREATE_DOCUMENT, 422, {"document_id": "doc_1"}, None),
        (Operations.GET_DOCUMENT, 200, {"document_id": "doc_1"}, None),
        (Operations.CREATE_COLLECTION, 200, ["col_1"], None),
        (Operations.CREATE_COLLECTION, 200, {"collection_id": 7}, None),
    ],
)
def test_the_record_of_an_exchange_says_what_it_made(operation, status, answer, made):
    answered = exchange(answer=json.dumps(answer).encode())
    answered = replace(
        answered, case=replace(answered.case, operation=operation), response=replace(answered.response, status=status)
    )
    file = io.StringIO()
    record.Recorder(file, Redactor()).write(answered)
    assert json.loads(file.getvalue()).get("made") == made


@pytest.mark.parametrize(
    ("operation", "pagination", "value"),
    [
        (Operations.LIST_DOCUMENTS, {"next_cursor": "a+b"}, "a+b"),
        (Operations.LIST_DOCUMENTS, {"next_cursor": None}, None),
        (Operations.LIST_DOCUMENTS, "a+b", None),
        (Operations.GET_DOCUMENT, {"next_cursor": "a+b"}, None),
    ],
)
def test_the_record_of_an_exchange_says_where_its_list_goes_on(operation, pagination, value):
    listed = exchange(answer=json.dumps({"results": [], "pagination": pagination}).encode())
    next_page = record.exchange_record(replace(listed, case=replace(listed.case, operation=operation)), Redactor()).next_page
    assert next_page == (None if value is None else NextPage("cursor", "/pagination/next_cursor", value))


def test_what_an_exchange_made_is_no_way_for_a_token_into_a_record():
    created = exchange(answer=json.dumps({"collection_id": f"col_{TOKEN}"}).encode())
    recorded = record.exchange_record(created, Redactor(TOKEN))
    assert recorded.made == Made("collection_id", "col_$TOKEN")


def test_every_way_into_a_record_wants_a_redactor_and_has_no_other_instead():
    for way in (record.exchange_record, record.counterexample_record, record.Recorder, Findings.add_ledger):
        parameter = inspect.signature(way).parameters["redactor"]
        assert (parameter.default, parameter.annotation) == (inspect.Parameter.empty, Redactor)


@pytest.mark.parametrize("way", ["a recorded exchange", "a recorded counterexample", "findings"])
def test_a_token_is_in_no_part_of_a_record_by_any_way(way):
    secret = "zq-secret-9-zq"
    body = {"where": [secret, {secret: secret}]}
    case = Case(Operations.CREATE_COLLECTION, Expect.ACCEPT, (), (secret, 0), body)
    request = Request("POST", f"/v1/{secret}", (("x-a", secret),), json.dumps(body).encode())
    response = Response(200, (("x-b", secret),), json.dumps({"collection_id": secret}).encode(), 0.1)
    revealing = Exchange(1, f"s/{secret}", case, request, response)
    violation = Violation(f"said {secret}", body, f"status {secret}", (secret,))
    ledger, findings = Ledger(), Findings()
    ledger.broken("list.select", violation, revealing)
    ledger.crashed("list.total", f"KeyError: {secret}")
    findings.add_ledger(ledger, Redactor(secret))
    redactor = Redactor(SecretStr(secret))
    recorded = {
        "a recorded exchange": lambda: record.exchange_record(revealing, redactor),
        "a recorded counterexample": lambda: record.counterexample_record(
            Counterexample(violation, (revealing,), held=(revealing,)), redactor
        ),
        "findings": lambda: findings,
    }[way]()
    text = json.dumps(typed_json.to_json(recorded))
    # The name of a scenario is ours alone.
    assert secret not in text.replace(f"s/{secret}", "")
    assert "$TOKEN" in text
