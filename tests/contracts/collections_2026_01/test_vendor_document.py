"""A run of the edition held against the vendor's own document: what must be taken is valid by it, and so is what the reference answers."""

import gzip
import json
import re
from pathlib import Path

import jsonschema_rs
import pytest
from command import conformance

FILE = Path(__file__).parents[4] / "shared" / "vendor" / "mixpeek-2026-01.openapi.json"
pytestmark = pytest.mark.skipif(not FILE.exists(), reason=f"{FILE} is not there")

# What valid bodies are refused for: nothing that a schema of the body could say, or something that is a reading.
_BESIDE_THE_SCHEMA = re.compile(r"auth\.|http\.|namespaces\.|list\.|.*unknown|.*wrong-collection|.*outside")
_READINGS = {
    "collections.create.name-length",  # the document bounds the name in its answers alone
    "documents.create.schema-version",  # the values stand in a description
    "documents.create.lineage-timestamp-format",  # that a format binds is a reading
    "source.bucket-needs-bucket-ids",  # what each type needs stands in descriptions
    "source.collection-needs-a-collection",
}


class Operation:
    """An operation of the document, with the validators of its body and of its answer."""

    def __init__(self, document, method, path, described):
        self.method, self.path = method.upper(), path
        self._pattern = re.compile(re.sub(r"\\\{[^/]*\\\}", "[^/?]+", re.escape(path)) + r"(\?.*)?")
        self.request = self._validator(document, described.get("requestBody", {}))
        self.answer = self._validator(document, described["responses"]["200"])

    def is_asked(self, request):
        return request["method"] == self.method and self._pattern.fullmatch(request["path"]) is not None

    def _validator(self, document, holder):
        schema = holder.get("content", {}).get("application/json", {}).get("schema")
        whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", "components": document["components"]}
        return None if schema is None else jsonschema_rs.Draft202012Validator({**whole, **schema})


def strict(document):
    """Return the document without the short form of filters, through which any condition would pass for a group."""
    for name in ("LogicalOperator-Input", "LogicalOperator-Output"):
        document["components"]["schemas"][name]["additionalProperties"] = False
    return document


@pytest.fixture(scope="module")
def exchanges(tmp_path_factory):
    """Yield each exchange of a run with the operation that was asked for."""
    folder, document = tmp_path_factory.mktemp("run"), strict(json.loads(FILE.read_text("utf-8")))
    done = conformance("run", "--contract", "collections@2026-01", "--seed", "4", "--output", str(folder))
    assert done.returncode == 0, done.stdout
    described = [Operation(document, method, path, one) for path, item in document["paths"].items() for method, one in item.items()]
    described.sort(key=lambda one: one.path.count("{"))  # a fixed path before one with a parameter in its place
    with gzip.open(folder / "exchanges.jsonl.gz", "rt") as lines:
        sent = [json.loads(line) for line in lines]
    asked = [(next((one for one in described if one.is_asked(each["request"])), None), each) for each in sent]
    return [pair for pair in asked if pair[0] is not None]


def body_of(message):
    try:
        return json.loads(message.get("body") or "")
    except ValueError:
        return None


def fits(validator, value):
    try:
        return validator.is_valid(value)
    except (ValueError, UnicodeEncodeError):  # a number or a text that Rust cannot hold, which no schema is about
        return True


def test_what_must_be_taken_is_valid_by_the_vendors_document(exchanges):
    wanted = [(one, body_of(each["request"])) for one, each in exchanges if each["expect"] == "accept" and one.request is not None]
    assert len(wanted) > 500
    assert not [(one.path, body) for one, body in wanted if body is not None and not fits(one.request, body)]


def test_what_must_be_refused_for_its_shape_is_not_valid_by_the_vendors_document(exchanges):
    # Other operations are refused for what stands in descriptions: which fields exclude each other.
    creates = ("create_collection", "create_document")
    refused = [(one, each) for one, each in exchanges if each["expect"] == "refuse" and each["operation"] in creates]
    about_shape = [
        (one, each["about"], body_of(each["request"]))
        for one, each in refused
        if not any(_BESIDE_THE_SCHEMA.match(name) or name in _READINGS for name in each["about"])
    ]
    assert len(about_shape) > 100
    assert not [(about, body) for one, about, body in about_shape if body is not None and fits(one.request, body)]


def test_what_the_reference_answers_is_valid_by_the_vendors_document(exchanges):
    answered = [
        (one, body_of(each["response"])) for one, each in exchanges if each["response"] and each["response"]["status"] == 200
    ]
    assert len(answered) > 500
    wrong = [
        (one.path, body) for one, body in answered if one.answer is not None and body is not None and not fits(one.answer, body)
    ]
    assert not wrong
