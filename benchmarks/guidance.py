"""Whether guidance pays: kinds of answers that a long run has seen after so many requests, guided and with even shares."""

import dataclasses
from unittest.mock import patch

from conformance.configuration.settings import Settings
from conformance.core.errors import OutOfTime
from conformance.engine.budget import BUDGETS
from conformance.engine.run import Run
from conformance.runner import contracts, rounds
from conformance.runner.controller import Controller
from conformance.runner.isolation import isolated
from conformance.runner.performing import perform_all

_BRIEF = {"quick": dataclasses.replace(BUDGETS["quick"], seconds=1)}


def new_kinds(seed: str, requests: int) -> int:
    """Judge the reference for so many requests of rounds; return how many kinds of answers these were the first to show."""

    def end(run: Run) -> None:
        if run.novelty is not None and run.novelty.kinds.requests >= requests:
            raise OutOfTime("it has sent enough")

    contract = contracts.load("collections")
    settings = Settings(seed=seed, profiles=contract.profiles, max_time=3600.0, output=None)
    with patch.dict(BUDGETS, _BRIEF), isolated():
        controller = Controller(settings, contract, end)
        controller.open(judges=True)
        try:
            perform_all(controller)
        finally:
            controller.close()
    seen = controller.conclude().results.exploration
    assert seen is not None
    return seen.new_kinds


def compare(seed: str, requests: int) -> tuple[int, int]:
    """Return how many new kinds are seen guided, and with even shares."""
    guided = new_kinds(seed, requests)
    with patch.object(rounds, "shares", lambda chances: dict.fromkeys(chances, 1.0)):
        return guided, new_kinds(seed, requests)
