"""The scenarios of a run, performed one after the other in this process."""

from collections.abc import Callable

from conformance.core.errors import ConformanceError, describe_error
from conformance.runner import rounds, scenario_function, selection
from conformance.runner.controller import Controller
from conformance.runner.scenario_function import ScenarioFunction

Claim = Callable[[ScenarioFunction], bool]


def perform_all(controller: Controller, claim: Claim | None = None, goes_on: Callable[[], bool] = lambda: True) -> None:
    """Perform the scenarios that can show something of what is to be judged, and finish; the controller is open.

    With `claim` they are performed one after the other, and one that it denies is left out: another process performs it, or none. Before
    each of them, and of those of a round, `goes_on` says whether the run goes on; if not, it has noted why.

    Raises:
        KeyboardInterrupt: the user ended it.

    """
    if controller.conclusion is not None:  # while the target was opened
        raise KeyboardInterrupt
    try:
        useful = _useful(controller)
        chosen = selection.to_run(useful, controller.settings)
        controller.wanted = {scenario.scenario for scenario in chosen}
        if rounds.are_wanted(controller.settings):
            controller.look_for_new_kinds()
        controller.begin()
        if claim is None:
            controller.perform_all(chosen)
        else:
            for scenario in chosen:
                if controller.ending.because is None and goes_on() and claim(scenario):
                    controller.perform(scenario)
        rounds.keep_exploring(controller, useful, goes_on)
    except ConformanceError as error:
        controller.ending.note(str(error))
    except KeyboardInterrupt:
        controller.ending.note("interrupted")
        raise
    finally:
        controller.finish()


def _useful(controller: Controller) -> list[ScenarioFunction]:
    """Return the scenarios that can show something of what is to be judged, those that are done too."""
    settings, contract = controller.settings, controller.contract
    scenarios = _scenarios(controller)
    named = set().union(*(scenario.exercised(contract.api.requirements) for scenario in scenarios))
    return selection.useful(scenarios, settings, contract, named)


def _scenarios(controller: Controller) -> list[ScenarioFunction]:
    """Return the scenarios of the suites; one that cannot be loaded, or is about nothing, leaves the run incomplete."""
    scenarios: list[ScenarioFunction] = []
    for path in selection.suites(controller.settings, controller.contract):
        try:
            scenarios += scenario_function.of_file(path)
        except Exception as error:  # noqa: BLE001 - whatever a module of a contract raises
            place = f"{path.parent.name}/{path.name}"
            controller.ending.note(f"the scenarios in {place} cannot be loaded: {describe_error(error)}")
    for scenario in scenarios:
        for name in scenario.unknown(controller.contract.api.may_be_named):
            controller.ending.note(f"the scenario {scenario.scenario} exercises {name!r}, which is no requirement")
    return scenarios
