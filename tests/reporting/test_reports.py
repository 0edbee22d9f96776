"""Reports are made from a record alone, and whatever a server sent is harmless in them."""

import io
import json
import os
import subprocess
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from recorded import EVIL, exchange, results

from conformance.client.client import Identity
from conformance.evidence.exchange import Credentials, Request
from conformance.evidence.results import Level
from conformance.reporting import curl, html, junit, messages, terminal


def test_nothing_a_server_sent_is_markup_in_the_report():
    report = html.render(results())
    assert report.count("<script") == 1  # the page's own
    assert EVIL not in report
    assert "\x1b" not in report
    assert "\u202e" not in report
    assert "\x00" not in report
    assert "&lt;script&gt;" in report


def test_the_report_shows_requests_answer_difference_and_how_to_repeat_it():
    report = html.render(results(expected=0, actual=604800))
    for wanted in (
        "expected  0",
        "actual    604800",
        "POST /v1/collections/create",
        "conformance replay results.json source.type-enum",
        "curl",
    ):
        assert wanted in report


def test_junit_is_xml_whatever_a_server_sent():
    document = ET.fromstring(junit.render(results()))
    assert document.find("testsuite").get("failures") == "1"
    assert document.find(".//failure").get("type") == "MUST"


def test_a_failed_should_is_no_failure_in_junit_unless_strict():
    document = ET.fromstring(junit.render(results(level=Level.SHOULD)))
    assert document.find("testsuite").get("failures") == "0"
    assert document.find(".//skipped") is not None


def test_the_terminal_gets_no_control_characters():
    stream = io.StringIO()
    terminal.show(results(), files=["report.html"], stream=stream)
    assert not {letter for letter in stream.getvalue() if ord(letter) < 32 and letter != "\n"}
    assert "\u202e" not in stream.getvalue()


def test_texts_that_look_alike_are_shown_by_their_code_points():
    assert messages.pair("Å", "\u212b") == ('"\\u00c5"', '"\\u212b"')
    assert messages.pair("a", "b") == ('"a"', '"b"')


def test_curl_lines_take_ids_from_the_answers_and_the_token_from_the_environment(tmp_path):
    answer = json.dumps({"collection_id": "col_old"})
    first = exchange(1, answer=answer, made=("collection_id", "col_old"))
    second = exchange(
        2, operation="create_document", path="/v1/collections/col_old/documents", body='{"collection_id":"col_old","t":"it\'s"}'
    )
    given = results(first, second)
    lines = curl.commands(given.requirements[0].counterexample, given.manifest)
    # A stand-in for curl prints what it would send; the shell that runs the lines is a real one.
    stand_in = tmp_path / "curl"
    stand_in.write_text('#!/bin/sh\ncase "$*" in *create*) echo \'{"collection_id": "col_new"}\';; *) printf "%s\\n" "$@";; esac\n')
    stand_in.chmod(0o755)
    script = "\n".join(lines)
    done = subprocess.run(["sh", "-c", script], env={"PATH": f"{tmp_path}:/usr/bin:/bin", "MY_TOKEN": "t0ken"}, capture_output=True, text=True,
                          check=False)  # fmt: skip
    assert "t0ken" not in script
    assert "http://127.0.0.1:1/it's/v1/collections/col_new/documents" in done.stdout
    assert '{"collection_id":"col_new","t":"it\'s"}' in done.stdout
    assert "Authorization: Bearer t0ken" in done.stdout


def test_progress_is_plain_lines_in_ci_and_nothing_in_a_pipe(monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    assert progress_lines(monkeypatch) == []
    monkeypatch.setenv("CI", "true")
    assert progress_lines(monkeypatch) == ["10 exchanges, 1 violated | core/http", "20 exchanges, 1 violated | core/http"]


def progress_lines(monkeypatch):
    stream = io.StringIO()
    now = [0.0]
    monkeypatch.setattr(terminal.timing, "monotonic", lambda: now[0])
    progress = terminal.Progress(stream)
    for second in range(24):
        now[0] = float(second)
        progress.show("core/http", second, 1)
    progress.clear()
    return stream.getvalue().splitlines()


def test_curl_lines_follow_cursors_send_at_once_what_was_and_say_who_sends():
    page = json.dumps({"results": [], "pagination": {"next_cursor": "a+b/c="}})
    path = "/v1/collections/col_1/documents/list?limit=1"
    first = exchange(1, operation="list_documents", path=path, answer=page, cursor="a+b/c=")
    second = exchange(2, operation="list_documents", path=f"{path}&cursor=a%2Bb%2Fc%3D")
    several = [exchange(number, operation="patch_document", path="/v1/p", answer="{}", together=3) for number in (3, 4)]
    stranger = exchange(5, operation="get_document", path="/v1/p", credentials="none", namespace="secondary")
    given = results(first, second, *several, stranger)
    lines = curl.commands(given.requirements[0].counterexample, replace(given.manifest, namespaces=("one", "two")))
    assert lines[2].startswith("CURSOR1=$(curl -s -X POST")
    assert "quote_plus" in lines[2]
    assert 'list?limit=1&\'"$CURSOR1"' in lines[3]
    assert [line.endswith(" &") for line in lines[4:6]] == [True, True]
    assert lines[6] == "wait"
    assert "Authorization" not in lines[7]
    assert "X-Namespace: two" in lines[7]
    assert all("X-Namespace: one" in line for line in lines[2:6])


@pytest.mark.parametrize("credentials", Credentials)
def test_a_curl_line_sends_the_very_credentials_that_the_client_sent(credentials):
    token = "Some-Token"
    sent = exchange(1, credentials=credentials.value)
    given = results(sent)
    line = curl.commands(given.requirements[0].counterexample, replace(given.manifest, token_env="OURS"))[-1]
    expected = dict(Identity(token).headers(Request("GET", "/", credentials=credentials))).get("authorization", "")
    # The shell does with the line what it would, and what looks like curl shows the header.
    script = 'curl() { for one; do case "$one" in Authorization:*) printf %s "$one";; esac; done; }\n' + line
    shell = subprocess.run(["sh", "-c", script], env={"TOKEN": token, "PATH": os.environ["PATH"]}, capture_output=True, check=True)
    assert shell.stdout.removeprefix(b"Authorization: ") == expected.encode("latin-1")


@pytest.mark.parametrize("credentials", [kind for kind in Credentials if kind is not Credentials.OWN])
def test_a_report_shows_the_counterexample_of_any_credentials_and_names_them(credentials):
    sent = exchange(1, credentials=credentials.value)
    assert messages.sender(sent.request)
    assert "failed to show" not in html.render(results(sent))


def test_a_summary_says_as_whom_a_request_was_sent():
    stranger = exchange(1, credentials="basic", namespace="secondary")
    text = messages.summary(results(stranger).requirements[0])
    assert "sent     with the token after the scheme Basic, from the other namespace" in text


def test_the_report_says_when_each_of_several_requests_at_once_was_under_way():
    several = [exchange(1, together=1, sent_at=5.0), exchange(2, together=1, sent_at=5.002)]
    report = html.render(results(*several))
    assert "one of 2 at once: sent at 2.0 ms, answered at 102.0 ms" in report
