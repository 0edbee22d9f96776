"""Records: made up for the tests of reports, with whatever a hostile target may send, or read from a folder; and held to their schema."""

import gzip
import json
from dataclasses import replace
from functools import cache

import jsonschema

from conformance.contracts.collections.contract import PROFILES
from conformance.contracts.collections.requirements import SOURCES
from conformance.core import resources
from conformance.evidence import results_file
from conformance.evidence.requirements import Level
from conformance.evidence.results import (
    Capability,
    Contract,
    Example,
    ExchangeRecord,
    Made,
    Manifest,
    NextPage,
    Repetitions,
    RequestRecord,
    ResponseRecord,
    Results,
    Row,
    Share,
    Status,
    Target,
    Usage,
    Verdict,
)

EVIL = "</pre><script>alert(1)</script>\x1b[31m\u202e\x00\ufeff"


def exchange(number, operation="create_collection", path="/v1/collections/create", body='{"a":"it\'s"}', answer=EVIL, status=200, *, made=None,
             cursor=None, credentials="own", namespace="primary", **more):  # fmt: skip
    request = RequestRecord("POST", path, (("content-type", "application/json"),), credentials, namespace, body)
    response = ResponseRecord(status, (("x-evil", EVIL),), 0.1, answer)
    record = ExchangeRecord(
        n=number, scenario="s", operation=operation, expect="accept", about=(), at=None, context=(), sent_at=0.0, together=None, request=request,
        response=response, failure=None, made=None if made is None else Made(*made),
        next_page=None if cursor is None else NextPage("cursor", "/pagination/next_cursor", cursor),
    )  # fmt: skip
    return replace(record, **more)


def example(*exchanges, **more):
    recorded = Example(
        fingerprint="0123456789ab", origin=1, message=EVIL, expected=EVIL, actual={"k": EVIL}, at="/a/" + EVIL, level=None, reproduced=True,
        repetitions=Repetitions(3, 0), not_shown_by=(), exchanges=exchanges or (exchange(1),),
    )  # fmt: skip
    return replace(recorded, **more)


def row(status=Status.FAILED, level=Level.MUST, **more):
    return Row(
        id="source.type-enum", level=level, profile="core", status=status, checks=3, violations=1, text="A text.", source=("C", "V"),
        subject="POST /v1/collections/create", stated_level=level, tested=True, **more,
    )  # fmt: skip


def results(*exchanges, status=Status.FAILED, level=Level.MUST, reason=None, flaky=False, **counterexample):
    manifest = Manifest(
        toolkit="0", started="2026-01-01T00:00:00+00:00", seed="1", prefix="cf_123456_", budget="quick", profiles=PROFILES, only=(), strict=False,
        contract=Contract("collections", "collections API", PROFILES, SOURCES), target=Target(EVIL, "http://127.0.0.1:1/it's", None),
        token_env="MY_TOKEN", namespaces=None, namespace_header="X-Namespace",
        capabilities={"core": Capability(served=True, why=EVIL), "write": Capability(served=False, why=EVIL)}, keep=False, resumed=0, vocabulary={},
        digests={"openapi": "0" * 64, "requirements": "1" * 64}, python="", platform="", libraries={}, supplies=(), incomplete_because=None,
        stale_deviations=(), causes_lacking=None,
    )  # fmt: skip
    failed = row(status, level, reason=reason, flaky=flaky, counterexample=example(*exchanges, **counterexample))
    return Results(
        verdict=Verdict.NOT_CONFORMING, manifest=manifest, requirements=(failed,), causes=(), requests=9, seconds=1.0, scenarios={"s": 9},
        operations={"create_collection": Usage({"200": 8, "none": 1}, {"4": 7, "8": 1})},
        shares={"filters select some documents and not others": Share(1, 2)}, cleaned={}, incidents={},
    )  # fmt: skip


def read_results(folder):
    """Return the record of a run: what is in its results.json."""
    return json.loads((folder / "results.json").read_text("utf-8"))


def read_rows(folder):
    """Return the rows of a record by their requirement."""
    return {row["id"]: row for row in read_results(folder)["requirements"]}


def read_exchanges(folder):
    """Return the exchanges of a record."""
    return [json.loads(line) for line in written_text(folder / "exchanges.jsonl.gz").splitlines()]


def written_text(file):
    """Return the text of a file of a record, also of a compressed one."""
    return _content(file).decode()


def files_with(folder, secret):
    """Return the files below a folder that hold a text, also the compressed ones and those that are no text (examples that failed)."""
    return [file for file in folder.rglob("*") if file.is_file() and secret.encode() in _content(file)]


def _content(file):
    return gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()


@cache
def schema():
    return json.loads(resources.find(results_file.SCHEMA).read_text("utf-8"))


@cache
def _validator():
    jsonschema.Draft202012Validator.check_schema(schema())
    return jsonschema.Draft202012Validator(schema())


def held(record):
    """Hold a record to its schema, and return it."""
    errors = [f"{error.json_path}: {error.message[:300]}" for error in _validator().iter_errors(record)]
    assert errors == []
    assert results_file.to_json(results_file.from_json(record, {})) == record
    return record
