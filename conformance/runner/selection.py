"""Which suites and scenarios a run needs: those that can show something of what is to be judged, and of them a shard's own."""

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from conformance.configuration.settings import ALWAYS, Decision, Settings
from conformance.engine.contract import Contract
from conformance.runner.scenario_function import Performable

S = TypeVar("S", bound=Performable)


def suites(settings: Settings, contract: Contract[Any]) -> list[Path]:
    """Return the files of the suites that can show something of what is to be judged.

    The scenarios that are always run show other profiles too: they read what they create.
    """
    profiles = [profile for profile in contract.profiles if profile == ALWAYS or profile in settings.profiles]
    return [path for profile in profiles for path in contract.suites[profile]]


def useful(scenarios: Sequence[S], settings: Settings, contract: Contract[Any], named: Collection[str]) -> list[S]:
    """Return the scenarios that can show something of what is to be judged, those that are done too.

    `named` are the requirements that any scenario says it is there for.
    """
    to_show, own = _wanted(settings, contract, named), _of_shard(scenarios, settings, contract, named)
    return [scenario for scenario in scenarios if scenario.scenario in own and _can_show(scenario, settings, to_show)]


def to_run(scenarios: Iterable[S], settings: Settings) -> list[S]:
    """Return the scenarios that are not done yet."""
    return [scenario for scenario in scenarios if scenario.scenario not in settings.done]


def _of_shard(scenarios: Sequence[S], settings: Settings, contract: Contract[Any], named: Collection[str]) -> set[str]:
    """Return the scenarios that this shard performs: all those in parts, and one in so many of the others.

    Each shard has to count the same scenarios, or one would be nobody's: so whatever it has found out about the target, or has done.
    """
    if settings.shard is None:
        return {scenario.scenario for scenario in scenarios}
    served = {name: Decision(served=True, why="") for name in settings.profiles}
    at_first = settings.model_copy(update={"decisions": served})
    to_show = _wanted(at_first, contract, named)
    possible = [scenario for scenario in scenarios if _can_show(scenario, at_first, to_show)]
    whole = sorted(scenario.scenario for scenario in possible if not scenario.is_in_parts)
    return {scenario.scenario for scenario in possible if scenario.is_in_parts} | {
        name for number, name in enumerate(whole) if settings.shard.takes(number, "scenarios")
    }


def _wanted(settings: Settings, contract: Contract[Any], named: Collection[str]) -> set[str]:
    """Return the requirements that scenarios are to show; `named` are those that any scenario says it is there for.

    What no scenario names, any of them may show: then all are wanted.
    """
    requirements = contract.api.requirements
    judged = {requirement.id for requirement in settings.selected(requirements) if settings.serves(requirement.profile)}
    return judged if judged <= set(named) else set(requirements)


def _can_show(scenario: Performable, settings: Settings, requirements: set[str]) -> bool:
    """Whether a scenario can show one of the requirements, and the target has the profile that it needs."""
    is_possible = scenario.profile == ALWAYS or settings.serves(scenario.profile)
    return is_possible and bool(scenario.exercised(requirements))
