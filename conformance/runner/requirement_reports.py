"""One pytest report a requirement, for whoever listens: the terminal, JUnit, pytest-html."""

from typing import Any

import pytest

from conformance.evidence import verdicts


def send(session: pytest.Session, results: dict[str, Any], *, strict: bool) -> None:
    """Send the reports of a run's results."""
    rows = results["requirements"]
    session.testscollected = len(rows)
    for row in rows:
        _log(session, row["id"], *_outcome(row, strict=strict))
    if results["verdict"] == "incomplete":
        _log(session, "run", "failed", f"the run is incomplete: {results['manifest']['incomplete_because']}")


def _outcome(row: dict[str, Any], *, strict: bool) -> tuple[str, Any]:
    from conformance.reporting.messages import summary

    match row["status"]:
        case "passed":
            return "passed", None
        case "failed" if verdicts.binds(row["status"], row["level"], strict=strict):
            return "failed", summary(row)
        case "failed" | "deviation":
            return "xfailed", summary(row)
        case "error":
            return "failed", f"the toolkit failed: {row['reason']}"
        case _:
            return "skipped", ("requirements.toml", 0, f"Skipped: {row['reason'] or row['status']}")


def _log(session: pytest.Session, name: str, outcome: str, longrepr: Any) -> None:
    hook = session.config.hook
    identity: dict[str, Any] = {
        "nodeid": f"conformance::{name}",
        "location": ("conformance", None, name),
        "keywords": {name: 1},
    }
    hook.pytest_runtest_logstart(nodeid=identity["nodeid"], location=identity["location"])
    for when in ("setup", "call", "teardown"):
        told = outcome if when == "call" else "passed"
        shown = "skipped" if told == "xfailed" else told
        report = pytest.TestReport(**identity, outcome=shown, longrepr=longrepr if when == "call" else None, when=when)  # type: ignore[arg-type]
        if told == "xfailed":
            report.wasxfail = longrepr
        hook.pytest_runtest_logreport(report=report)
    hook.pytest_runtest_logfinish(nodeid=identity["nodeid"], location=identity["location"])
