"""Trials: mutants judged by our scenarios, each in a process of its own, forked from one in which everything is warm.

A cold process needs 5 s for all scenarios and a warm one 2 s: the rest are Hypothesis' tables, compiled schemas and imports.
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
from mutation import module_loader as loading
from mutation.mutant import Mutant
from mutation.scenario_runner import Order, Outcome, judged

CPU_SECONDS = 20
WALL_SECONDS = 120
_GRACE = 5
_BYTES = 3 * 2**30
# The slow ones: only what all the others overlook needs to see them.
_LATE = ("test_laws", "test_conditions", "test_groups", "test_groups_by_chance", "test_many_items")
# What a module does is shown by these first.
_NEAREST = {"selection": "query/", "listing": "query/", "validation": "core/"}


def warmed() -> Order:
    """Judge the faithful reference, so that everything is warm; return the scenarios in the order of trials.

    Raises:
        SystemExit: it is not found conforming, so that no mutant would show anything.

    """
    outcome, requests = judged(loading.faithful(), tuple(scenarios()))
    if outcome.kind != "survived":
        raise SystemExit(f"the faithful reference itself: {outcome}")
    return tuple(sorted(scenarios(), key=lambda name: (name.endswith(_LATE), requests[name])))


def trials(mutants: Iterable[Mutant], order: Order, processes: int) -> Iterator[tuple[Mutant, Outcome]]:
    """Yield mutants with what became of them, as they end."""
    gc.freeze()
    waiting, running = iter(mutants), dict[Connection, _Trial]()
    while True:
        while len(running) < processes and (mutant := next(waiting, None)) is not None:
            trial = _Trial(mutant, order)
            running[trial.connection] = trial
        if not running:
            return
        wait(running, timeout=1)
        for connection, trial in list(running.items()):
            if (outcome := trial.outcome()) is not None:
                del running[connection]
                yield trial.mutant, outcome


class _Trial:
    """A mutant in its process."""

    def __init__(self, mutant: Mutant, order: Order) -> None:
        self.mutant = mutant
        self._until = time.monotonic() + WALL_SECONDS
        self.connection, told = multiprocessing.Pipe(duplex=False)
        self._process = multiprocessing.get_context("fork").Process(target=_attempt, args=(mutant, order, told))
        self._process.start()
        told.close()

    def outcome(self) -> Outcome | None:
        """Return what became of it, or None while it runs."""
        if self.connection.poll():
            found = self._told()
        elif time.monotonic() > self._until:
            found = Outcome("timeout", seconds=WALL_SECONDS)
        else:
            return None
        self._process.kill()
        self._process.join()
        self.connection.close()
        return found

    def _told(self) -> Outcome:
        try:
            found: Outcome = self.connection.recv()
        except EOFError:
            self._process.join(_GRACE)
            return ended(self._process.exitcode)
        return found


def ended(code: int | None) -> Outcome:
    """Return what became of a mutant whose process said nothing and ended so: by its limit, or by a crash of what it ran."""
    if code == -signal.SIGXCPU:
        return Outcome("timeout", seconds=CPU_SECONDS)
    return Outcome("crashed", (f"its process ended with {code}",))


def _attempt(mutant: Mutant, order: Order, told: Connection) -> None:
    _limit()
    started = time.process_time()
    try:
        reference = loading.mutated(mutant)
        reference().close()
    except Exception as error:  # noqa: BLE001 - whatever a mutant raises, it did not start
        told.send(Outcome("broken", (f"{type(error).__name__}: {error}",)))
        return
    outcome, _requests = judged(reference, _nearest(mutant.module, order))
    told.send(replace(outcome, seconds=round(time.process_time() - started, 3)))


def _nearest(module: str, order: Order) -> Order:
    first = _NEAREST.get(module, "")
    return tuple(sorted(order, key=lambda name: (name.endswith(_LATE), not name.startswith(first))))


def _limit() -> None:
    """Bound what a mutant may use, and let it keep its warnings to itself."""
    # The signal of the lower limit says that it was this; at the higher one it would be the one that kills for any reason.
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (_BYTES, _BYTES))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    warnings.simplefilter("ignore")
