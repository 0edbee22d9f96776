"""One trial: the whole contract, or what shows one requirement, against the reference with one fault or one freedom."""

import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from harness import begun, reference, scenarios, showing  # noqa: E402

from conformance.contracts.collections.reference.faults import FAULTS, Fault  # noqa: E402
from conformance.engine.budget import BUDGETS  # noqa: E402
from conformance.engine.minimize import explained  # noqa: E402
from conformance.engine.run import Run  # noqa: E402
from conformance.evidence.ledger import Counterexample  # noqa: E402
from fault_detection.counterexample_size import Size, size  # noqa: E402


@dataclass(frozen=True, slots=True)
class Caught:
    """What became of one fault at one budget with one seed.

    `named` are all requirements that failed; `requests` and `seconds` count until the broken one was seen violated, over what was run;
    `is_whole` says that this was the whole contract. `error` says what ended the trial itself, which shows nothing then.
    """

    name: str
    trigger: str
    breaks: str
    budget: str
    seed: str
    is_whole: bool
    named: list[str] = field(default_factory=list)
    requests: int | None = None
    seconds: float | None = None
    scenario: str | None = None
    size: Size | None = None
    sent: int = 0
    took: float = 0.0
    error: str = ""

    @property
    def is_right(self) -> bool:
        """Whether the requirement that the fault breaks is among those that failed."""
        return self.breaks in self.named


@dataclass(frozen=True, slots=True)
class Freed:
    """What was reported of one benign variant with one seed: nothing, if all is well."""

    name: str
    seed: str
    named: list[str] = field(default_factory=list)
    error: str = ""


def fault(name: str, budget: str, seed: str, *, whole: bool) -> Caught:
    """Judge one faulty reference: by the whole contract to the end, or by what shows the broken requirement until it has."""
    one = FAULTS[name]
    started = time.monotonic()
    with reference(one) as opened:
        run = begun(opened, seed=seed, budget=BUDGETS[budget])
        seconds = _until_caught(run, one, started, whole=whole)
        sent, found = run.exchanges, _proof(run, one.breaks)
        small = size(explained(run, one.breaks, found).exchanges) if found is not None else None
    last = None if found is None else found.exchanges[-1]
    return Caught(
        name, one.trigger, one.breaks, budget, seed, whole, sorted(run.ledger.failed()),
        requests=None if last is None else last.number, seconds=seconds,
        scenario=None if last is None else last.scenario.replace("/test_", "/"), size=small,
        sent=sent, took=round(time.monotonic() - started, 2),
    )  # fmt: skip


def _proof(run: Run, requirement: str) -> Counterexample | None:
    finding = run.ledger.findings.get(requirement)
    return finding.counterexample if finding is not None else None


def freedom(variant: Fault, budget: str, seed: str) -> list[str]:
    """Return what is reported of a benign variant: nothing, if all is well."""
    with reference(variant) as opened:
        run = begun(opened, seed=seed, budget=BUDGETS[budget])
        for name, scenario in scenarios().items():
            run.begin(name)
            scenario(run)
    crashed = [name for name, finding in run.ledger.findings.items() if finding.errors]
    return sorted({*run.ledger.failed(), *crashed})


def drawn_freedoms(seed: str, count: int) -> Fault:
    """Return a server that takes so many freedoms at once, drawn by the seed."""
    from variants import RESHAPING, VARIANTS, combined

    return combined(*Random(seed).sample(sorted(VARIANTS.keys() - RESHAPING), count))


def _until_caught(run: Run, one: Fault, started: float, *, whole: bool) -> float | None:
    seconds = None
    for name, scenario in (scenarios() if whole else showing(one.breaks)).items():
        run.begin(name)
        scenario(run)
        if seconds is None and one.breaks in run.ledger.failed():
            seconds = round(time.monotonic() - started, 2)
            if not whole:
                break
    return seconds
