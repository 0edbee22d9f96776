"""One pytest report a requirement, for whoever listens: the terminal, JUnit, pytest-html."""

from collections.abc import Sequence
from typing import Any

import pytest

from conformance.evidence.results import Results, Row, Status, Verdict


def send(session: pytest.Session, results: Results, *, strict: bool) -> None:
    """Send the reports of a run's results."""
    session.testscollected = len(results.requirements)
    for row in results.requirements:
        _log(session, row.id, *_outcome(row, strict=strict), properties=[("level", str(row.level)), ("chapter", row.chapter)])
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


def _log(session: pytest.Session, name: str, outcome: str, longrepr: Any, properties: Sequence[tuple[str, str]] = ()) -> None:
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
        report = pytest.TestReport(**identity, outcome=reported, longrepr=longrepr if when == "call" else None, when=when,  # type: ignore[arg-type]
                                   user_properties=properties)  # fmt: skip
        if phase_outcome == "xfailed":
            report.wasxfail = longrepr
        hook.pytest_runtest_logreport(report=report)
    hook.pytest_runtest_logfinish(nodeid=identity["nodeid"], location=identity["location"])


class HtmlColumns:
    """What pytest-html's table shows besides a requirement's id: its level and its chapter; nothing for the user's own tests."""

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_table_header(self, cells: list[str]) -> None:
        """Add the heads of the columns after that of the test."""
        cells[2:2] = ['<th class="sortable">Level</th>', '<th class="sortable">Chapter</th>']

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_table_row(self, report: pytest.TestReport, cells: list[str]) -> None:
        """Add the level and the chapter of a requirement."""
        told = dict(report.user_properties)
        is_ours = report.nodeid.startswith("conformance::")
        cells[2:2] = [f"<td>{told.get(name, '') if is_ours else ''}</td>" for name in ("level", "chapter")]
