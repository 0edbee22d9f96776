"""A scenario: a function that is given the run, with the names of the requirements that it is there for."""

import fnmatch
import importlib.util
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

from conformance.engine.run import Run
from conformance.engine.scenario import CHANCE, MARK, PARTS


class Performable(Protocol):
    """What a controller performs."""

    @property
    def scenario(self) -> str:
        """The name in records."""

    @property
    def profile(self) -> str:
        """The profile that it belongs to."""

    @property
    def is_in_parts(self) -> bool:
        """Whether the shards of a run share its examples."""

    @property
    def by_chance(self) -> bool:
        """Whether it sends something else with another seed."""

    def exercised(self, requirements: Iterable[str]) -> set[str]:
        """Return those of a contract's requirements that it is there for."""

    def perform(self, run: Run) -> BaseException | None:
        """Run it; return what it raised."""


@dataclass(frozen=True, slots=True)
class ScenarioFunction:
    """One scenario of a suite; `function` takes the run, and its name begins with `test_`."""

    path: Path
    function: Callable[[Run], None]

    @property
    def profile(self) -> str:
        """The profile whose folder it is in."""
        return self.path.parent.name

    @property
    def scenario(self) -> str:
        """The name in records: the profile, the module and the function, such as `core/http/wrong_methods`."""
        return f"{self.profile}/{self.path.stem.removeprefix('test_')}/{self.function.__name__.removeprefix('test_')}"

    @property
    def is_in_parts(self) -> bool:
        """Whether the shards of a run share its examples."""
        return any(mark.name in {PARTS, CHANCE} for mark in self._marks())

    @property
    def by_chance(self) -> bool:
        """Whether it sends something else with another seed."""
        return any(mark.name == CHANCE for mark in self._marks())

    def exercised(self, requirements: Iterable[str]) -> set[str]:
        """Return those of a contract's requirements that the scenario is there for."""
        return {name for name in requirements if any(fnmatch.fnmatchcase(name, glob) for glob in self._globs())}

    def unknown(self, requirements: Collection[str]) -> list[str]:
        """Return what the scenario says it is there for, and is no requirement or glob of any."""
        return [glob for glob in self._globs() if not any(fnmatch.fnmatchcase(name, glob) for name in requirements)]

    def _globs(self) -> list[str]:
        return [glob for mark in self._marks() if mark.name == MARK for glob in mark.args]

    def _marks(self) -> list[Any]:
        marks: list[Any] = getattr(self.function, "pytestmark", [])
        return marks

    def perform(self, run: Run) -> BaseException | None:
        """Run the scenario; return what it raised."""
        run.begin(self.scenario, in_parts=self.is_in_parts)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                self.function(run)
                run.end()
            except (Exception, SystemExit) as error:  # noqa: BLE001 - who performs it decides what it means
                return error
        return None


def of_file(path: Path) -> Iterator[ScenarioFunction]:
    """Yield the scenarios of a suite in their order."""
    for name, value in vars(_module(path)).items():
        if name.startswith("test_") and callable(value):
            yield ScenarioFunction(path, value)


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"conformance_suites_{path.parent.name}_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
