"""What is left if each of the vendor's documents is judged by the edition that it is: each row was checked by hand, and says why it stays."""

from collections import Counter
from pathlib import Path

import pytest

from conformance.cli.commands.spec import facts_of
from conformance.openapi_lint.check import check
from conformance.openapi_lint.document import load
from conformance.openapi_lint.finding import Kind
from conformance.openapi_lint.fit import best
from conformance.runner import contracts

VENDOR = Path(__file__).parents[3] / "shared" / "vendor"
pytestmark = pytest.mark.skipif(not VENDOR.is_dir(), reason=f"{VENDOR} is not there")

_ENVELOPE = "FastAPI describes its own error as if all of it could be left out; the contract asks for what is in it"
_OLDER = "the document is older than the pages that the edition follows"
_OPEN = "the document takes any field here, and names none; the edition names those that its requirements are about"
# By document and edition: the start of each message of an error or a warning about operations, how often it is there, and why it is true.
DIFFERENCES = {
    ("2025-04", "collections"): {
        "is not in the document": (4, "it lacks creating, listing and patching documents, and deleting collections"),
        "response `_internal` is not there": (1, _OLDER),
        "response `created_at` is the system's own": (1, _OLDER),
        "response `internal_id` is the system's own": (1, _OLDER),
        "response `namespace_id` is the system's own": (1, _OLDER),
        "response `updated_at` is the system's own": (1, _OLDER),
        "response `document_blobs` is not there": (1, _OLDER),
        "query parameter return_url is not there": (1, _OLDER),
        "query parameter return_vectors is not there": (1, _OLDER),
        "request `features` is not there": (1, "its DocumentUpdate has metadata and vectors"),
        "request `document_blobs` is not there": (1, "its DocumentUpdate has metadata and vectors"),
        "request may be without a body": (1, "its body of PUT is not marked as required"),
        "request `metadata` also takes null": (1, "its DocumentUpdate.metadata may be null"),
        "request does not say that other fields are kept": (1, "its DocumentUpdate says nothing of further fields"),
        "response `bucket_id` may be left out": (1, "its BucketResponse does not require the id"),
        "error response `detail` may be left out": (1, _ENVELOPE),
    },
    ("2026-01", "collections@2026-01"): {
        "query parameter limit has no default": (1, "it says nothing; that ten are listed is a reading"),
        "error response `detail` may be left out": (1, _ENVELOPE),
        "request `document_schema_version` lists no values": (1, "v1 and v2 stand in its description, not in its schema"),
        "response `_internal.lineage.chain[].collection_id` is not named": (1, "the fields of a step stand in a description"),
        "response `_internal.lineage.chain[].feature_extractor_id` is not named": (
            1,
            "the fields of a step stand in a description",
        ),
        "request `metadata` is not named": (1, _OPEN),
        "request `features` is not named": (1, _OPEN),
        "request `collection_name` is not named": (1, _OPEN),
        "request `description` is not named": (1, _OPEN),
        "request `enabled` is not named": (1, _OPEN),
        "request `taxonomy_applications` is not named": (1, _OPEN),
        "request `filters.AND` is not named": (1, _OPEN),
        "request `filters.OR` is not named": (1, _OPEN),
        "request `filters.NOT` is not named": (1, _OPEN),
        "request `filters.case_sensitive` is not named": (1, _OPEN),
    },
}
COUNTS = {
    "2025-04": {"example error": 4, "union warning": 2, "operation error": 9, "operation warning": 10, "operation note": 10},
    # Errors are its own: examples of collections that lack the extractor's id, which its schema requires.
    "2026-01": {"example error": 4, "union warning": 2, "union note": 2, "operation warning": 15, "operation note": 15},
}


def document(name):
    return load(VENDOR / f"mixpeek-{name}.openapi.json")


@pytest.fixture(scope="module", params=DIFFERENCES, ids=lambda pair: pair[0])
def judged(request):
    name, contract = request.param
    return *request.param, check(document(name), facts_of(contracts.load(contract))).findings


def test_what_is_different_was_checked_and_is_true(judged):
    name, contract, findings = judged
    unexplained, seen = [], Counter()
    for finding in findings:
        if finding.kind == Kind.OPERATION and finding.grade != "note":
            start = next((start for start in DIFFERENCES[name, contract] if finding.message.startswith(start)), None)
            seen[start] += 1
            unexplained += [finding.message] if start is None else []
    assert not unexplained
    assert seen == {start: count for start, (count, _why) in DIFFERENCES[name, contract].items()}


def test_how_many_findings_of_each_kind_there_are(judged):
    name, _contract, findings = judged
    assert Counter(f"{finding.kind} {finding.grade}" for finding in findings) == COUNTS[name]


def test_the_edition_has_every_operation_of_its_document_and_no_other():
    facts = facts_of(contracts.load("collections@2026-01"))
    result = check(document("2026-01"), facts)
    assert result.coverage.present == result.coverage.operations == result.operations == 20


@pytest.mark.parametrize(("name", "edition"), DIFFERENCES)
def test_a_document_is_known_for_the_edition_that_it_is(name, edition):
    operations = {one.name: one.api.operations for one in contracts.editions("collections")}
    assert best(document(name), operations) == edition
