"""A target judged in one line of a test: `assert_conforms(app, only="cache-config.*")`."""

import asyncio
import io
from collections.abc import Sequence
from typing import Any

from conformance.configuration import settings as configuration
from conformance.configuration.settings import Settings
from conformance.configuration.target_file import Target, TargetFile
from conformance.core.errors import ConformanceError
from conformance.engine.contract import Contract
from conformance.evidence.results import Results, Verdict
from conformance.reporting import terminal
from conformance.runner import contracts, scenario_function, selection
from conformance.runner.controller import Controller

__all__ = ["assert_conforms", "assert_conforms_async", "judge"]
_GIVEN = "(given in Python)"


def assert_conforms(target: Any, *, only: str | Sequence[str] = (), budget: str = "quick", seed: str = "0", strict: bool = False,
                    contract: str = contracts.DEFAULT) -> Results:  # fmt: skip
    """Judge a target, and fail with what was found unless it conforms; return the results.

    `target` is a URL, an ASGI or WSGI application, an `httpx.Client` (FastAPI's and Starlette's TestClient too) or an httpx transport.

    Raises:
        AssertionError: it does not conform, or the run is incomplete; the message has each failure with its counterexample.
        UsageError: an argument makes no sense.
        TargetError: nothing answers, or what answers is not this API.

    """
    __tracebackhide__ = True
    results = judge(target, only=only, budget=budget, seed=seed, strict=strict, contract=contract)
    if results.verdict is not Verdict.CONFORMING:
        raise AssertionError(_told(results))
    return results


async def assert_conforms_async(target: Any, **how: Any) -> Results:
    """Do the same from a coroutine: the target is judged in another thread, and the loop goes on."""
    return await asyncio.to_thread(assert_conforms, target, **how)


def judge(target: Any, *, only: str | Sequence[str] = (), budget: str = "quick", seed: str = "0", strict: bool = False,
          contract: str = contracts.DEFAULT) -> Results:  # fmt: skip
    """Judge a target as `assert_conforms` does, and return the results whatever they are."""
    by = contracts.load(contract)
    settings = _settings(target, by, [only] if isinstance(only, str) else list(only), budget, seed, strict=strict)
    controller = Controller(settings, by, given=None if isinstance(target, str) else target)
    try:
        controller.open(judges=True)
        _perform(controller)
    finally:
        controller.close()
    return controller.conclude().results


def _settings(target: Any, contract: Contract[Any], only: list[str], budget: str, seed: str, *, strict: bool) -> Settings:
    place = Target(url=target) if isinstance(target, str) else Target(name=type(target).__name__, app=_GIVEN)
    given = {"only": only, "budget": budget, "seed": seed, "contract": contract.name}
    built = configuration.build(given, file=TargetFile(target=place), profiles=contract.profiles, strict=strict, output=None)
    return configuration.validate(built, contract.api.requirements, contract.profiles)


def _perform(controller: Controller) -> None:
    """Run the scenarios that can show something of what is to be judged, those that are always run first."""
    settings, contract = controller.settings, controller.contract
    scenarios = [scenario for path in selection.suites(settings, contract) for scenario in scenario_function.of_file(path)]
    named = set().union(*(scenario.exercised(contract.api.requirements) for scenario in scenarios))
    wanted = selection.wanted(settings, contract, named)
    chosen = [scenario for scenario in scenarios if selection.is_needed(scenario, settings, wanted)]
    controller.wanted = {scenario.scenario for scenario in chosen}
    try:
        controller.begin()
        for scenario in chosen:
            controller.perform(scenario)
    except ConformanceError as error:
        controller.ending.note(str(error))
    finally:
        controller.finish()


def _told(results: Results) -> str:
    text = io.StringIO()
    terminal.show(results, files=[], stream=text)
    return text.getvalue()
