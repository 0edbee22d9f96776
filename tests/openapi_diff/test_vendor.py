"""The vendor's published documents, where they are beside the checkout: what is told of them, by hand, and in no time."""

import re
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from openapi_differences import opposite

from conformance.core import resources
from conformance.openapi_diff.change import Client, Kind, Server
from conformance.openapi_diff.compare import compare
from conformance.openapi_lint.document import load

VENDOR = Path(__file__).parents[3] / "shared" / "vendor"
FILES = sorted(VENDOR.glob("*.json")) if VENDOR.is_dir() else []
OURS = resources.find("specs/collections/openapi.yaml")

needs_vendor = pytest.mark.skipif(not FILES, reason=f"{VENDOR} is not there")


def facts(row, *, is_swapped):
    """Return what a row says, as the difference the other way round has to say it."""
    operations = frozenset((names.new, names.old) if is_swapped else (names.old, names.new) for names in row.operations)
    old = re.sub("-(Input|Output)", "", row.new_place if is_swapped else row.old_place)
    kind = opposite(row.kind) if is_swapped else str(row.kind)
    return kind, operations, "" if row.kind is Kind.ACCESS_CHANGED else old


@pytest.mark.parametrize("file", [OURS, *FILES], ids=lambda file: file.name)
def test_a_document_is_no_different_from_itself(file):
    document = load(file)
    found = compare(document, document)
    assert not found.rows
    assert not found.not_compared


@pytest.mark.parametrize(("old", "new"), list(pairwise([OURS, *FILES])), ids=lambda file: file.name)
def test_the_other_way_round_all_is_the_other_way_round(old, new):
    forth, back = compare(load(old), load(new)), compare(load(new), load(old))
    assert Counter(facts(row, is_swapped=False) for row in forth.rows) == Counter(facts(row, is_swapped=True) for row in back.rows)


def test_every_kind_has_an_opposite():
    assert all(Kind(opposite(kind)) for kind in Kind)


@pytest.fixture(scope="module")
def found():
    old, new = FILES
    return compare(load(old), load(new))


COLLECTIONS = "POST /v1/collections/create", "POST /v1/collections"
DOCUMENT = "GET /v1/collections/{collection_identifier}/documents/{document_id}"
DOCUMENTS = "/v1/collections/{collection_identifier}/documents"
LIST = f"GET {DOCUMENTS}", f"POST {DOCUMENTS}/list"
BREAKS, KEEPS, MUST, DROP = Client.BREAKS, Client.UNAFFECTED, Server.MUST, Server.MAY_DROP


@needs_vendor
@pytest.mark.parametrize(
    ("operation", "kind", "place", "client", "server"),
    [
        (COLLECTIONS, "operation-moved", "", BREAKS, MUST),
        (LIST, "operation-moved", "", BREAKS, MUST),
        ((f"PUT {DOCUMENTS}/batch", f"POST {DOCUMENTS}/batch"), "operation-moved", "", BREAKS, MUST),
        (("POST /v1/buckets", None), "operation-gone", "", BREAKS, DROP),
        (("GET /v1/namespaces", None), "operation-gone", "", BREAKS, DROP),
        ((None, f"POST {DOCUMENTS}"), "operation-new", "", KEEPS, MUST),
        (COLLECTIONS, "field-gone", "request/cache_config", BREAKS, DROP),
        (COLLECTIONS, "field-gone", "request/source/filters", BREAKS, DROP),
        (COLLECTIONS, "field-new", "request/feature_extractor", BREAKS, MUST),
        (COLLECTIONS, "field-new", "request/source/bucket_ids", KEEPS, MUST),
        (COLLECTIONS, "values-new", "request/source/type", KEEPS, MUST),
        (COLLECTIONS, "null-new", "response/taxonomy_applications", BREAKS, DROP),
        (COLLECTIONS, "limit-tighter", "response/collection_name", KEEPS, MUST),
        (LIST, "parameter-gone", "parameters/query/offset_id", BREAKS, DROP),
        (LIST, "limit-looser", "parameters/query/limit", KEEPS, MUST),
        (LIST, "field-gone", "response/total", BREAKS, DROP),
        (LIST, "field-new", "response/pagination", KEEPS, MUST),
        ((DOCUMENT, DOCUMENT), "field-gone", "response/internal_id", BREAKS, DROP),
        ((DOCUMENT, DOCUMENT), "field-new", "response/_internal", KEEPS, Server.UNAFFECTED),
    ],
    ids=str,
)
def test_what_the_newer_document_says_differently(found, operation, kind, place, client, server):
    (row,) = [row for row in found.rows if operation in row.operations and row.kind == kind and row.place == place][:1]
    assert (row.client, row.server) == (client, server)


@needs_vendor
def test_the_names_of_parameters_in_paths_and_null_in_headers_are_no_rows(found):
    assert not [row for row in found.rows if row.place.startswith(("parameters/path", "parameters/header"))]


@needs_vendor
def test_both_are_compared_in_well_under_three_seconds():
    began = time.perf_counter()
    compare(*map(load, FILES))
    assert time.perf_counter() - began < 3
