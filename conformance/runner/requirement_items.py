"""The requirements of a contract as pytest collects them, and what pytest is told of the verdict on each.

Their file is the one that holds the requirements: a hook in a conftest.py of the project is about the project's own tests, and pytest
calls it for these items no more than for those of another project.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from conformance.evidence.requirements import Requirement
from conformance.evidence.results import Row, Status
from conformance.runner.judging import Judged

ROOT = "conformance"
# The attribute of a report that says which of these it is.
KIND = "conformance"
SHOULD, DEVIATION = "failed SHOULD", "deviation"


class Violated(AssertionError):
    """A requirement that failed; its message is what its counterexample shows."""

    # So that pytest shows the name without a module, as it does for its own `Failed`.
    __module__ = "builtins"


class NotJudged(Exception):
    """A requirement in whose judging the toolkit itself failed."""

    __module__ = "builtins"


class Requirements(pytest.Collector):
    """The requirements that are to be judged, in the order of the contract; `judge` judges all that were chosen, once."""

    def __init__(self, *, requirements: Sequence[Requirement], judge: Callable[[], Judged], strict: bool, **rest: Any) -> None:
        super().__init__(**rest)
        self._requirements = requirements
        self.judge = judge
        self.strict = strict

    def collect(self) -> Iterator["RequirementItem"]:
        """Yield the items."""
        for requirement in self._requirements:
            item: RequirementItem = RequirementItem.from_parent(self, name=requirement.id, requirement=requirement)
            yield item


class RequirementItem(pytest.Item):
    """One requirement; its markers are its level, its profile and its chapter, and `conformance`."""

    parent: Requirements
    # Hooks of a project look for them in whatever is collected.
    fixturenames: tuple[str, ...] = ()

    def __init__(self, *, requirement: Requirement, **rest: Any) -> None:
        super().__init__(**rest)
        self.requirement = requirement
        self._kind: str | None = None
        for name in markers(requirement):
            self.add_marker(name)
        if self.config.pluginmanager.hasplugin("timeout"):
            self.add_marker(pytest.mark.timeout(0))  # a project's limit for its own tests
        for name in ("level", "profile", "chapter"):
            self.user_properties.append((name, str(getattr(requirement, name))))

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return where the requirement stands, and the headline of its failure."""
        return self.path, None, f"{self.requirement.level} {self.requirement.id}"

    def runtest(self) -> None:
        """Judge the requirement, as one of all that were chosen.

        Raises:
            Violated: it failed.
            NotJudged: the toolkit failed.
            pytest.skip.Exception: it was not judged.
            pytest.xfail.Exception: it failed, and this fails no run: a SHOULD, or a declared deviation.

        """
        judged = self.parent.judge()
        row = judged.results.row(self.requirement.id)
        assert row is not None
        self._kind = _kind(row, strict=self.parent.strict)
        _tell(row, self._kind, judged.cut)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return the message alone for what was judged: no line of the toolkit's code says more."""
        own = (Violated, NotJudged, pytest.xfail.Exception)
        return excinfo.getrepr(style="value") if isinstance(excinfo.value, own) else super().repr_failure(excinfo, style)

    def adapt(self, report: pytest.TestReport) -> None:
        """Make pytest's report of a phase that of the requirement: its own time, and what kind of failure it is."""
        report.sections = []  # what an application printed stands beside the counterexample that it belongs to
        if report.when != "call" or self._kind is None:
            return
        report.duration = self.parent.judge().seconds.get(self.requirement.id, 0.0)
        if self._kind in {SHOULD, DEVIATION}:
            # Also with --runxfail: nobody has marked it so.
            report.outcome = "skipped"
            report.__dict__.setdefault("wasxfail", self._kind)
            report.__dict__[KIND] = self._kind
        elif report.skipped and isinstance(report.longrepr, tuple):
            report.longrepr = (ROOT, None, report.longrepr[2])  # type: ignore[assignment]


def markers(requirement: Requirement) -> tuple[str, ...]:
    """Return the names of the markers of a requirement's item."""
    return (
        "conformance",
        requirement.level.lower(),
        f"profile_{requirement.profile}",
        f"chapter_{requirement.chapter}",
    )


def _kind(row: Row, *, strict: bool) -> str:
    if row.status is Status.DEVIATION:
        return DEVIATION
    return SHOULD if row.status is Status.FAILED and not row.weighs(strict=strict) else row.status


def _tell(row: Row, kind: str, cut: str | None) -> None:
    """Raise what tells pytest the verdict, or return if the requirement passed."""
    from conformance.reporting.messages import summary

    match row.status:
        case Status.PASSED if cut is None:
            return
        case Status.PASSED:
            raise pytest.skip.Exception(f"not judged to the end: {cut} ({row.checks:,} checks held until then)")
        case Status.FAILED | Status.DEVIATION if kind in {SHOULD, DEVIATION}:
            raise pytest.xfail.Exception(f"{kind}: {summary(row)}")
        case Status.FAILED:
            raise Violated(summary(row))
        case Status.ERROR:
            raise NotJudged(f"the toolkit failed: {row.reason}")
        case _:
            raise pytest.skip.Exception(row.reason or str(row.status))
