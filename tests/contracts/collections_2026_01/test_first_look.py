"""The first look at a target of the edition: what it makes there, what it finds, and what it leaves behind."""

import json

import pytest
from harness import Harness

from conformance.client.client import Client, Identity
from conformance.configuration.settings import Settings
from conformance.configuration.target_file import Target, TargetFile
from conformance.contracts.collections_2026_01.contract import CONTRACT
from conformance.core.tags import Tags
from conformance.evidence.exchange import Request, Response

EDITION = Harness(CONTRACT)
LACKING = json.dumps({"success": False, "status": 404, "error": {"message": "no route", "type": "not_found"}}).encode()


class Lacking:
    """A target without one operation on buckets; it remembers the requests."""

    def __init__(self, inner, lacks):
        self.inner, self.lacks, self.seen = inner, lacks, []

    def send(self, request: Request, timeout: float) -> Response:
        self.seen.append(request)
        if request.path.startswith("/v1/buckets") and request.method == self.lacks:
            return Response(404, (("content-type", "application/json"),), LACKING, 0.0)
        return self.inner.send(request, timeout)


def look(lacks=None, vocabulary=None):
    settings = Settings(file=TargetFile(target=Target(url="http://x"), vocabulary=vocabulary or {}), profiles=CONTRACT.profiles)
    with EDITION.reference(token=None) as inner:
        target = Lacking(inner, lacks)
        known = CONTRACT.vocabulary(settings.file.vocabulary)
        probe = CONTRACT.first_look(Client(target, identity=Identity()), settings, known, Tags("1"))
        return probe.look(has_token=False), target.seen


def buckets(seen, method):
    return [request for request in seen if request.method == method and request.path.startswith("/v1/buckets")]


@pytest.mark.parametrize("vocabulary", [{}, {"buckets": ["bkt_theirs"]}])
def test_a_bucket_of_our_own_is_looked_at_and_deleted(vocabulary):
    decisions, seen = look(vocabulary=vocabulary)
    assert decisions["buckets"].served
    assert decisions["bucket-updates"].served
    assert decisions["document-lineage"].served
    assert len(buckets(seen, "POST")) == len(buckets(seen, "DELETE")) == 1
    assert not any("bkt_theirs" in request.path for request in seen)


def test_a_target_that_makes_no_bucket_is_asked_for_none():
    decisions, seen = look("POST", {"buckets": ["bkt_theirs"]})
    assert not decisions["buckets"].served
    assert "no bucket" in decisions["bucket-updates"].why
    assert [request.method for request in seen if request.path.startswith("/v1/buckets")] == ["POST"]


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_a_profile_that_is_served_in_part_is_not_judged(method):
    decisions, _seen = look(method)
    assert not decisions["bucket-updates"].served
    assert "served in part" in decisions["bucket-updates"].why
