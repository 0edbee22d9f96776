"""Judging: a reference seen by one scenario after the other, until the first of them shows a requirement broken."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, Literal

from harness import IDENTITY, begun, scenarios

from conformance.client.transports.asgi import open_asgi
from conformance.core.errors import ConformanceError
from conformance.engine import checks
from conformance.engine.budget import BUDGETS
from conformance.engine.run import Run
from conformance.evidence import requirements
from conformance.evidence.ledger import Ledger
from conformance.evidence.requirements import Level

SEED = "1"
_TIMEOUT = 5.0
Order = tuple[str, ...]
Kind = Literal["noticed", "survived", "incomplete", "crashed", "timeout", "broken"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a mutant.

    `noticed`: a requirement was broken; `survived`: every scenario ran and none was; `incomplete`: none was either, but the run
    ended early or left a MUST without a check, which no verdict calls conforming; `crashed`: our own code raised,
    or its process ended otherwise; `timeout`: it hung; `broken`: it did not start. `about` says which requirements or why.
    """

    kind: Kind
    about: tuple[str, ...] = ()
    requests: int = 0
    scenario: str = ""
    seconds: float = 0.0


class _Noticed(ConformanceError):
    """A requirement is broken, and more need not be seen."""


def judged(reference: Any, order: Order, budget: str = "quick") -> tuple[Outcome, Counter[str]]:
    """Return what becomes of a reference, and how many requests each scenario sent."""
    with open_asgi(reference(token=IDENTITY.token).app) as opened:
        run = begun(opened, seed=SEED, budget=BUDGETS[budget], timeout=_TIMEOUT, on_exchange=_stop)
        return _outcome(run, order), run.counts


def _outcome(run: Run, order: Order) -> Outcome:
    try:
        for name in order:
            run.begin(name)
            scenarios()[name](run)
            _stop(run)
    except ConformanceError as error:
        failed = tuple(sorted(run.ledger.failed()))
        return _said(run, "noticed", failed) if failed else _said(run, "incomplete", (str(error),))
    except Exception as error:  # noqa: BLE001 - a scenario that raises is an error of ours, and the mutant's find
        return _said(run, "crashed", (f"{type(error).__name__}: {error}",))
    if crashes := _crashes(run.ledger):
        return _said(run, "crashed", crashes)
    unseen = _due() - {name for name, found in run.ledger.findings.items() if found.checks}
    return _said(run, "incomplete" if unseen else "survived", tuple(sorted(unseen)))


def _due() -> set[str]:
    """Return what must have been seen for a run to be complete."""
    return {name for name in checks.checked() if requirements.registry()[name].level is Level.MUST}


def _stop(run: Run) -> None:
    if run.ledger.failed():
        raise _Noticed("a requirement is broken")


def _said(run: Run, kind: Kind, about: tuple[str, ...]) -> Outcome:
    return Outcome(kind, about, run.exchanges, run.scenario if kind in ("noticed", "crashed") else "")


def _crashes(ledger: Ledger) -> tuple[str, ...]:
    return tuple(f"{name}: {error}" for name, found in ledger.findings.items() for error in found.errors)
