"""Deployments that serve operations elsewhere: judged, recorded, replayed, and by traffic that others recorded."""

import html
import json
import os
from pathlib import Path

import pytest
from command import conformance, run_pytest
from deployments import ROUTES, Elsewhere
from recorded import read_exchanges, read_results, read_rows

from conformance.contracts.collections.reference.app import Reference
from conformance.contracts.collections_2026_01.reference.app import Reference2026
from conformance.core.errors import UsageError
from conformance.core.toml_text import entry
from conformance.evidence.results import Status, Verdict
from conformance.testing import judge

EDITION = "collections@2026-01"
TABLE = "[routes]\n" + "\n".join(entry(*route) for route in ROUTES.items()) + "\n"
APPS = f"""
from conformance.contracts.collections.reference.app import Reference
from conformance.contracts.collections.reference.faults import FAULTS
from deployments import Elsewhere
ROUTES = {ROUTES!r}
faithful = Elsewhere(Reference().app, ROUTES)
faulty = Elsewhere(Reference(fault=FAULTS["type-case-ignored"]).app, ROUTES)
published = Reference(fault=FAULTS["type-case-ignored"]).app
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "apps.py").write_text(APPS)
    (tmp_path / "t.toml").write_text(f'[target]\napp = "apps:faulty"\n{TABLE}')
    return tmp_path


def run(folder, *arguments):
    paths = os.pathsep.join((str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")))
    return conformance(*arguments, cwd=folder, env={"PYTHONPATH": paths})


@pytest.mark.parametrize(("contract", "reference"), [("collections", Reference), (EDITION, Reference2026)])
@pytest.mark.parametrize("seed", ["1", "2"])
def test_a_deployment_that_serves_operations_elsewhere_conforms(contract, reference, seed):
    results = judge(Elsewhere(reference().app, ROUTES, contract), contract=contract, routes=ROUTES, seed=seed)
    assert results.verdict is Verdict.CONFORMING, [row.id for row in results.requirements if row.status is Status.FAILED]
    assert results.manifest.routes == ROUTES
    assert {row.status for row in results.requirements} <= {Status.PASSED, Status.NOT_APPLICABLE}


def test_one_whose_every_operation_is_elsewhere_and_was_left_where_it_was_conforms_too():
    routes = {
        "create_collection": "PUT /c", "get_collection": "POST /c/{collection}", "delete_collection": "DELETE /x/{collection}",
        "create_document": "PUT /c/{collection}", "list_documents": "PUT /c/{collection}/l", "get_document": "POST /c/{collection}/{document}",
        "put_document": "POST /d/{document}/{collection}", "patch_document": "PUT /d/{document}/{collection}",
        "delete_document": "GET /d/{document}/{collection}", "create_bucket": "PATCH /c",
    }  # fmt: skip
    results = judge(Elsewhere(Reference().app, routes), routes=routes, seed="3")
    assert results.verdict is Verdict.CONFORMING, [(row.id, row.reason, row.counterexample) for row in results.requirements if row.status is Status.FAILED]  # fmt: skip


def test_without_its_routes_it_is_no_such_api():
    with pytest.raises(Exception, match="is the base path right"):
        judge(Elsewhere(Reference().app, ROUTES))


def test_a_route_of_another_edition_is_a_mistake():
    with pytest.raises(UsageError, match="update_documents_in_bulk: the contract has no such operation"):
        judge(Reference().app, routes={"update_documents_in_bulk": "PATCH /b/{collection}"})


def test_what_is_found_there_is_recorded_with_its_routes_and_replayed_wherever_operations_are(folder):
    done = run(folder, "run", "--target", "t.toml", "--only", "source.*", "--only", "list.limit", "--seed", "1", "--output", "out")
    assert done.returncode == 1, done.stdout + done.stderr
    assert read_results(folder / "out")["manifest"]["routes"] == ROUTES
    sent = {(one["request"]["method"], one["request"]["path"]) for one in read_exchanges(folder / "out")}
    assert ("POST", "/gateway/v1/collections/create") in sent
    assert ("POST", "/v1/collections/create") not in sent
    page = html.unescape((folder / "out" / "report.html").read_text())
    assert '-X POST "$TARGET"/gateway/v1/collections/create' in page
    assert all(f"<td><code>{name}</code></td><td><code>{route}</code></td>" in page for name, route in ROUTES.items())
    for target in ([], ["--app", "apps:faulty"], ["--target", "t.toml"]):
        again = run(folder, "replay", "out/results.json", "source.type-enum", *target)
        assert (again.returncode, "shown again" in again.stdout) == (1, True), again.stdout + again.stderr
    faithful = run(folder, "replay", "out/results.json", "source.type-enum", "--app", "apps:faithful")
    assert faithful.returncode == 0, faithful.stdout + faithful.stderr
    # A target file without routes says that operations are where the contract has them.
    (folder / "p.toml").write_text('[target]\napp = "apps:published"\n')
    moved = run(folder, "replay", "out/results.json", "source.type-enum", "--target", "p.toml")
    assert (moved.returncode, "POST /v1/collections/create" in moved.stdout) == (1, True), moved.stdout + moved.stderr
    written = run(folder, "replay", "out/results.json", "source.type-enum", "--write", "test_kept.py")
    assert written.returncode == 0, written.stderr
    assert "/gateway/v1/collections/create" in (folder / "test_kept.py").read_text()
    failed = run(folder, "run", "--failed", "out/results.json", "--seed", "2", "--output", "again")
    assert failed.returncode == 1, failed.stdout + failed.stderr
    assert read_results(folder / "again")["manifest"]["routes"] == ROUTES


def test_workers_resumed_runs_and_new_target_files_know_the_routes(folder):
    done = run(
        folder, "run", "--target", "t.toml", "--only", "source.*", "-n", "2", "--output", "out", "--write-deviations", "new.toml"
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert set(read_rows(folder / "out")) == {name for name, row in read_rows(folder / "out").items() if row["status"] != "error"}
    assert TABLE.strip() in (folder / "new.toml").read_text()
    declared = run(folder, "run", "--target", "new.toml", "--only", "source.*", "--output", "declared")
    assert declared.returncode == 0, declared.stdout + declared.stderr
    cut = run(folder, "run", "--target", "t.toml", "--max-time", "0.5", "--output", "cut")
    assert cut.returncode == 4, cut.stdout + cut.stderr
    resumed = run(folder, "run", "--resume", "cut")
    assert resumed.returncode == 1, resumed.stdout + resumed.stderr
    assert read_results(folder / "cut")["manifest"]["routes"] == ROUTES


def test_pytest_goes_by_the_contract_and_the_routes_of_a_target_file(folder):
    paths = os.pathsep.join((str(Path(__file__).parent), str(folder), os.environ.get("PYTHONPATH", "")))
    os.environ["PYTHONPATH"], before = paths, os.environ.get("PYTHONPATH", "")
    try:
        done = run_pytest(folder, "--conformance-target=t.toml", "--conformance-only=source.*", "-q")
    finally:
        os.environ["PYTHONPATH"] = before
    assert (done.returncode, "source.type-enum" in done.stdout) == (1, True), done.stdout + done.stderr
    assert "1 failed" in done.stdout


@pytest.mark.parametrize("command", [["run"], ["doctor"], ["replay", "r.json"], ["check", "t.har"]])
def test_a_mistaken_route_is_told_by_every_command_in_one_line(folder, command):
    (folder / "t.toml").write_text('[target]\napp = "apps:faithful"\n[routes]\nlist_document = "POST /l/{collection}"\n')
    (folder / "t.har").write_text(json.dumps({"log": {"version": "1.2", "entries": []}}))
    done = run(folder, *command, "--target", "t.toml")
    assert done.returncode == 2
    if command[0] != "replay":
        assert "[routes] list_document: the contract has no such operation; did you mean 'list_documents'?" in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_doctor_keeps_the_routes_of_a_file_and_goes_by_them(folder):
    done = run(folder, "doctor", "--target", "t.toml")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "POST /gateway/v1/collections/create was answered 422" in " ".join(done.stderr.split())
    assert TABLE.strip() in done.stdout
