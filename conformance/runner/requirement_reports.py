"""One pytest report a requirement, for whoever listens: the terminal, JUnit, pytest-html."""

from typing import Any

import pytest

from conformance.evidence.results import Results, Row, Status, Verdict


def send(session: pytest.Session, results: Results, *, strict: bool) -> None:
    """Send the reports of a run's results."""
    session.testscollected = len(results.requirements)
    for row in results.requirements:
        _log(session, row.id, *_outcome(row, strict=strict))
    if results.verdict == Verdict.INCOMPLETE:
        _log(session, "run", "failed", f"the run is incomplete: {results.manifest.incomplete_because}")


def _outcome(row: Row, *, strict: bool) -> tuple[str, Any]:
    from conformance.reporting.messages import summary

    match row.status:
        case Status.PASSED:
            return "passed", None
        case Status.FAILED if row.weighs(strict=strict):
            return "failed", summary(row)
        case Status.FAILED | Status.DEVIATION:
            return "xfailed", summary(row)
        case Status.ERROR:
            return "failed", f"the toolkit failed: {row.reason}"
        case _:
            return "skipped", ("requirements.toml", 0, f"Skipped: {row.reason or row.status}")


def _log(session: pytest.Session, name: str, outcome: str, longrepr: Any) -> None:
    hook = session.config.hook
    identity: dict[str, Any] = {
        "nodeid": f"conformance::{name}",
        "location": ("conformance", None, name),
        "keywords": {name: 1},
    }
    hook.pytest_runtest_logstart(nodeid=identity["nodeid"], location=identity["location"])
    for when in ("setup", "call", "teardown"):
        phase_outcome = outcome if when == "call" else "passed"
        reported = "skipped" if phase_outcome == "xfailed" else phase_outcome
        report = pytest.TestReport(**identity, outcome=reported, longrepr=longrepr if when == "call" else None, when=when)  # type: ignore[arg-type]
        if phase_outcome == "xfailed":
            report.wasxfail = longrepr
        hook.pytest_runtest_logreport(report=report)
    hook.pytest_runtest_logfinish(nodeid=identity["nodeid"], location=identity["location"])
