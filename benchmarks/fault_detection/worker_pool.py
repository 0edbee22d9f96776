"""A crew: processes that do work and tell what became of it, one of which may end without ending the others.

A pool of the standard library waits for ever for the answer of a process that was killed, or ends with it.
"""

import traceback
from collections.abc import Iterable, Iterator
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection, wait

from fault_detection.jobs import Outcome, Work

# A process lives for a few trials only: a faulty server may keep what it holds.
_LIFE = 8


def outcomes(work: Iterable[Work], processes: int) -> Iterator[tuple[int, Outcome]]:
    """Yield what becomes of each piece of work with its number, as it comes."""
    waiting, idle, running = enumerate(work), list[_Worker](), list[_Worker]()
    try:
        while True:
            _give(waiting, idle, running, processes)
            if not running:
                return
            ready = wait([one.connection for one in running])
            for worker in [one for one in running if one.connection in ready]:
                running.remove(worker)
                idle.append(worker)
                yield worker.number, worker.outcome()
    finally:
        for worker in (*idle, *running):
            worker.end()


def _give(waiting: Iterator[tuple[int, Work]], idle: list["_Worker"], running: list["_Worker"], processes: int) -> None:
    while len(running) < processes and (one := next(waiting, None)) is not None:
        worker = _fresh(idle)
        worker.give(*one)
        running.append(worker)


def _fresh(idle: list["_Worker"]) -> "_Worker":
    """Return one that may work on, or a new one."""
    while idle:
        worker = idle.pop()
        if worker.left:
            return worker
        worker.end()
    return _Worker()


class _Worker:
    """A process, and the work that it has."""

    def __init__(self) -> None:
        self.connection, theirs = Pipe()
        self._process = get_context("fork").Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        self.left = _LIFE

    def give(self, number: int, work: Work) -> None:
        self.number, self._work = number, work
        self.left -= 1
        self.connection.send(work)

    def outcome(self) -> Outcome:
        try:
            found: Outcome = self.connection.recv()
        except (EOFError, ConnectionResetError):  # it is gone, and its work with it
            self._process.join()
            self.left = 0
            return self._work.failed(f"its process ended with {self._process.exitcode}")
        return found

    def end(self) -> None:
        self._process.kill()
        self._process.join()
        self.connection.close()


def _serve(connection: Connection) -> None:
    while True:
        connection.send(attempted(connection.recv()))


def attempted(work: Work) -> Outcome:
    """Return what became of one piece of work: an error of ours is a result of it, and ends no other."""
    try:
        return work.done()
    except Exception as error:  # noqa: BLE001 - whatever a trial raises is recorded, and the run ends with 1
        traceback.print_exc()
        return work.failed(f"{type(error).__name__}: {error}")
