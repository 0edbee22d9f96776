"""A user's pytest that judges a target: the hooks that collect requirements, judge those that were chosen, and tell the end."""

import json
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import pytest

from conformance.configuration.settings import Settings
from conformance.core import resources
from conformance.core.errors import ConformanceError
from conformance.evidence.requirements import Requirement
from conformance.evidence.results import Verdict
from conformance.runner import contracts, pytest_options
from conformance.runner.conclusion import Conclusion
from conformance.runner.judging import Judged, Leader, Worker, judge_alone, judge_apart, narrowed
from conformance.runner.requirement_items import DEVIATION, KIND, ROOT, SHOULD, RequirementItem, Requirements, markers

_FOLDER, _TOLD = "conformance_folder", "conformance_told"
_LETTERS = {SHOULD: "w", DEVIATION: "d"}


def register(config: pytest.Config) -> None:
    """Make this pytest collect and judge requirements, if it is about more than some of the project's own tests.

    Raises:
        pytest.UsageError: the options make no sense.

    """
    try:
        ids = pytest_options.take_ids(config)
        by_option, has_paths = pytest_options.is_on_command_line(config), pytest_options.has_paths(config)
        pytest_options.let_import(config)
        if has_paths and not (by_option or ids or str(config.rootpath) in map(_whole, config.args)):
            return
        run = PytestRun(config, ids)
    except ConformanceError as error:
        raise pytest.UsageError(str(error)) from None
    if not has_paths and (by_option or ids):
        config.args[:] = []  # the command line asks for requirements, and for none of the project's own tests
    config.pluginmanager.register(run, "conformance-run")
    config.pluginmanager.register(HtmlColumns(), "conformance-html")


def _whole(argument: str) -> str:
    return str(Path(argument).resolve())


class PytestRun:
    """What pytest calls in each of its processes: the only one, the one that leads workers, and workers."""

    def __init__(self, config: pytest.Config, ids: list[str]) -> None:
        self._config = config
        self._settings = pytest_options.settings(config)
        self._contract = contracts.of(self._settings)
        self._requirements = self._asked(ids)
        self._judged: Judged | None = None
        self._conclusion: Conclusion | None = None
        self._chosen: list[str] = []
        self._leader: Leader | None = None
        for name in sorted({name for requirement in self._requirements for name in markers(requirement)}):
            config.addinivalue_line("markers", f"{name}: requirements of the contract {self._contract.name}")

    def _asked(self, ids: list[str]) -> list[Requirement]:
        selected = {requirement.id: requirement for requirement in self._settings.selected(self._contract.api.requirements)}
        return [selected[name] for name in pytest_options.chosen(ids, list(selected))]

    # Collecting.

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Add the requirements to what the session collects: no file or folder of the project holds them."""
        report = yield
        if isinstance(collector, pytest.Session):
            report.result = [*(report.result or []), self._collector(collector)]
        return report

    def _collector(self, session: pytest.Session) -> pytest.Collector:
        collector: Requirements = Requirements.from_parent(
            session,
            name=ROOT,
            nodeid=ROOT,
            path=resources.find(self._contract.requirements_file),
            requirements=self._requirements,
            judge=self.judge,
            strict=self._settings.strict,
        )
        return collector

    def pytest_report_header(self) -> str:
        """Tell what would be judged."""
        settings = self._settings
        return f"conformance: {settings.where}, {self._contract.title}, budget {settings.budget}, seed {settings.seed}"

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note what was chosen, by all that may leave items out."""
        self._chosen = [item.requirement.id for item in session.items if isinstance(item, RequirementItem)]

    # Judging.

    def judge(self) -> Judged:
        """Return the verdicts on what was chosen; the first time, send what shows them."""
        if self._judged is None:
            self._judged = self._judge()
        return self._judged

    def _judge(self) -> Judged:
        settings = narrowed(self._settings, self._contract, self._chosen)
        if worker_input := getattr(self._config, "workerinput", None):
            return self._judge_in_worker(settings, worker_input)
        try:
            return judge_alone(settings, self._contract, self._note_end, self._config.getoption("maxfail"))
        except ConformanceError as error:
            pytest.exit(str(error), returncode=int(error.exit_code))

    def _judge_in_worker(self, settings: Settings, worker_input: dict[str, Any]) -> Judged:
        name = worker_input["workerid"]
        worker = Worker(Path(worker_input[_FOLDER]), name, self._contract)
        if worker.shares:
            return worker.judge()
        judged, told = judge_apart(settings, self._contract, int(name.removeprefix("gw")), worker_input["workercount"])
        self._config.workeroutput[_TOLD] = json.dumps(told)  # type: ignore[attr-defined]
        return judged

    def _note_end(self, judged: Judged, conclusion: Conclusion) -> None:
        """Keep the results for the end, also if the user ends the run."""
        self._judged, self._conclusion = judged, conclusion

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Let the report of a requirement's item say what it is; before other plugins see it."""
        report = yield
        if isinstance(item, RequirementItem):
            item.adapt(report)
        return report

    # Leading workers of pytest-xdist.

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker where the workers share what they know."""
        self._leader = self._leader or Leader(self._settings, self._contract)
        self._leader.workers += 1
        node.workerinput[_FOLDER] = str(self._leader.folder)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        """Look at the target before any worker runs an item, if a requirement was chosen."""
        assert self._leader is not None
        prefix = f"{ROOT}::"
        try:
            # pytest-xdist appends the group of an item to its id.
            self._leader.open([name.removeprefix(prefix).partition("@")[0] for name in ids if name.startswith(prefix)])
        except ConformanceError as error:
            pytest.exit(str(error), returncode=int(error.exit_code))

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take over what a worker on another machine has found; the others tell it in the folder that they share."""
        told = getattr(node, "workeroutput", {}).get(_TOLD)
        if told is not None and self._leader is not None:
            self._leader.take_over(json.loads(told))

    # The end.

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, Any, Any]:
        """When all items have run, tell what no item tells: that the run is incomplete."""
        try:
            done = yield
        except KeyboardInterrupt as error:
            # That of pytest-xdist, which ends at the first failure, is one too.
            if self._leader is not None and type(error) is KeyboardInterrupt:
                self._leader.interrupt()
            raise
        finally:
            if self._leader is not None and (led := self._leader.conclude()) is not None:
                self._judged, self._conclusion = led
        self._tell_what_no_item_told(session)
        return done

    def _tell_what_no_item_told(self, session: pytest.Session) -> None:
        """Report one failure more where the requirements alone would let an incomplete run, or a stale deviation, pass."""
        if self._judged is None or hasattr(self._config, "workerinput"):
            return
        results = self._judged.results
        if results.verdict is Verdict.INCOMPLETE:
            _log(session, f"the run is incomplete: {results.manifest.incomplete_because}")
        elif results.verdict is Verdict.NOT_CONFORMING and not any(
            row.weighs(strict=results.manifest.strict) for row in results.requirements
        ):
            _log(session, f"declared deviations do not show any more: {', '.join(results.manifest.stale_deviations)}")

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(
        self, report: pytest.CollectReport | pytest.TestReport
    ) -> tuple[str, str, tuple[str, dict[str, bool]]] | None:
        """Name what fails no run as what it is: pytest's own word would be that it was expected to fail."""
        kind = getattr(report, KIND, None)
        return None if kind is None or report.failed else (kind, _LETTERS[kind], (kind.upper(), {"yellow": True}))

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Tell the verdict, what fails no run, and where the record is."""
        if self._judged is None or hasattr(self._config, "workerinput"):
            return
        from conformance.reporting import pytest_summary

        terminalreporter.ensure_newline()
        terminalreporter.section("conformance")
        files = [] if self._conclusion is None else self._conclusion.files
        terminalreporter.write_line("\n".join(pytest_summary.lines(self._judged.results, files)))

    def pytest_unconfigure(self) -> None:
        """Let go of what is still held."""
        if self._leader is not None:
            self._leader.close()


def _log(session: pytest.Session, because: str) -> None:
    """Send the report of an item that was not collected: it is one more."""
    session.testscollected += 1
    hook, nodeid = session.config.hook, f"{ROOT}::run"
    location = (ROOT, None, "run")
    hook.pytest_runtest_logstart(nodeid=nodeid, location=location)
    for when in ("setup", "call", "teardown"):
        outcome, told = ("failed", because) if when == "call" else ("passed", None)
        report = pytest.TestReport(nodeid, location, {"run": 1}, outcome, told, when)  # type: ignore[arg-type]
        hook.pytest_runtest_logreport(report=report)
    hook.pytest_runtest_logfinish(nodeid=nodeid, location=location)


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
        is_ours = report.nodeid.startswith(f"{ROOT}::")
        cells[2:2] = [f"<td>{told.get(name, '') if is_ours else ''}</td>" for name in ("level", "chapter")]
