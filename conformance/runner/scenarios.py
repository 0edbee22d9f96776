"""Suites and scenarios as pytest collects them: functions that are given the run, and nothing of the user's own pytest.

They are no `pytest.Function`: a fixture, a hook around a test's call, a timeout or a filter for warnings of the project that they are
run from would else act between the requests of a scenario.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pytest

from conformance.engine.run import Run
from conformance.runner import scenario_function
from conformance.runner.scenario_function import ScenarioFunction


class Suite(pytest.File):
    """A module of scenarios: its functions whose names begin with `test_`, in their order."""

    def collect(self) -> Iterator["Scenario"]:
        """Yield the scenarios."""
        for plain in scenario_function.of_file(self.path):
            scenario: Scenario = Scenario.from_parent(self, name=plain.function.__name__, plain=plain)
            yield scenario


class Scenario(pytest.Item):
    """One scenario as an item of pytest."""

    def __init__(self, *, plain: ScenarioFunction, **rest: Any) -> None:
        super().__init__(**rest)
        self._plain = plain
        self.own_markers += getattr(plain.function, "pytestmark", [])
        if self.config.pluginmanager.hasplugin("timeout"):
            self.add_marker(pytest.mark.timeout(0))  # a project's limit for its own tests

    @property
    def scenario(self) -> str:
        """The name in records."""
        return self._plain.scenario

    @property
    def profile(self) -> str:
        """The profile whose folder it is in."""
        return self._plain.profile

    @property
    def is_in_parts(self) -> bool:
        """Whether the shards of a run share its examples."""
        return self._plain.is_in_parts

    @property
    def by_chance(self) -> bool:
        """Whether it sends something else with another seed."""
        return self._plain.by_chance

    def exercised(self, requirements: Iterable[str]) -> set[str]:
        """Return those of a contract's requirements that the scenario is there for."""
        return self._plain.exercised(requirements)

    def unknown(self, requirements: Collection[str]) -> list[str]:
        """Return what the scenario says it is there for, and is no requirement or glob of any."""
        return self._plain.unknown(requirements)

    def perform(self, run: Run) -> BaseException | None:
        """Run the scenario; return what it raised."""
        with self._capturing():
            return self._plain.perform(run)

    def _capturing(self) -> AbstractContextManager[None]:
        """Keep what an application in this process prints off the terminal, as pytest does for its tests."""
        capture = self.config.pluginmanager.getplugin("capturemanager")
        return nullcontext() if capture is None else capture.item_capture("call", self)

    def runtest(self) -> None:
        """Do nothing: the session performs scenarios."""
