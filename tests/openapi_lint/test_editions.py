"""Documents of editions: an edition's own document is an overlay, and what is not named for whose edition it is, is told."""

import copy
import json

import pytest
from command import conformance

from conformance.cli.commands.spec import facts_of
from conformance.openapi_lint.check import check
from conformance.openapi_lint.document import Document
from conformance.openapi_lint.finding import Kind
from conformance.openapi_lint.fit import best
from conformance.runner import contracts

FIRST, LATER = (contracts.load(name) for name in ("collections", "collections@2026-01"))
OPERATIONS = {one.name: one.api.operations for one in (FIRST, LATER)}


def differences(change):
    """Return grade and message of what is different if the edition's document is changed."""
    root = copy.deepcopy(LATER.api.document.content)
    change(root["components"]["schemas"])
    found = check(Document(root, "3.1.0"), facts_of(LATER)).findings
    return [(str(one.grade), one.message) for one in found if one.kind == Kind.OPERATION]


def test_an_edition_differs_in_nothing_from_itself_and_much_from_the_other():
    assert differences(lambda _schemas: None) == []
    found = check(Document(LATER.api.document.content, "3.1.0"), facts_of(FIRST)).findings
    assert any("is not in the document" in one.message for one in found)


@pytest.mark.parametrize(
    "parameters",
    [
        {"anyOf": [{"type": "object", "properties": {"size": {"type": "integer"}}}, {"type": "null"}]},
        {
            "anyOf": [
                {"type": "object", "properties": {"size": {"type": "integer"}, "kind": {"type": "string"}}},
                {"type": "object", "properties": {"kind": {"type": "string"}}, "required": ["kind"]},
                {"type": "null"},
            ]
        },
        {"type": ["object", "null"], "additionalProperties": {"type": "number"}},
        {"type": ["object", "null"], "properties": {"size": {"type": "integer"}}, "additionalProperties": False},
    ],
)
def test_a_document_may_say_which_parameters_its_extractors_have(parameters):
    def change(schemas):
        schemas["FeatureExtractor"]["properties"]["parameters"] = parameters

    assert [one for one in differences(change) if one[0] != "note"] == []


def test_a_parameter_that_all_must_give_is_a_difference():
    def change(schemas):
        schemas["FeatureExtractor"]["properties"]["parameters"] |= {
            "required": ["kind"],
            "properties": {"kind": {"type": "string"}},
        }

    assert ("error", "request `feature_extractor.parameters.kind` is required; the contract does not know it") in differences(
        change
    )


def test_where_the_contract_names_no_field_none_is_additional():
    def change(schemas):
        schemas["FeatureExtractorView"]["properties"]["parameters"]["properties"] = {"size": {"type": "integer"}}

    assert differences(change) == []


def test_mappings_may_be_a_list_as_well():
    def change(schemas):
        schemas["FeatureExtractor"]["properties"]["input_mappings"] = {"type": "object", "additionalProperties": {"type": "string"}}

    assert any("`feature_extractor.input_mappings` takes no array" in message for _grade, message in differences(change))


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_edition_is_known_by_its_paths(name):
    content = contracts.load(name).api.document.content
    assert best(Document(content, "3.1.0"), OPERATIONS) == name


def test_below_the_path_of_a_server_an_edition_is_known_as_well():
    paths = {path.removeprefix("/v1"): item for path, item in LATER.api.document.content["paths"].items()}
    assert best(Document({"paths": paths, "servers": [{"url": "https://a.test/v1"}]}, "3.1.0"), OPERATIONS) == LATER.name


def test_a_document_of_neither_is_left_to_the_one_that_is_asked_for():
    assert best(Document({"paths": {"/shops": {"get": {}}}}, "3.1.0"), OPERATIONS) == FIRST.name


def test_what_describes_another_edition_is_told_in_one_sentence_unless_an_edition_is_named(tmp_path):
    (tmp_path / "later.json").write_text(json.dumps(LATER.api.document.content))
    hint = "its paths are rather those of collections@2026-01; --contract collections@2026-01 judges it by that"
    done = conformance("spec", "check", "later.json", "--output", "found.json", cwd=tmp_path)
    assert done.returncode == 1
    assert hint in " ".join(done.stdout.split())
    found = json.loads((tmp_path / "found.json").read_text())
    assert (found["contract"], found["fits_better"]) == ("collections", "collections@2026-01")
    for contract, code in (("collections", 1), ("collections@2026-01", 0)):
        done = conformance("spec", "check", "later.json", "--contract", contract, "--output", "found.json", cwd=tmp_path)
        assert done.returncode == code
        assert "rather" not in done.stdout
        assert json.loads((tmp_path / "found.json").read_text())["fits_better"] is None
