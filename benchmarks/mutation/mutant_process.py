"""Run each mutant in a process of its own, which is forked from a process that has run all scenarios once.

A cold process needs 5 s for all scenarios and a warm one 2 s. The rest is spent on imports, compiled schemas and Hypothesis' tables.
"""

import gc
import multiprocessing
import os
import resource
import signal
import time
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import replace
from multiprocessing.connection import Connection, wait

from harness import scenarios
from mutation import module_loader
from mutation.mutant import Mutant
from mutation.scenario_runner import Order, Outcome, run_scenarios

CPU_SECONDS = 20
WALL_SECONDS = 120
_GRACE_SECONDS = 5
_MEMORY_BYTES = 3 * 2**30
# Slow scenarios. They run last, because most mutants are noticed before.
_SLOW_SCENARIOS = ("test_laws", "test_conditions", "test_groups", "test_groups_by_chance", "test_many_items")
# The scenarios that are most likely to notice a mutant of a module. They run first.
_LIKELY_SCENARIOS = {"selection": "query/", "listing": "query/", "validation": "core/"}


def warm_up() -> Order:
    """Run all scenarios against the unchanged reference, so that caches are filled. Return the order in which to run scenarios.

    Raises:
        SystemExit: the unchanged reference is not found conforming, so mutants would show nothing.

    """
    outcome, requests = run_scenarios(module_loader.load_reference(), tuple(scenarios()))
    if outcome.kind != "survived":
        raise SystemExit(f"the unchanged reference is not conforming: {outcome}")
    return tuple(sorted(scenarios(), key=lambda name: (name.endswith(_SLOW_SCENARIOS), requests[name])))


def run_mutants(mutants: Iterable[Mutant], order: Order, processes: int) -> Iterator[tuple[Mutant, Outcome]]:
    """Yield each mutant and its outcome when it has ended."""
    gc.freeze()
    waiting, running = iter(mutants), dict[Connection, _MutantProcess]()
    while True:
        while len(running) < processes and (mutant := next(waiting, None)) is not None:
            process = _MutantProcess(mutant, order)
            running[process.connection] = process
        if not running:
            return
        wait(running, timeout=1)
        for connection, process in list(running.items()):
            if (outcome := process.poll()) is not None:
                del running[connection]
                yield process.mutant, outcome


class _MutantProcess:
    """A process that runs one mutant."""

    def __init__(self, mutant: Mutant, order: Order) -> None:
        self.mutant = mutant
        self._deadline = time.monotonic() + WALL_SECONDS
        self.connection, child_connection = multiprocessing.Pipe(duplex=False)
        self._process = multiprocessing.get_context("fork").Process(target=_run_mutant, args=(mutant, order, child_connection))
        self._process.start()
        child_connection.close()

    def poll(self) -> Outcome | None:
        """Return the outcome, or None while the process runs."""
        if self.connection.poll():
            outcome = self._receive()
        elif time.monotonic() > self._deadline:
            outcome = Outcome("timeout", seconds=WALL_SECONDS)
        else:
            return None
        self._process.kill()
        self._process.join()
        self.connection.close()
        return outcome

    def _receive(self) -> Outcome:
        try:
            outcome: Outcome = self.connection.recv()
        except EOFError:
            self._process.join(_GRACE_SECONDS)
            return outcome_of_exit(self._process.exitcode)
        return outcome


def outcome_of_exit(code: int | None) -> Outcome:
    """Return the outcome of a process that ended without sending one: it reached its CPU limit, or it crashed."""
    if code == -signal.SIGXCPU:
        return Outcome("timeout", seconds=CPU_SECONDS)
    return Outcome("crashed", (f"its process ended with {code}",))


def _run_mutant(mutant: Mutant, order: Order, connection: Connection) -> None:
    """Run the scenarios against a mutant, and send the outcome. This is what the process does."""
    _limit_resources()
    started = time.process_time()
    try:
        reference = module_loader.load_mutated_reference(mutant)
        reference().close()
    except Exception as error:  # noqa: BLE001 - a mutant may raise anything when it starts
        connection.send(Outcome("broken", (f"{type(error).__name__}: {error}",)))
        return
    outcome, _requests = run_scenarios(reference, _order_for(mutant.module, order))
    connection.send(replace(outcome, seconds=round(time.process_time() - started, 3)))


def _order_for(module: str, order: Order) -> Order:
    likely = _LIKELY_SCENARIOS.get(module, "")
    return tuple(sorted(order, key=lambda name: (name.endswith(_SLOW_SCENARIOS), not name.startswith(likely))))


def _limit_resources() -> None:
    """Limit the CPU time and the memory of this process, and hide its warnings and its standard error."""
    # The soft limit sends SIGXCPU, which tells that the limit was reached. The hard limit would send SIGKILL, which has other causes too.
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    warnings.simplefilter("ignore")
