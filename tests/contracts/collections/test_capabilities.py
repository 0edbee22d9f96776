"""Harmless requests before the run show which profiles a target serves, and each decision gives its reason."""

import json

import pytest
from harness import reference

from conformance.client.client import Client, Identity
from conformance.configuration.settings import Settings, validate
from conformance.configuration.target_file import Namespaces, Profiles, Target, TargetFile
from conformance.contracts.collections.capabilities import Probe
from conformance.contracts.collections.contract import PROFILES
from conformance.contracts.collections.requirements import requirements
from conformance.contracts.collections.vocabulary import Vocabulary, from_table
from conformance.core.errors import TargetError, UsageError
from conformance.core.tags import Tags
from conformance.evidence.exchange import Request, Response

NOT_FOUND = json.dumps({"success": False, "status": 404, "error": {"message": "no route", "type": "not_found"}}).encode()


class Lacking:
    """A target that lacks some operations and answers them in a given way; it remembers the requests."""

    def __init__(self, inner, lacks, status=404, body=NOT_FOUND):
        self.inner, self.lacks, self.status, self.body, self.seen = inner, lacks, status, body, []

    def send(self, request: Request, timeout: float) -> Response:
        self.seen.append(request)
        name = f"{request.method} {request.path.partition('?')[0]}"
        if any(name.startswith(method) and name.endswith(end) for method, end in self.lacks) or "no-such-operation" in name:
            return Response(self.status, (("content-type", "application/json"),), self.body, 0.0)
        return self.inner.send(request, timeout)


def look(lacks=(), status=404, body=NOT_FOUND, *, file=None, profiles=None):
    settings = Settings(file=file or TargetFile(target=Target(url="http://x")), profiles=profiles or PROFILES)
    with reference(token=None) as inner:
        target = Lacking(inner, lacks, status, body)
        probe = Probe(Client(target, identity=Identity()), settings, from_table(settings.file.vocabulary), Tags("1"))
        return probe.look(has_token=False), target.seen


SERVED = {"core", "read", "query", "write", "buckets", "vectors", "blobs"}


def test_all_that_is_served_is_found():
    decisions, _seen = look()
    assert {name for name, decision in decisions.items() if decision.served} == SERVED
    assert "no token is given" in decisions["auth"].why
    assert "was answered 200" in decisions["read"].why


@pytest.mark.parametrize("status", [404, 405, 501])
@pytest.mark.parametrize(
    ("lacks", "lost"),
    [
        ([("POST", "/list")], {"query"}),
        ([("GET", "")], {"read", "vectors", "blobs"}),
        ([("PUT", ""), ("PATCH", ""), ("DELETE", "")], {"write"}),
        ([("PATCH", "")], {"write"}),
        ([("POST", "/buckets/create")], {"buckets"}),
    ],
)
def test_what_is_not_there_is_not_judged_however_it_is_said(lacks, lost, status):
    decisions, _seen = look(lacks, status)
    assert SERVED - {name for name, decision in decisions.items() if decision.served} == lost


def test_a_profile_that_is_served_in_part_says_so():
    decisions, _seen = look([("PATCH", "")], 405)
    assert decisions["write"].why == ("served in part: PATCH …/documents/{document} was answered 405; declare it to have it judged")


def test_a_404_that_is_worded_as_for_unknown_things_is_a_broken_operation_and_is_judged():
    answer = json.dumps(
        {
            "success": False,
            "status": 404,
            "error": {"message": "there is no such collection", "type": "not_found", "details": None},
        },
        separators=(",", ":"),
    ).encode()
    with reference(token=None) as inner:
        settings = Settings(file=TargetFile(target=Target(url="http://x")), profiles=PROFILES)

        class Broken(Lacking):
            def send(self, request, timeout):
                if request.path.endswith("/list"):
                    return Response(404, (("content-type", "application/json"),), answer, 0.0)
                return self.inner.send(request, timeout)

        probe = Probe(Client(Broken(inner, ())), settings, Vocabulary(), Tags("1"))
        assert probe.look(has_token=False)["query"].served


def test_probing_leaves_nothing_behind_and_touches_only_its_own():
    _decisions, seen = look()
    assert seen[-1].method == "DELETE"
    with_ids = [request.path for request in seen if "/documents" in request.path or request.method == "DELETE"]
    assert len({path.split("/")[3] for path in with_ids}) == 1


def test_what_is_declared_is_not_probed_and_what_is_absent_is_not_looked_for():
    file = TargetFile(target=Target(url="http://x"), profiles=Profiles(declared=("query",), absent=("write", "buckets")))
    decisions, seen = look([("POST", "/list")], file=file)
    assert (decisions["query"].served, decisions["query"].why) == (True, "declared")
    assert (decisions["write"].served, decisions["write"].why) == (False, "declared absent")
    assert not [
        request
        for request in seen
        if request.path.endswith("/list") or "buckets" in request.path or request.method in ("PUT", "PATCH", "DELETE")
    ]


def test_buckets_are_not_made_where_the_vocabulary_names_some():
    file = TargetFile(target=Target(url="http://x"), vocabulary={"buckets": ["bkt_demo"]})
    decisions, seen = look(file=file)
    assert decisions["buckets"].why == "not needed: the vocabulary names buckets"
    assert not [request for request in seen if "buckets" in request.path]


def test_only_selected_profiles_are_probed():
    decisions, seen = look(profiles=("core",))
    assert set(decisions) == {"core"}
    # Besides the signs of life, several at once, by which the client learns how many requests the target takes.
    assert {(request.method, request.path) for request in seen if request.method != "POST"} == {("GET", "/")}


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (TargetFile(profiles=Profiles(declared=("auth",)), target=Target(url="http://x")), "no token is named"),
        (TargetFile(profiles=Profiles(declared=("namespaces",)), target=Target(url="http://x")), "no two namespaces are named"),
        (TargetFile(profiles=Profiles(declared=("read",), absent=("read",))), "declared, and declared absent"),
        (TargetFile(namespaces=Namespaces(primary="a", secondary="a")), "both namespaces are 'a'"),
    ],
)
def test_declarations_that_do_not_fit_together_are_a_mistake(file, message):
    with pytest.raises(UsageError, match=message):
        validate(Settings(file=file), requirements(), PROFILES)


@pytest.mark.parametrize(
    ("body", "kind", "message"),
    [
        (b"\xef\xbb\xbf{}", "application/json", "200 (application/json): its JSON begins with a byte order mark (RFC 8259, 8.1)"),
        ("{}".encode("utf-16"), "application/json", "200 (application/json): its JSON is in UTF-16, not in UTF-8 (RFC 8259, 8.1)"),
        (b"\xef\xbb\xbf{}", None, "200 (no content type): its JSON begins with a byte order mark (RFC 8259, 8.1)"),
        (b"{'a': 1}", "application/json", "200 (application/json): Expecting property name enclosed in double quotes"),
        (b"\xef\xbb\xbf<html>", "text/html", "200 (text/html)"),
        (b"", "application/json", "200 (application/json)"),
    ],
)
def test_an_answer_that_is_no_json_is_told_with_what_is_wrong_with_it(body, kind, message):
    class Odd:
        def send(self, _request, _timeout):
            return Response(200, () if kind is None else (("content-type", kind),), body, 0.0)

    settings = Settings(file=TargetFile(target=Target(url="http://x")), profiles=("core",))
    with pytest.raises(TargetError) as caught:
        Probe(Client(Odd()), settings, Vocabulary(), Tags("1")).look(has_token=False)
    assert message in str(caught.value)
    assert ("json" in (kind or "json") and bool(body)) or str(caught.value).endswith(message)
