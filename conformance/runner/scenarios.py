"""Suites and scenarios as pytest collects them: functions that are given the run, and nothing of the user's own pytest.

They are no `pytest.Function`: a fixture, a hook around a test's call, a timeout or a filter for warnings of the project that they are
run from would else act between the requests of a scenario.
"""

import fnmatch
import importlib.util
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from conformance.engine.run import Run
from conformance.engine.scenario import MARK


class Suite(pytest.File):
    """A module of scenarios: its functions whose names begin with `test_`, in their order."""

    def collect(self) -> Iterator["Scenario"]:
        """Yield the scenarios."""
        for name, value in vars(_module(self.path)).items():
            if name.startswith("test_") and callable(value):
                scenario: Scenario = Scenario.from_parent(self, name=name, function=value)
                yield scenario


class Scenario(pytest.Item):
    """One scenario; `function` takes the run."""

    def __init__(self, *, function: Callable[[Run], None], **rest: Any) -> None:
        super().__init__(**rest)
        self.function = function
        self.own_markers += getattr(function, "pytestmark", [])
        if self.config.pluginmanager.hasplugin("timeout"):
            self.add_marker(pytest.mark.timeout(0))  # a project's limit for its own tests

    @property
    def scenario(self) -> str:
        """The name in records: the profile, the module and the function, such as `core/http/wrong_methods`."""
        return f"{self.profile}/{self.path.stem.removeprefix('test_')}/{self.name.removeprefix('test_')}"

    @property
    def profile(self) -> str:
        """The profile whose folder it is in."""
        return self.path.parent.name

    def exercised(self, requirements: Iterable[str]) -> set[str]:
        """Return those of a contract's requirements that the scenario is there for."""
        return {name for name in requirements if any(fnmatch.fnmatchcase(name, glob) for glob in self._globs())}

    def unknown(self, requirements: Collection[str]) -> list[str]:
        """Return what the scenario says it is there for, and is no requirement or glob of any."""
        return [glob for glob in self._globs() if not any(fnmatch.fnmatchcase(name, glob) for name in requirements)]

    def _globs(self) -> list[str]:
        return [glob for mark in self.iter_markers(MARK) for glob in mark.args]

    def perform(self, run: Run) -> BaseException | None:
        """Run the scenario; return what it raised."""
        run.begin(self.scenario)
        with self._capturing(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                self.function(run)
            except (Exception, SystemExit) as error:  # noqa: BLE001 - the session decides what it means
                return error
        return None

    def _capturing(self) -> AbstractContextManager[None]:
        """Keep what an application in this process prints off the terminal, as pytest does for its tests."""
        capture = self.config.pluginmanager.getplugin("capturemanager")
        return nullcontext() if capture is None else capture.item_capture("call", self)

    def runtest(self) -> None:
        """Do nothing: the session performs scenarios."""


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"conformance_suites_{path.parent.name}_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
