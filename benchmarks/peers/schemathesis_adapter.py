"""Schemathesis' own command line, with all that it can be told."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from peers import openapi_document as document
from peers.finding import Finding, Report, Seen
from peers.openapi_document import Fixture
from peers.reference_server import NAMESPACE, TOKEN, made

# A deletion would take away what the others need, so it finds ids by itself: by links, or in what was answered before.
_USERS = ("create_document", "list_documents", "get_document", "put_document", "patch_document")
_CONFIG = """[dictionaries]
collections = {{ values = ["{collection}"] }}
documents = {{ values = {documents} }}

[[operations]]
include-operation-id = "create_collection"
parameters = {{ "body.source.collection_id" = {{ dictionary = "collections", probability = 0.7 }} }}
"""
_OPERATION = """
[[operations]]
include-operation-id = "{name}"
[operations.parameters]
"path.collection_identifier" = {{ dictionary = "collections", probability = 0.85 }}
"""
_DOCUMENT = '"path.document_id" = { dictionary = "documents", probability = 0.85 }\n'
_BODY = '"body.collection_id" = { dictionary = "collections", probability = 0.85 }\n'


def config(fixture: Fixture) -> str:
    """Return a schemathesis.toml that says which collection and which documents exist."""
    text = _CONFIG.format(collection=fixture.collection, documents=json.dumps(fixture.documents))
    for name in _USERS:
        text += _OPERATION.format(name=name)
        text += _BODY if name == "create_document" else _DOCUMENT if name.endswith("_document") else ""
    return text


def command(url: str, folder: Path, seed: int, seconds: int) -> list[str]:
    tool = str(Path(sys.executable).with_name("schemathesis"))
    return [tool, "--config-file", str(folder / "schemathesis.toml"), "run", str(folder / "openapi.json"), "--url", url,
            "--checks", "all", "--mode", "all", "--phases", "examples,coverage,fuzzing,stateful", "--seed", str(seed),
            "--max-time", str(seconds), "--max-examples", "100000", "--continue-on-failure", "--no-shrink",
            "--generation-database", "none", "--no-color", "-H", f"Authorization: Bearer {TOKEN}", "-H", f"X-Namespace: {NAMESPACE}",
            "--report", "ndjson", "--report-ndjson-path", str(folder / "events.ndjson")]  # fmt: skip


def prepared(url: str, folder: Path, source: dict[str, Any]) -> None:
    """Write what the command reads."""
    (folder / "schemathesis.toml").write_text(config(made(url)), "utf-8")
    (folder / "openapi.json").write_text(json.dumps(document.stated(source, url)), "utf-8")


def run(line: list[str], url: str, folder: Path, source: dict[str, Any]) -> Report:
    """Test a server for as long as the command line says."""
    prepared(url, folder, source)
    started = time.time()
    done = subprocess.run(line, capture_output=True, text=True, check=False, cwd=folder)
    (folder / "output.txt").write_text(done.stdout + done.stderr, "utf-8")
    with (folder / "events.ndjson").open(encoding="utf-8") as lines:
        findings, requests = read((json.loads(line) for line in lines), started)
    return Report(findings, requests, time.time() - started)


def read(events: Iterator[dict[str, Any]], started: float) -> tuple[dict[Finding, Seen], int]:
    """Return the failures among a run's events with when each was first seen, and how many requests there were."""
    steps = sorted(_steps(events), key=lambda step: step[0])
    findings: dict[Finding, Seen] = {}
    for number, (at, failed) in enumerate(steps, 1):
        for finding in failed:
            findings.setdefault(finding, Seen(number, at - started))
    return findings, len(steps)


def _steps(events: Iterator[dict[str, Any]]) -> Iterator[tuple[float, list[Finding]]]:
    for event in events:
        recorder = event.get("ScenarioFinished", {}).get("recorder", {})
        for name, interaction in recorder.get("interactions", {}).items():
            case = recorder["cases"][name]["value"]
            operation = f"{case['method']} {case['path']}"
            failed = [one for one in recorder.get("checks", {}).get(name, ()) if one["status"] == "failure"]
            yield interaction["timestamp"], [Finding(one["name"], operation) for one in failed]


def version() -> str:
    from importlib.metadata import version as installed

    return f"Schemathesis {installed('schemathesis')}"
