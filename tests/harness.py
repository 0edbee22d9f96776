"""Judges an application within a test: runs the scenarios that show a requirement one after the other, without pytest."""

import fnmatch
import importlib.util
import io
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from conformance.client.client import Client, Identity
from conformance.client.transports import Transport
from conformance.client.transports.asgi import open_asgi
from conformance.contracts.collections.contract import CONTRACT
from conformance.contracts.collections.reference.faults import NONE, Fault
from conformance.contracts.collections.vocabulary import Vocabulary
from conformance.core import json_text
from conformance.engine import minimize
from conformance.engine.budget import BUDGETS, Budget
from conformance.engine.contract import Contract
from conformance.engine.replay import replay
from conformance.engine.run import Run
from conformance.evidence.ledger import Counterexample, Violation
from conformance.evidence.record import Recorder
from conformance.evidence.redaction import Redactor

IDENTITY = Identity("harness-token", "ns_one", "ns_two")
Scenario = Callable[[Run], None]


@cache
def _scenarios_of(files: tuple[Path, ...]) -> dict[str, Scenario]:
    by_name: dict[str, Scenario] = {}
    for path in files:
        module = _module("_".join(path.parts[-3:]).removesuffix(".py"), str(path))
        for name, value in vars(module).items():
            if name.startswith("test_"):
                by_name[f"{path.parent.name}/{path.stem}/{name}"] = value
    return by_name


def _module(name: str, path: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"suite_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


class _Nowhere(io.StringIO):
    """Forgets what is written: the exchanges of a run are not looked at again."""

    def write(self, text: str) -> int:
        return len(text)


@dataclass(frozen=True, eq=False)
class Harness:
    """Judges targets by one contract; without a fault its reference is faithful."""

    contract: Contract[Any]

    def scenarios(self) -> dict[str, Scenario]:
        """Return every shipped scenario by its name."""
        return _scenarios_of(tuple(path for paths in self.contract.suites.values() for path in paths))

    def exercised(self, scenario: Scenario) -> set[str]:
        """Return the requirements that a scenario says it can show."""
        globs = [glob for mark in scenario.pytestmark for glob in mark.args]  # type: ignore[attr-defined]
        return {name for name in self.contract.api.requirements if any(fnmatch.fnmatchcase(name, glob) for glob in globs)}

    def judged(
        self,
        transport: AbstractContextManager[Transport],
        *,
        only: str | None = None,
        seed: str = "1",
        budget: Budget = BUDGETS["quick"],
        vocabulary: Vocabulary | None = None,
    ) -> Run:
        """Run the scenarios that show a requirement, or all; return the run with its ledger."""
        with transport as opened:
            run = self.begun(opened, seed=seed, budget=budget, vocabulary=vocabulary)
            for name, scenario in self._chosen(only):
                run.begin(name)
                scenario(run)
        return run

    def begun(
        self,
        opened: Transport,
        *,
        seed: str = "1",
        budget: Budget = BUDGETS["quick"],
        vocabulary: Vocabulary | None = None,
        timeout: float = 10.0,
        on_exchange: Callable[[Run], None] = lambda _run: None,
    ) -> Run:
        """Return a run of every profile against an open target; its record is kept nowhere."""
        json_text.allow_depth()
        client, recorder = Client(opened, identity=IDENTITY, timeout=timeout), Recorder(_Nowhere(), Redactor())
        known, contract = vocabulary or self.contract.vocabulary({}), self.contract
        return contract.run(contract.api, client, recorder, vocabulary=known, seed=seed, budget=budget, served=frozenset(contract.profiles),
                            on_exchange=on_exchange)  # fmt: skip

    def caught(self, fault: Fault) -> Counterexample | None:
        """Return the counterexample, made small, of the requirement that a fault breaks; None if no scenario shows it."""
        with self.reference(fault) as opened:
            run = self.begun(opened)
            for name, scenario in self.showing(fault.breaks).items():
                run.begin(name)
                scenario(run)
                if fault.breaks in run.ledger.failed():
                    counterexample = run.ledger.tallies[fault.breaks].counterexample
                    return None if counterexample is None else minimize.minimize(run, fault.breaks, counterexample).counterexample
        return None

    def shows(self, requirement: str, counterexample: Counterexample) -> Violation | None:
        """Return what a counterexample shows on the faithful reference: it must be nothing."""
        with self.reference() as opened:
            return replay(self.begun(opened, seed="2"), requirement, counterexample.exchanges).violation

    def _chosen(self, only: str | None) -> Iterator[tuple[str, Scenario]]:
        yield from (self.scenarios() if only is None else self.showing(only)).items()

    def showing(self, requirement: str) -> dict[str, Scenario]:
        """Return the scenarios that can show a requirement."""
        naming = {name: scenario for name, scenario in self.scenarios().items() if requirement in self.exercised(scenario)}
        return naming or self.scenarios()  # what no scenario names, any of them may show

    @contextmanager
    def reference(self, fault: Fault = NONE, *, token: str | None = IDENTITY.token, **settings: Any) -> Iterator[Transport]:
        """Yield a transport to a fresh reference, which asks for the token that `judged` sends."""
        assert self.contract.reference is not None
        with self.contract.reference.start(token=token, fault=fault, **settings) as app, open_asgi(app) as transport:
            yield transport


FIRST = Harness(CONTRACT)
scenarios, exercised, judged, begun = FIRST.scenarios, FIRST.exercised, FIRST.judged, FIRST.begun
caught, shows, showing, reference = FIRST.caught, FIRST.shows, FIRST.showing, FIRST.reference


def explained(run: Run) -> str:
    """Return what a run found wrong, for a test's message."""
    lines = []
    for name, finding in run.ledger.tallies.items():
        if finding.counterexample is not None:
            last = finding.counterexample.exchanges[-1]
            sent, got = (last.request.body or b"")[:300], last.response.body[:300] if last.response else last.failure
            lines.append(f"{name}: {finding.counterexample.violation} {last.case.about} {sent!r} -> {last.status} {got!r}")
        lines += [f"{name}: crashed: {error}" for error in finding.errors]
    return "\n".join(lines)
