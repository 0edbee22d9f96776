"""Which suites and scenarios a run needs: those that can show something of what is to be judged."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

from conformance.configuration.settings import ALWAYS, Settings
from conformance.engine.contract import Contract
from conformance.runner.scenario_function import Performable


def suites(settings: Settings, contract: Contract[Any]) -> list[Path]:
    """Return the files of the suites that can show something of what is to be judged.

    The scenarios that are always run show other profiles too: they read what they create.
    """
    folders = [profile for profile in contract.profiles if profile == ALWAYS or profile in settings.profiles]
    return [path for profile in folders for path in sorted((contract.scenarios / profile).glob("test_*.py"))]


def wanted(settings: Settings, contract: Contract[Any], named: Collection[str]) -> set[str]:
    """Return the requirements that scenarios are to show; `named` are those that any scenario says it is there for.

    What no scenario names, any of them may show: then all are wanted.
    """
    requirements = contract.api.requirements
    judged = {requirement.id for requirement in settings.selected(requirements) if settings.serves(requirement.profile)}
    return judged if judged <= set(named) else set(requirements)


def is_needed(scenario: Performable, settings: Settings, requirements: set[str]) -> bool:
    """Whether a scenario is still to be run, can show one of the requirements, and the target has the profile that it needs."""
    is_possible = scenario.profile == ALWAYS or settings.serves(scenario.profile)
    return scenario.scenario not in settings.done and is_possible and bool(scenario.exercised(requirements))
