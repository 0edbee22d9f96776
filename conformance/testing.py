"""A target judged in one line of a test: `assert_conforms(app, only="cache-config.*")`."""

import asyncio
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from conformance.configuration import settings as configuration
from conformance.configuration.settings import Settings
from conformance.configuration.target_file import Target, TargetFile
from conformance.evidence.results import Results, Verdict
from conformance.reporting import terminal
from conformance.runner import contracts
from conformance.runner.controller import Controller
from conformance.runner.isolation import isolated
from conformance.runner.performing import perform_all

__all__ = ["assert_conforms", "assert_conforms_async", "judge"]
_GIVEN = "(given in Python)"


def assert_conforms(target: Any, *, only: str | Sequence[str] = (), budget: str = "quick", seed: str = "0", strict: bool = False,
                    contract: str = contracts.DEFAULT, routes: Mapping[str, str] | None = None,
                    reset: Callable[[], None] | None = None) -> Results:  # fmt: skip
    """Judge a target, and fail with what was found unless it conforms; return the results.

    `target` is a URL, an ASGI or WSGI application, an `httpx.Client` (FastAPI's and Starlette's TestClient too) or an httpx transport.
    `routes` are operations that it serves elsewhere, each by its name as METHOD and path. `reset` is called before each scenario, and may
    delete all that is stored.

    Raises:
        AssertionError: it does not conform, or the run is incomplete; the message has each failure with its counterexample.
        UsageError: an argument makes no sense.
        TargetError: nothing answers, or what answers is not this API.

    """
    __tracebackhide__ = True
    results = judge(target, only=only, budget=budget, seed=seed, strict=strict, contract=contract, routes=routes, reset=reset)
    if results.verdict is not Verdict.CONFORMING:
        raise AssertionError(_told(results))
    return results


async def assert_conforms_async(target: Any, **how: Any) -> Results:
    """Do the same from a coroutine: the target is judged in another thread, and the loop goes on."""
    return await asyncio.to_thread(assert_conforms, target, **how)


def judge(target: Any, *, only: str | Sequence[str] = (), budget: str = "quick", seed: str = "0", strict: bool = False,
          contract: str = contracts.DEFAULT, routes: Mapping[str, str] | None = None,
          reset: Callable[[], None] | None = None) -> Results:  # fmt: skip
    """Judge a target as `assert_conforms` does, and return the results whatever they are."""
    place = Target(url=target) if isinstance(target, str) else Target(name=type(target).__name__, app=_GIVEN)
    given = {"only": [only] if isinstance(only, str) else list(only), "budget": budget, "seed": seed, "contract": contract}
    settings = _settings(given, TargetFile(target=place, routes=dict(routes or {})), strict=strict)
    controller = Controller(settings, contracts.of(settings), given=None if isinstance(target, str) else target, reset=reset)
    try:
        with isolated():
            controller.open(judges=True)
            perform_all(controller)
    finally:
        controller.close()
    return controller.conclude().results


def _settings(given: dict[str, Any], file: TargetFile, *, strict: bool) -> Settings:
    by = contracts.load(given["contract"])
    built = configuration.build(given, file=file, profiles=by.profiles, strict=strict, output=None)
    return configuration.validate(built, by.api.requirements, by.profiles)


def _told(results: Results) -> str:
    text = io.StringIO()
    terminal.show(results, files=[], stream=text)
    return text.getvalue()
