"""SARIF 2.1.0 (OASIS): one result for each requirement that does not hold, for code scanning and similar tools."""

import hashlib
import json
from typing import Any
from urllib.parse import quote

from conformance.core.display import visible
from conformance.evidence.results import Manifest, Results, Row, Status, Verdict
from conformance.reporting.messages import summary

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render(results: Results, *, results_file: str, results_text: str) -> str:
    """Return the SARIF log of a run.

    Tools show a result only at a place in a file, so each one points to its requirement in `results_file`, whose text is `results_text`.
    """
    manifest = results.manifest
    rows = [row for row in results.requirements if row.status in (Status.FAILED, Status.DEVIATION)]
    run = {
        "tool": {"driver": _driver(manifest, rows)},
        "automationDetails": {"id": f"conformance/{visible(manifest.target.name)}/"},
        "invocations": [_invocation(results)],
        "results": [
            _result(index, row, _line(results_text, row.id), results_file, strict=manifest.strict) for index, row in enumerate(rows)
        ],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _driver(manifest: Manifest, rows: list[Row]) -> dict[str, Any]:
    return {
        "name": "collections-conformance",
        "semanticVersion": manifest.toolkit,
        "rules": [_rule(row, manifest.contract.sources) for row in rows],
    }


def _rule(row: Row, sources: dict[str, str]) -> dict[str, Any]:
    stated = "; ".join(sources.get(letter, letter) for letter in row.source)
    return {
        "id": row.id,
        "shortDescription": {"text": row.text},
        "help": {"text": f"{row.stated_level}: {row.text} Source: {stated}."},
        "properties": {"tags": [row.stated_level, row.profile]},
    }


def _invocation(results: Results) -> dict[str, Any]:
    because = results.manifest.incomplete_because
    errors = [f"{row.id}: {row.reason}" for row in results.requirements if row.status == Status.ERROR]
    reasons = [*([] if because is None else [because]), *errors]
    return {
        "executionSuccessful": results.verdict != Verdict.INCOMPLETE,
        "startTimeUtc": results.manifest.started.replace("+00:00", "Z"),
        "toolExecutionNotifications": [{"level": "error", "message": {"text": visible(reason)}} for reason in reasons],
    }


def _result(index: int, row: Row, line: int, results_file: str, *, strict: bool) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": row.id,
        "ruleIndex": index,
        "level": "error" if row.status == Status.DEVIATION or row.weighs(strict=strict) else "warning",
        "message": {"text": summary(row)},
        "locations": [
            {
                "physicalLocation": {"artifactLocation": {"uri": quote(results_file)}, "region": {"startLine": line}},
                "logicalLocations": [{"fullyQualifiedName": row.subject, "kind": "resource"}],
            }
        ],
        "partialFingerprints": {"requirement/v1": hashlib.sha256(row.id.encode()).hexdigest()},
    }
    if row.status == Status.DEVIATION:
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": visible(row.reason or "")}]
    return result


def _line(results_text: str, identifier: str) -> int:
    # The line of the row itself: indented by three spaces among the requirements, where no text from a target can be.
    rows = results_text.index('\n "requirements": [')
    return results_text.count("\n", 0, results_text.index(f'\n   "id": "{identifier}"', rows)) + 2
