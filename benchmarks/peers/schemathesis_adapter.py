"""Run the command line of Schemathesis, with everything that it can be configured to know."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from peers import openapi_document
from peers.finding import Finding, FirstSeen, Report
from peers.openapi_document import Fixture
from peers.reference_server import NAMESPACE, TOKEN, create_fixture

# Operations that are given the ids of the fixture. Deletions are not, because they would remove what the others need:
# they find ids by links, or in earlier answers.
_OPERATIONS_WITH_IDS = ("create_document", "list_documents", "get_document", "put_document", "patch_document")
_DICTIONARIES = """[dictionaries]
collections = {{ values = ["{collection}"] }}
documents = {{ values = {documents} }}

[[operations]]
include-operation-id = "create_collection"
parameters = {{ "body.source.collection_id" = {{ dictionary = "collections", probability = 0.7 }} }}
"""
_OPERATION_CONFIG = """
[[operations]]
include-operation-id = "{name}"
[operations.parameters]
"path.collection_identifier" = {{ dictionary = "collections", probability = 0.85 }}
"""
_DOCUMENT_PARAMETER = '"path.document_id" = { dictionary = "documents", probability = 0.85 }\n'
_BODY_PARAMETER = '"body.collection_id" = { dictionary = "collections", probability = 0.85 }\n'


def build_config(fixture: Fixture) -> str:
    """Return a schemathesis.toml that tells which collection and which documents exist."""
    text = _DICTIONARIES.format(collection=fixture.collection, documents=json.dumps(fixture.documents))
    for name in _OPERATIONS_WITH_IDS:
        text += _OPERATION_CONFIG.format(name=name)
        text += _BODY_PARAMETER if name == "create_document" else _DOCUMENT_PARAMETER if name.endswith("_document") else ""
    return text


def build_command(url: str, folder: Path, seed: int, seconds: int) -> list[str]:
    executable = str(Path(sys.executable).with_name("schemathesis"))
    return [executable, "--config-file", str(folder / "schemathesis.toml"), "run", str(folder / "openapi.json"), "--url", url,
            "--checks", "all", "--mode", "all", "--phases", "examples,coverage,fuzzing,stateful", "--seed", str(seed),
            "--max-time", str(seconds), "--max-examples", "100000", "--continue-on-failure", "--no-shrink",
            "--generation-database", "none", "--no-color", "-H", f"Authorization: Bearer {TOKEN}", "-H", f"X-Namespace: {NAMESPACE}",
            "--report", "ndjson", "--report-ndjson-path", str(folder / "events.ndjson")]  # fmt: skip


def write_input_files(url: str, folder: Path, source: dict[str, Any]) -> None:
    """Write the configuration and the OpenAPI document that the command reads."""
    (folder / "schemathesis.toml").write_text(build_config(create_fixture(url)), "utf-8")
    (folder / "openapi.json").write_text(json.dumps(openapi_document.for_server(source, url)), "utf-8")


def run(command: list[str], url: str, folder: Path, source: dict[str, Any]) -> Report:
    """Test a server until the time limit in the command line."""
    write_input_files(url, folder, source)
    started = time.time()
    completed = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    (folder / "output.txt").write_text(completed.stdout + completed.stderr, "utf-8")
    with (folder / "events.ndjson").open(encoding="utf-8") as lines:
        findings, requests = parse_events((json.loads(line) for line in lines), started)
    return Report(findings, requests, time.time() - started)


def parse_events(events: Iterator[dict[str, Any]], started: float) -> tuple[dict[Finding, FirstSeen], int]:
    """Return the findings among the events of a run, and how many requests were sent."""
    requests = sorted(_requests(events), key=lambda request: request[0])
    findings: dict[Finding, FirstSeen] = {}
    for number, (sent_at, failed) in enumerate(requests, 1):
        for finding in failed:
            findings.setdefault(finding, FirstSeen(number, sent_at - started))
    return findings, len(requests)


def _requests(events: Iterator[dict[str, Any]]) -> Iterator[tuple[float, list[Finding]]]:
    """Yield when each request was sent, and which checks failed for it."""
    for event in events:
        recorder = event.get("ScenarioFinished", {}).get("recorder", {})
        for name, interaction in recorder.get("interactions", {}).items():
            case = recorder["cases"][name]["value"]
            operation = f"{case['method']} {case['path']}"
            checks = recorder.get("checks", {}).get(name, ())
            yield interaction["timestamp"], [Finding(check["name"], operation) for check in checks if check["status"] == "failure"]


def version() -> str:
    from importlib.metadata import version as installed

    return f"Schemathesis {installed('schemathesis')}"
