"""How the requirements that pytest has chosen are judged: in one process, or by the workers of pytest-xdist together."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from conformance.configuration.settings import Settings
from conformance.core.errors import ConformanceError
from conformance.engine.contract import Contract
from conformance.evidence.results import Results
from conformance.runner.conclusion import Conclusion
from conformance.runner.controller import Controller
from conformance.runner.isolation import isolated
from conformance.runner.performing import perform_all
from conformance.runner.shared_work import SharedWork


@dataclass(frozen=True, slots=True)
class Judged:
    """The results of the chosen requirements; `seconds` is how long the scenarios took that show one, each shared by all it shows.

    `cut` says why the run was cut short, and is None if it was not.
    """

    results: Results
    seconds: dict[str, float]
    cut: str | None


def narrowed(settings: Settings, contract: Contract[Any], chosen: Collection[str]) -> Settings:
    """Return settings that select what pytest has chosen, and nothing else."""
    selected = [requirement.id for requirement in settings.selected(contract.api.requirements)]
    kept = tuple(name for name in selected if name in chosen)
    return settings if len(kept) == len(selected) else settings.model_copy(update={"only": kept})


def judge_alone(
    settings: Settings, contract: Contract[Any], tell: Callable[[Judged, Conclusion], None], most_failures: int = 0
) -> Judged:
    """Judge in this process, and write the record; end early after so many failures, if any number is given.

    `tell` is told the results before anything is raised.

    Raises:
        ConformanceError: the target cannot be judged at all.
        KeyboardInterrupt: the user ended it; the record is written.

    """
    controller = Controller(settings, contract)
    try:
        with isolated(), controller.interruption.on_signals():
            controller.open(judges=True)
            try:
                if most_failures:
                    perform_all(controller, lambda _scenario: True, lambda: _goes_on(controller, most_failures))
                else:
                    perform_all(controller)
            finally:
                conclusion = controller.conclusion or controller.conclude()
                judged = _judged(controller, conclusion.results)
                tell(judged, conclusion)
    finally:
        controller.close()
    return judged


def _goes_on(controller: Controller, most_failures: int) -> bool:
    if controller.failing() >= most_failures:
        controller.ending.note("it was to end after the first failures (-x, --maxfail)")
        return False
    return True


class Worker:
    """A worker's part: it performs what nobody else has claimed, and judges by what all have found."""

    def __init__(self, folder: Path, name: str, contract: Contract[Any]) -> None:
        self._shared = SharedWork(folder, name)
        self._name = name
        self._contract = contract

    @property
    def shares(self) -> bool:
        """Whether the folder of the leading process is here: it is not on another machine."""
        return self._shared.is_published

    def judge(self) -> Judged:
        """Judge what the leading process has published."""
        shared = self._shared
        controller = Controller(shared.settings(), self._contract, worker=self._name, word=shared.word)
        shared.join()
        try:
            with isolated(), controller.interruption.on_signals():
                self._take_part(controller)
        finally:
            controller.close()
            shared.tell(controller.told())
        take_over_all(controller, shared)
        return _judged(controller, controller.results())

    def _take_part(self, controller: Controller) -> None:
        try:
            controller.open(judges=True)
            perform_all(controller, lambda scenario: self._shared.claim(scenario.scenario))
        except ConformanceError as error:
            controller.ending.note(str(error))


def judge_apart(settings: Settings, contract: Contract[Any], number: int, workers: int) -> tuple[Judged, dict[str, Any]]:
    """Judge all by itself in a worker that shares no folder with the others: it is on another machine. Return what it tells them, too.

    It sends what any process with this seed does, under names of its own.
    """
    settings = settings.model_copy(update={"output": None, "workers": workers, "attempt": 1 + number})
    controller = Controller(settings, contract)
    try:
        with isolated(), controller.interruption.on_signals():
            controller.open(judges=True)
            perform_all(controller)
    except ConformanceError as error:
        controller.ending.note(str(error))
    finally:
        controller.close()
    return _judged(controller, controller.results()), controller.told()


class Leader:
    """The part of the process that leads workers: it looks at the target before they do, and writes the record after them."""

    def __init__(self, settings: Settings, contract: Contract[Any]) -> None:
        self._settings = settings
        self._contract = contract
        self._temporary = TemporaryDirectory(prefix="conformance-")
        self._controller: Controller | None = None
        self.folder = Path(self._temporary.name)
        self.workers = 0

    def open(self, chosen: Collection[str]) -> None:
        """Look at the target, once it is known what is to be judged.

        Raises:
            ConformanceError: it cannot be judged at all.

        """
        if self._controller is not None or not chosen:
            return
        shared = SharedWork(self.folder)
        # Limits are for all workers together; each keeps to its share.
        settings = narrowed(self._settings, self._contract, chosen).model_copy(update={"workers": self.workers})
        controller = Controller(settings, self._contract, word=shared.word)
        controller.open(judges=False)
        self._controller = controller
        if controller.conclusion is not None:  # the user ended it, and the record is written
            raise KeyboardInterrupt
        shared.publish(controller.settings)

    def take_over(self, told: dict[str, Any]) -> None:
        """Add what a worker has found that shares no folder with this process."""
        if self._controller is not None:
            self._controller.take_over(told)

    def interrupt(self) -> None:
        """Tell the workers to end."""
        if self._controller is not None:
            self._controller.interruption.ask()
            self._controller.ending.note("interrupted")

    def conclude(self) -> tuple[Judged, Conclusion] | None:
        """Judge by what the workers have found, and write the record; None if no requirement was to be judged."""
        controller = self._controller
        if controller is None:
            return None
        conclusion = controller.conclusion
        if conclusion is None:
            controller.finish()
            take_over_all(controller, SharedWork(self.folder))
            conclusion = controller.conclude()
        return _judged(controller, conclusion.results), conclusion

    def close(self) -> None:
        """Let go of the folders; again is harmless."""
        if self._controller is not None:
            self._controller.close()
        self._temporary.cleanup()


def take_over_all(controller: Controller, shared: SharedWork) -> None:
    """Add what the other processes have found to what this one knows."""
    for told in shared.told():
        if told is None:
            controller.ending.note("a worker was lost")
        else:
            controller.take_over(told)


def _judged(controller: Controller, results: Results) -> Judged:
    return Judged(results, controller.seconds, controller.ending.because)
