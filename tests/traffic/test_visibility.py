"""What a recording cannot show is said in the requirements' rows, and is what it has always been."""

import itertools
import json
import tomllib
from dataclasses import fields

import pytest
from one_exchange import MADE

from conformance.contracts.collections.contract import CONTRACT
from conformance.contracts.collections.operations import Operations
from conformance.core import resources
from conformance.core.errors import UsageError
from conformance.engine.checks import History
from conformance.evidence.exchange import Case, Request, Response
from conformance.evidence.operation import Expect
from conformance.evidence.requirements import Basis, Requirement, read
from conformance.traffic import har
from conformance.traffic.exchanges import Recorded
from conformance.traffic.har import Part
from conformance.traffic.visibility import visible

ALL = frozenset(CONTRACT.api.requirements)
LISTS = {
    "list.response-schema", "list.returns-exactly-created", "list.limit", "list.limit-bounds", "list.offset-pages-partition",
    "list.cursor-pages-partition", "list.total", "list.sort-ascending", "list.sort-descending", "list.select", "list.group-by",
    "list.unknown-collection",
}  # fmt: skip
HIDDEN_ALWAYS = {"internal.created-now"}
HIDDEN_WITHOUT = {
    Part.REQUEST: {"documents.create.collection-id", "documents.get.equals-created", "documents.update.keeps-identity", *LISTS},
    Part.REQUEST_HEADERS: {"collections.create.id-unique", "documents.create.id-unique"},
    Part.REQUEST_BODY: {"errors.no-internals"},
    Part.RESPONSE_HEADERS: set(),  # what a header's absence breaks depends on the headers that are there
    Part.RESPONSE_BODY: ALL - {"http.no-server-error", "http.status-documented", "auth.challenge"},
}
HIDDEN_WITHOUT_HEADERS = {"http.json-content-type", "auth.challenge"}
DATE = ("date", "Fri, 27 Nov 2026 05:46:45 GMT")
JSON = ("content-type", "application/json")
MADE_DOCUMENT = {"document_id": "doc_1", "collection_id": "col_1", "_internal": {
    "document_id": "doc_1", "collection_id": "col_1", "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z", "lineage": {},
}}  # fmt: skip
CHALLENGE = ("www-authenticate", "Bearer")


def hidden(unknown=(), *, headers=(DATE,), status=200, operation=Operations.GET_COLLECTION, path="/v1/collections/col_1",
           body=b"{}", expect=Expect.ANY, about=()):  # fmt: skip
    exchange = Recorded(1, "recorded", Case(operation, expect, about), Request(operation.method, path),
                        Response(status, headers, body, 0.1), unknown=frozenset(unknown))  # fmt: skip
    return ALL - set(visible(exchange, History(), CONTRACT))


@pytest.mark.parametrize("unknown", [parts for count in range(6) for parts in itertools.combinations(Part, count)])
def test_each_requirement_is_hidden_by_the_parts_that_it_rests_on(unknown):
    assert hidden(unknown) == HIDDEN_ALWAYS.union(*(HIDDEN_WITHOUT[part] for part in unknown))
    assert hidden(unknown, headers=()) == hidden(unknown) | HIDDEN_WITHOUT_HEADERS


@pytest.mark.parametrize(
    ("headers", "status", "more"),
    [
        ((), 503, HIDDEN_WITHOUT_HEADERS | {"http.no-server-error"}),
        ((), 500, HIDDEN_WITHOUT_HEADERS),
        ((DATE,), 503, set()),
        ((JSON, CHALLENGE), 401, set()),
        ((JSON,), 401, {"auth.challenge"}),
        ((CHALLENGE,), 401, {"http.json-content-type"}),
        ((DATE, ("content-type", "[REDACTED]")), 200, {"http.json-content-type"}),
        ((DATE, ("content-type", ""), ("www-authenticate", ""), ("retry-after", "")), 503, HIDDEN_WITHOUT_HEADERS | {"http.no-server-error"}),
        ((("date", "[REDACTED]"), JSON), 200, {"auth.challenge"}),
    ],
)  # fmt: skip
def test_a_header_that_may_have_been_there_is_not_missed(headers, status, more):
    assert hidden(headers=headers, status=status) == HIDDEN_ALWAYS | more


def test_a_refusal_that_was_due_shows_without_the_answers_body():
    about = ("source.requires-type",)
    visible_still = ALL - hidden([Part.RESPONSE_BODY], expect=Expect.REFUSE, about=about)
    assert visible_still == {"http.no-server-error", "http.status-documented", "auth.challenge", *about}


@pytest.mark.parametrize(("collection", "more"), [("col_1", set()), ("by-its-name", {"documents.create.collection-id"})])
def test_a_path_may_hold_a_name(collection, more):
    body = b'{"collection_id": "col_1", "document_id": "doc_1"}'
    path = f"/v1/collections/{collection}/documents"
    assert hidden(operation=Operations.CREATE_DOCUMENT, path=path, body=body) == HIDDEN_ALWAYS | more


@pytest.mark.parametrize(
    ("operation", "answer", "more"),
    [
        (Operations.CREATE_COLLECTION, {**MADE, "collection_name": 5}, {"collections.create.response-schema"}),
        (Operations.CREATE_COLLECTION, {**MADE, "enabled": 5}, set()),
        (Operations.CREATE_DOCUMENT, {**MADE_DOCUMENT, "document_blobs": 5}, {"documents.create.response-schema"}),
        (Operations.CREATE_DOCUMENT, {**MADE_DOCUMENT, "_internal": 5}, set()),
        (Operations.GET_COLLECTION, {**MADE, "collection_name": 5}, set()),
    ],
)
def test_what_an_answer_says_back_is_free_where_the_request_is_not_known(operation, answer, more):
    path, body = operation.path_of({"collection": "col_1"}), json.dumps(answer).encode()
    unknown = hidden([Part.REQUEST_BODY], operation=operation, path=path, body=body, expect=Expect.EITHER)
    assert unknown - more == HIDDEN_ALWAYS | {"errors.no-internals"}
    assert more <= unknown
    assert hidden(operation=operation, path=path, body=body, expect=Expect.EITHER) == HIDDEN_ALWAYS


def test_each_word_of_a_row_is_used_and_no_other_is_read(tmp_path):
    rows = CONTRACT.api.requirements.values()
    assert {basis for requirement in rows for basis in requirement.rests_on} == set(Basis)
    row = '["a.b"]\nlevel = "MUST"\nprofile = "core"\nsource = []\nsubject = "s"\ntext = "t."\nrests_on = ["the moon"]\n'
    (tmp_path / "r.toml").write_text(row)
    with pytest.raises(UsageError, match="is broken: 'the moon' is not a valid Basis"):
        read(str(tmp_path / "r.toml"))


def test_rows_have_no_keys_that_nobody_reads():
    names = {field.name for field in fields(Requirement)}
    rows = tomllib.loads(resources.find(CONTRACT.requirements_file).read_text("utf-8"))
    assert set().union(*rows.values()) <= names


def test_a_header_that_a_row_names_is_kept_by_the_reader_of_recordings():
    assert {requirement.response_header for requirement in CONTRACT.api.requirements.values()} - {None} <= har._RESPONSE_HEADERS
