"""Judges an application within a test: runs the scenarios that show a requirement one after the other, without pytest."""

import fnmatch
import importlib.util
import io
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from types import ModuleType
from typing import Any

from conformance.client.client import Client, Identity
from conformance.client.transports import Transport
from conformance.client.transports.asgi import open_asgi
from conformance.contracts.collections.contract import API, PROFILES
from conformance.contracts.collections.reference.app import Reference
from conformance.contracts.collections.reference.faults import NONE, Fault
from conformance.contracts.collections.requirements import requirements
from conformance.contracts.collections.run import CollectionsRun
from conformance.contracts.collections.vocabulary import Vocabulary
from conformance.core import json_text, resources
from conformance.engine import minimize
from conformance.engine.budget import BUDGETS, Budget
from conformance.engine.replay import replay
from conformance.engine.run import Run
from conformance.evidence.ledger import Counterexample, Violation
from conformance.evidence.record import Recorder
from conformance.evidence.redaction import Redactor

IDENTITY = Identity("harness-token", "ns_one", "ns_two")
Scenario = Callable[[Run], None]


@cache
def scenarios() -> dict[str, Scenario]:
    """Return every shipped scenario by its name."""
    by_name: dict[str, Scenario] = {}
    for path in sorted(resources.find("suites/collections").glob("*/test_*.py")):
        module = _module(path.stem, str(path))
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


def exercised(scenario: Scenario) -> set[str]:
    """Return the requirements that a scenario says it can show."""
    globs = [glob for mark in scenario.pytestmark for glob in mark.args]  # type: ignore[attr-defined]
    return {name for name in requirements() if any(fnmatch.fnmatchcase(name, glob) for glob in globs)}


def judged(
    transport: AbstractContextManager[Transport],
    *,
    only: str | None = None,
    seed: str = "1",
    budget: Budget = BUDGETS["quick"],
    vocabulary: Vocabulary | None = None,
) -> Run:
    """Run the scenarios that show a requirement, or all; return the run with its ledger."""
    with transport as opened:
        run = begun(opened, seed=seed, budget=budget, vocabulary=vocabulary)
        for name, scenario in _chosen(only):
            run.begin(name)
            scenario(run)
    return run


def begun(
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
    return CollectionsRun(API, client, recorder, vocabulary=vocabulary or Vocabulary(), seed=seed, budget=budget, served=frozenset(PROFILES),
               on_exchange=on_exchange)  # fmt: skip


class _Nowhere(io.StringIO):
    """Forgets what is written: the exchanges of a run are not looked at again."""

    def write(self, text: str) -> int:
        return len(text)


def caught(fault: Fault) -> Counterexample | None:
    """Return the counterexample, made small, of the requirement that a fault breaks; None if no scenario shows it."""
    with reference(fault) as opened:
        run = begun(opened)
        for name, scenario in showing(fault.breaks).items():
            run.begin(name)
            scenario(run)
            if fault.breaks in run.ledger.failed():
                counterexample = run.ledger.tallies[fault.breaks].counterexample
                return None if counterexample is None else minimize.minimize(run, fault.breaks, counterexample).counterexample
    return None


def shows(requirement: str, counterexample: Counterexample) -> Violation | None:
    """Return what a counterexample shows on the faithful reference: it must be nothing."""
    with reference() as opened:
        return replay(begun(opened, seed="2"), requirement, counterexample.exchanges).violation


def _chosen(only: str | None) -> Iterator[tuple[str, Scenario]]:
    yield from (scenarios() if only is None else showing(only)).items()


def showing(requirement: str) -> dict[str, Scenario]:
    """Return the scenarios that can show a requirement."""
    naming = {name: scenario for name, scenario in scenarios().items() if requirement in exercised(scenario)}
    return naming or scenarios()  # what no scenario names, any of them may show


@contextmanager
def reference(fault: Fault = NONE, *, token: str | None = IDENTITY.token, **settings: Any) -> Iterator[Transport]:
    """Yield a transport to a fresh reference, which asks for the token that `judged` sends."""
    server = Reference(fault=fault, token=token, **settings)
    try:
        with open_asgi(server.app) as transport:
            yield transport
    finally:
        server.close()


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
