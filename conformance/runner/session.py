"""The pytest session of a run of the command line, sealed off from the user's own pytest: its items are scenarios.

Workers of pytest-xdist share them. None is reported: the verdicts are given when all have run, whichever process saw the evidence.
"""

import json
import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from conformance.configuration.settings import Settings
from conformance.core import memory
from conformance.core.errors import ConformanceError
from conformance.engine import interruption
from conformance.engine.contract import Contract
from conformance.runner import contracts, rounds, selection
from conformance.runner.controller import Controller
from conformance.runner.isolation import hypothesis_folder
from conformance.runner.scenarios import Scenario, Suite
from conformance.runner.worker_progress import ProgressFile

# Settings of pytest for such a run.
PYTEST_INI = Path(__file__).with_name("pytest.ini")
KEY = pytest.StashKey["Session"]()


def register(config: pytest.Config) -> None:
    """Make this pytest perform the scenarios of a run of the command line.

    Raises:
        pytest.UsageError: the contract cannot be loaded.

    """
    try:
        session = config.stash.get(KEY, None) or _of_worker(config)
    except ConformanceError as error:
        raise pytest.UsageError(str(error)) from None
    config.pluginmanager.register(session, "conformance-session")


def _of_worker(config: pytest.Config) -> "Session":
    """Return the session of a worker of pytest-xdist: it is told what probing has found, and where the word to end will be."""
    worker_input = config.workerinput  # type: ignore[attr-defined]
    settings = Settings.model_validate_json(worker_input["conformance"])
    word, name = Path(worker_input["conformance_word"]), worker_input["workerid"]
    progress = ProgressFile(word.parent, name)
    return Session(Controller(settings, contracts.of(settings), progress.tell, worker=name, word=word))


class Session:
    """What pytest calls: hooks, in the order that pytest calls them, and nothing else."""

    def __init__(self, controller: Controller, *, is_open: bool = False) -> None:
        self.controller = controller
        self._is_open = is_open
        self._named: set[str] = set()
        # All scenarios that can show something of what is to be judged, those that are done too.
        self._useful: list[Scenario] = []

    @property
    def contract(self) -> Contract[Any]:
        """The contract to judge by."""
        return self.controller.contract

    def pytest_sessionstart(self) -> None:
        """Open the target in a worker; the leading process has opened it already."""
        if self._is_open:
            return
        memory.tune()
        memory.settle()
        os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", hypothesis_folder())
        try:
            self.controller.open(judges=True)
        except ConformanceError as error:
            pytest.exit(str(error), returncode=int(error.exit_code))

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker of pytest-xdist what is to be judged, what probing has found, and where the word to end will be."""
        node.workerinput["conformance"] = self.controller.settings.model_dump_json()
        node.workerinput["conformance_word"] = str(self.controller.interruption.word)

    def pytest_pycollect_makemodule(self, module_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """Collect a suite whatever the user's own settings say about names of tests."""
        if not set(self.contract.scenarios) & set(module_path.parents):
            return None
        # With an id of its own: outside of the user's folder all suites would have the same, and a scheduler goes by that.
        name = f"conformance-suites/{module_path.parent.name}/{module_path.name}"
        suite: Suite = Suite.from_parent(parent, path=module_path, nodeid=name)
        return suite

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Say which scenarios cannot be loaded: pytest would end without a word of it."""
        if report.failed and str(report.nodeid).startswith("conformance-suites"):
            lines = [line for line in str(report.longrepr).splitlines() if line.startswith("E  ")] or [str(report.longrepr)]
            cause = lines[-1].removeprefix("E").strip()
            self.controller.ending.note(f"the scenarios in {report.nodeid} cannot be loaded: {cause}")

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Note what a scenario is there for; the user's -k and --deselect may take it out of the items later."""
        if not isinstance(item, Scenario):
            return
        requirements = self.contract.api.requirements
        self._named |= item.exercised(requirements)
        for name in item.unknown(self.contract.api.may_be_named):
            self.controller.ending.note(f"the scenario {item.scenario} exercises {name!r}, which is no requirement")

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item], config: pytest.Config) -> None:
        """Leave out scenarios that show nothing of what is to be judged, and what other plugins find in the suites."""
        settings, scenarios = self.controller.settings, [item for item in items if isinstance(item, Scenario)]
        self._useful = selection.useful(scenarios, settings, self.contract, self._named)
        needed = set(selection.to_run(self._useful, settings))
        dropped = [item for item in items if set(self.contract.scenarios) & set(item.path.parents) and item not in needed]
        if dropped:
            items[:] = [item for item in items if item not in dropped]
            config.hook.pytest_deselected(items=dropped)
        # The long ones come first, so that no worker is left with one at the end.
        backwards = items[::-1]
        items[:] = sorted(backwards, key=lambda item: not (isinstance(item, Scenario) and item.is_in_parts))
        self.controller.wanted = {item.scenario for item in items if isinstance(item, Scenario)}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, Any, Any]:
        """When all scenarios have run, or the user ended them, give the verdicts."""
        controller = self.controller
        try:
            with controller.interruption.on_signals():
                if rounds.are_wanted(controller.settings):
                    controller.look_for_new_kinds()
                controller.begin()
                ended = yield
                rounds.keep_exploring(controller, self._useful)
                return ended
        except KeyboardInterrupt:  # pytest's own session.Interrupted is one
            controller.ending.note("interrupted")
            raise
        except BaseException as error:
            controller.ending.note(f"{type(error).__name__}: {error}")
            raise
        finally:
            if controller.interruption.is_wanted:
                controller.ending.note("interrupted")
            with interruption.at_once():
                self._finish(session)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> bool | None:
        """Run a scenario without a report of its own; first, so that no plugin of the user's runs it again, or in another way."""
        if not isinstance(item, Scenario) or self.controller.run is None:
            return None
        self.controller.perform(item)
        if self.controller.ending.because is not None:
            item.session.shouldstop = self.controller.ending.because
        return True

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: Any) -> None:
        """Take over what a worker of pytest-xdist has found."""
        controller = self.controller
        sent = getattr(node, "workeroutput", {}).get("conformance")
        if sent is None:
            controller.ending.note("interrupted" if controller.interruption.is_wanted else f"a worker was lost: {error}")
            return
        controller.take_over(json.loads(sent))

    def _finish(self, session: pytest.Session) -> None:
        controller = self.controller
        controller.finish()
        if controller.worker:
            session.config.workeroutput["conformance"] = json.dumps(controller.told())  # type: ignore[attr-defined]
            return
        controller.conclude()

    def pytest_unconfigure(self) -> None:
        """Close what an early end left open."""
        self.controller.close()
