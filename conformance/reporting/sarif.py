"""SARIF 2.1.0 (OASIS): a result a requirement that does not hold, for code scanning and whatever else reads findings."""

import hashlib
import json
from typing import Any
from urllib.parse import quote

from conformance.contracts.collections.requirements import SOURCES
from conformance.contracts.collections.requirements import requirements as registry
from conformance.reporting.messages import summary, visible, weighs

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render(results: dict[str, Any], *, results_file: str, results_text: str) -> str:
    """Return the log of a run. A result needs a place in a file to be shown: it is the requirement's row in `results_file`."""
    manifest = results["manifest"]
    rows = [row for row in results["requirements"] if row["status"] in ("failed", "deviation")]
    run = {
        "tool": {"driver": _driver(manifest["toolkit"], rows)},
        "automationDetails": {"id": f"conformance/{visible(manifest['target']['name'])}/"},
        "invocations": [_invocation(results)],
        "results": [
            _result(index, row, _line(results_text, row["id"]), results_file, strict=manifest["strict"])
            for index, row in enumerate(rows)
        ],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _driver(version: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": "collections-conformance",
        "semanticVersion": version,
        "rules": [_rule(row["id"]) for row in rows],
    }


def _rule(identifier: str) -> dict[str, Any]:
    requirement = registry()[identifier]
    sources = "; ".join(SOURCES[letter] for letter in requirement.source)
    return {
        "id": identifier,
        "shortDescription": {"text": requirement.text},
        "help": {"text": f"{requirement.level}: {requirement.text} Source: {sources}."},
        "properties": {"tags": [requirement.level.value, requirement.profile]},
    }


def _invocation(results: dict[str, Any]) -> dict[str, Any]:
    because = results["manifest"]["incomplete_because"]
    errors = [f"{row['id']}: {row['reason']}" for row in results["requirements"] if row["status"] == "error"]
    told = [*([] if because is None else [because]), *errors]
    return {
        "executionSuccessful": results["verdict"] != "incomplete",
        "startTimeUtc": results["manifest"]["started"].replace("+00:00", "Z"),
        "toolExecutionNotifications": [{"level": "error", "message": {"text": visible(one)}} for one in told],
    }


def _result(index: int, row: dict[str, Any], line: int, results_file: str, *, strict: bool) -> dict[str, Any]:
    requirement = registry()[row["id"]]
    result: dict[str, Any] = {
        "ruleId": row["id"],
        "ruleIndex": index,
        "level": "error" if row["status"] == "deviation" or weighs(row, strict=strict) else "warning",
        "message": {"text": summary(row)},
        "locations": [
            {
                "physicalLocation": {"artifactLocation": {"uri": quote(results_file)}, "region": {"startLine": line}},
                "logicalLocations": [{"fullyQualifiedName": requirement.subject, "kind": "resource"}],
            }
        ],
        "partialFingerprints": {"requirement/v1": hashlib.sha256(row["id"].encode()).hexdigest()},
    }
    if row["status"] == "deviation":
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": visible(row["reason"])}]
    return result


def _line(results_text: str, identifier: str) -> int:
    return results_text[: results_text.index(f'"id": "{identifier}"')].count("\n") + 1
