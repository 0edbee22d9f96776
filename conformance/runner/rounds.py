"""Rounds: in a long run, what scenarios do by chance goes on when all of them were run once, until the time is over."""

from collections.abc import Callable, Sequence
from contextlib import suppress

from conformance.configuration.settings import Settings
from conformance.core.errors import OutOfTime
from conformance.engine.budget import BUDGETS
from conformance.engine.run import Run
from conformance.engine.shares import shares
from conformance.runner.controller import Controller
from conformance.runner.scenario_function import Performable


def are_wanted(settings: Settings) -> bool:
    """Whether the run is a long one: somebody gave it more time than its budget ever takes. Less time than that is a limit, and nothing more."""
    return settings.max_time is not None and settings.max_time > BUDGETS[settings.budget].seconds


def keep_exploring(controller: Controller, scenarios: Sequence[Performable], goes_on: Callable[[], bool] = lambda: True) -> None:
    """Perform the scenarios that are by chance in rounds, each with other seeds, if the run is a long one and has not ended.

    The time's end is how this is meant to end: all was looked at once, and the verdict stands. `goes_on` says before each scenario
    whether the run goes on; if not, it has noted why.

    Raises:
        KeyboardInterrupt: the user ended it.

    """
    explorations = [scenario for scenario in scenarios if scenario.by_chance]
    if controller.run is None or controller.ending.because is not None or not (explorations and are_wanted(controller.settings)):
        return
    with suppress(OutOfTime):
        while controller.ending.because is None and goes_on():
            controller.begin_round()
            _perform_round(controller, controller.run, explorations, goes_on)


def _perform_round(controller: Controller, run: Run, explorations: Sequence[Performable], goes_on: Callable[[], bool]) -> None:
    """Perform each of them with its share: the more, the likelier it is to show something new."""
    novelty, budget = run.novelty, run.budget
    assert novelty is not None
    try:
        for exploration in explorations:
            if not goes_on():
                return
            chances = {each.scenario: novelty.chance(each.scenario) for each in explorations}
            novelty.exploration = exploration.scenario
            run.budget = budget.of_round(shares(chances)[exploration.scenario])
            controller.perform(exploration)
    finally:
        run.budget = budget
