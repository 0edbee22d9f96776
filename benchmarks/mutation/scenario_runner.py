"""Run the scenarios against a reference, one after the other, until one of them shows a broken requirement."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, Literal

from harness import IDENTITY, begun, scenarios

from conformance.client.transports.asgi import open_asgi
from conformance.contracts.collections.checks import CHECKS
from conformance.core.errors import ConformanceError
from conformance.engine.budget import BUDGETS
from conformance.engine.run import Run
from conformance.evidence import requirements
from conformance.evidence.ledger import Ledger
from conformance.evidence.requirements import Level

SEED = "1"
_TIMEOUT = 5.0
Order = tuple[str, ...]
Kind = Literal["noticed", "survived", "incomplete", "crashed", "timeout", "broken"]
# Mutants of these kinds need a waiver.
NOT_NOTICED: tuple[Kind, ...] = ("survived", "crashed")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened to a mutant. The names of the members are those in reports/mutants.json.

    - `noticed`: a requirement failed.
    - `survived`: every scenario ran, and no requirement failed.
    - `incomplete`: no requirement failed, but the run ended early or did not check every MUST. Such a run is not called conforming.
    - `crashed`: our own code raised, or the process ended for another reason than its limits.
    - `timeout`: the mutant ran too long.
    - `broken`: the mutant did not start.

    `about` has the requirements, or else the reason.
    """

    kind: Kind
    about: tuple[str, ...] = ()
    requests: int = 0
    scenario: str = ""
    seconds: float = 0.0


class _Noticed(ConformanceError):
    """A requirement failed, so the run can stop."""


def run_scenarios(reference: Any, order: Order, budget: str = "quick") -> tuple[Outcome, Counter[str]]:
    """Run scenarios against a reference. Return the outcome, and how many requests each scenario sent."""
    with open_asgi(reference(token=IDENTITY.token).app) as transport:
        run = begun(transport, seed=SEED, budget=BUDGETS[budget], timeout=_TIMEOUT, on_exchange=_stop_if_failed)
        return _run_until_noticed(run, order), run.counts


def _run_until_noticed(run: Run, order: Order) -> Outcome:
    try:
        for name in order:
            run.begin(name)
            scenarios()[name](run)
            _stop_if_failed(run)
    except ConformanceError as error:
        failed = tuple(sorted(run.ledger.failed()))
        return _outcome(run, "noticed", failed) if failed else _outcome(run, "incomplete", (str(error),))
    except Exception as error:  # noqa: BLE001 - a scenario that raises is a bug of ours, which the mutant has found
        return _outcome(run, "crashed", (f"{type(error).__name__}: {error}",))
    if crashes := _check_crashes(run.ledger):
        return _outcome(run, "crashed", crashes)
    unchecked = _must_requirements() - {name for name, finding in run.ledger.tallies.items() if finding.checks}
    return _outcome(run, "incomplete" if unchecked else "survived", tuple(sorted(unchecked)))


def _must_requirements() -> set[str]:
    """Return the requirements that a complete run checks."""
    return {name for name in CHECKS.requirements() if requirements()[name].level is Level.MUST}


def _stop_if_failed(run: Run) -> None:
    if run.ledger.failed():
        raise _Noticed("a requirement is broken")


def _outcome(run: Run, kind: Kind, about: tuple[str, ...]) -> Outcome:
    return Outcome(kind, about, run.exchanges, run.scenario if kind in ("noticed", "crashed") else "")


def _check_crashes(ledger: Ledger) -> tuple[str, ...]:
    return tuple(f"{name}: {error}" for name, finding in ledger.tallies.items() for error in finding.errors)
