"""Recorded traffic of a deployment that serves operations elsewhere is judged by the operations that it is."""

import json
import os
from pathlib import Path

import pytest
from command import conformance
from deployments import ROUTES
from recorded import read_results, read_rows
from recorded_har import BASE, of_record

from conformance.contracts.collections.contract import CONTRACT
from conformance.core.toml_text import entry
from conformance.engine import routes
from conformance.traffic.addresses import Addresses
from conformance.traffic.har import Entry

APPS = f"""
from conformance.contracts.collections.reference.app import Reference
from conformance.contracts.collections.reference.faults import FAULTS
from deployments import Elsewhere
faithful = Elsewhere(Reference().app, {ROUTES!r})
faulty = Elsewhere(Reference(fault=FAULTS["type-case-ignored"]).app, {ROUTES!r})
"""
TABLE = "[routes]\n" + "\n".join(entry(*route) for route in ROUTES.items()) + "\n"
TESTS = Path(__file__).parents[1]


@pytest.mark.parametrize(("app", "code"), [("faithful", 0), ("faulty", 1)])
def test_what_is_wrong_in_it_is_found_and_nothing_else(tmp_path, app, code):
    (tmp_path / "apps.py").write_text(APPS)
    (tmp_path / "t.toml").write_text(f'[target]\napp = "apps:{app}"\n{TABLE}')
    env = {"PYTHONPATH": os.pathsep.join((str(TESTS), os.environ.get("PYTHONPATH", "")))}
    chosen = ("--only", "source.*", "--only", "documents.*")
    done = conformance("run", "--target", "t.toml", *chosen, "--seed", "1", "--output", "out", cwd=tmp_path, env=env)
    assert done.returncode == code, done.stdout + done.stderr
    (tmp_path / "t.har").write_text(json.dumps(of_record(tmp_path / "out" / "exchanges.jsonl.gz")))
    done = conformance("check", "t.har", "--target", "t.toml", "--output", "checked", cwd=tmp_path, env=env)
    failed = {name for name, row in read_rows(tmp_path / "checked").items() if row["status"] == "failed"}
    assert failed == ({"source.type-enum"} if code else set()), done.stdout
    results = read_results(tmp_path / "checked")
    assert results["manifest"]["routes"] == ROUTES
    assert {"create_collection", "get_document", "patch_document", "delete_document"} <= results["operations"].keys()
    assert results["manifest"]["target"]["url"] == BASE


def asked(method, path):
    return Entry(method, BASE + path, (), None, 200, (), b"{}", 1.0, 0.1)


def test_addresses_are_those_of_the_routes():
    addresses = Addresses(routes.served(CONTRACT, {**ROUTES, "get_collection": "GET /v1/collections/{collection}:read"}).api)
    listed, changed = (
        asked("POST", "/v1/collections/col_1/documents:list"),
        asked("POST", "/v1/collections/col_1/documents/doc_1/change"),
    )
    read, one = asked("GET", "/v1/documents/col_1:doc_1"), asked("GET", "/v1/collections/col_1:read")
    found = [addresses.operation_of(entry, BASE) for entry in (listed, changed, read, one)]
    assert [operation and operation.name for operation in found] == [
        "list_documents",
        "patch_document",
        "get_document",
        "get_collection",
    ]
    assert [addresses.ids_of(entry, BASE) for entry in (listed, changed, read, one)] == [
        ["col_1"],
        ["col_1", "doc_1"],
        ["col_1", "doc_1"],
        ["col_1"],
    ]
    assert [addresses.changed_thing(entry, BASE) for entry in (listed, changed, read)] == [None, "document", None]
    assert addresses.operation_of(asked("POST", "/v1/collections/create"), BASE) is None
