"""The vendor's published documents, where they are beside the checkout."""

from pathlib import Path

import pytest
from openapi_changes import FACTS

from conformance.openapi_lint.check import check
from conformance.openapi_lint.document import load
from conformance.openapi_lint.finding import Kind

VENDOR = Path(__file__).parents[3] / "shared" / "vendor"
FILES = sorted(VENDOR.glob("*.json")) if VENDOR.is_dir() else []

pytestmark = pytest.mark.skipif(not FILES, reason=f"{VENDOR} is not there")


@pytest.fixture(scope="module", params=FILES, ids=lambda file: file.name)
def result(request):
    return check(load(request.param), FACTS)


def test_nothing_in_them_is_beyond_reading(result):
    assert not [one for one in result.findings if one.kind in {Kind.REFERENCE, Kind.SCHEMA}]


def test_a_condition_with_an_unknown_operator_passes_as_a_group(result):
    found = [one for one in result.findings if one.kind == Kind.UNION and "FilterCondition" in one.message]
    assert found[0].witness["operator"] == "no-such-operator"
    assert found[0].contract


def test_an_example_contradicts_its_schema_and_no_default_does(result):
    assert [one for one in result.findings if one.kind == Kind.EXAMPLE]
    assert not [one for one in result.findings if one.kind == Kind.DEFAULT]


def test_the_operations_of_the_contract_that_they_lack_are_named(result):
    missing = {one.subject for one in result.findings if "is not in the document" in one.message}
    assert missing
    assert result.coverage.present + len(missing) == result.coverage.operations


def test_system_fields_at_the_root_of_a_document_name_the_requirement(result, request):
    named = {one.message.split("`")[1] for one in result.findings if "documents.create.no-system-fields-at-root" in one.message}
    is_older = "2025-04" in request.node.callspec.id
    assert named == ({"internal_id", "namespace_id", "created_at", "updated_at"} if is_older else set())
