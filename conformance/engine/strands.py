"""Strands: parts of a run that go on beside each other, so that one sends while another waits for its answer.

All that a run knows is touched by one strand at a time: the one that has the turn. It gives the turn away only while it waits. So no other part
of the code has to think of threads.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")
# Seconds between two looks whether what is under way has come back.
_A_MOMENT = 0.001


class Abandoned(BaseException):
    """The run was ended at once while this strand waited; nothing is to be done any more."""


class Strands:
    """The strands of one run, and its requests under way: at most `most` at a time."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._turn = threading.Lock()
        self._given = threading.Condition(self._turn)
        self._pool: ThreadPoolExecutor | None = None
        self._are_running = False
        self._is_over = False
        self._count = threading.Lock()
        self._under_way = 0
        self._submitted = 0
        # The strand that no other may send beside.
        self._alone: int | None = None

    @property
    def are_several(self) -> bool:
        """Whether more than one request may be under way."""
        return self.most > 1

    def submit(self, send: Callable[[], T]) -> Future[tuple[T, int]]:
        """Have something sent; the future tells what came of it, and how many other requests were under way when it was sent."""
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self.most, "conformance-send")
        with self._count:
            self._submitted += 1
        future = self._pool.submit(self._counted, send)
        future.add_done_callback(lambda _future: self._came_back())  # one that is cancelled too
        return future

    def _came_back(self, number: int = 1) -> None:
        with self._count:
            self._submitted -= number

    @contextmanager
    def sending(self, number: int) -> Iterator[None]:
        """Count requests that are sent in another way, for those who are to be alone."""
        with self._count:
            self._submitted += number
        try:
            yield
        finally:
            self._came_back(number)

    def _counted(self, send: Callable[[], T]) -> tuple[T, int]:
        with self._count:
            others = self._under_way
            self._under_way += 1
        try:
            return send(), others
        finally:
            with self._count:
                self._under_way -= 1

    def may_send(self) -> None:
        """Wait while another strand is to be alone."""
        me = threading.get_ident()
        self.wait_until(lambda: self._alone in {None, me})

    @property
    def is_alone(self) -> bool:
        """Whether this strand is alone."""
        return self._alone == threading.get_ident()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let no other strand send while the block runs; what is under way is waited for."""
        if not self._are_running or self.is_alone:
            yield
            return
        self._be_alone()
        try:
            yield
        finally:
            self._alone = None
            self.tell()

    def _be_alone(self) -> None:
        self.wait_until(lambda: self._alone is None)
        self._alone = threading.get_ident()
        while self._submitted:
            with self.waiting():
                time.sleep(_A_MOMENT)

    def result(self, future: Future[T]) -> T:
        """Wait for a future, and let other strands go on meanwhile."""
        if future.done():
            return future.result()
        with self.waiting():
            return future.result()

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Give the turn away while the block waits for something outside of the run."""
        if not self._are_running:
            yield
            return
        self._turn.release()
        try:
            yield
        finally:
            self._turn.acquire()
            if self._is_over:
                raise Abandoned

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Give the turn away until another strand has made a condition true and called `tell`; without strands it must be true."""
        was_alone = self.is_alone
        while self._are_running and not condition():
            if self.is_alone:
                self._alone = None  # what is waited for may have to send
                self.tell()
            self._given.wait()
            if self._is_over:
                raise Abandoned
            if was_alone and condition():
                self._be_alone()  # meanwhile the condition may have changed again

    def tell(self) -> None:
        """Wake the strands that wait for a condition."""
        if self._are_running:
            self._given.notify_all()

    def run(self, functions: Sequence[Callable[[], None]]) -> None:
        """Run functions beside each other, as many at a time as requests may be under way, begun in their order.

        Raises:
            BaseException: what one of them raised; those that were not begun are left out.

        """
        waiting, errors = list(reversed(functions)), list[BaseException]()

        def strand() -> None:
            with self._turn:
                try:
                    while waiting and not errors and not self._is_over:
                        waiting.pop()()
                except Abandoned:
                    pass
                except BaseException as error:  # noqa: BLE001 - it is raised again by the strand that waits for all
                    errors.append(error)

        count = min(self.most, len(functions))
        self._begin([threading.Thread(target=strand, daemon=True, name=f"conformance-{number}") for number in range(count)])
        if errors:
            raise errors[0]

    def _begin(self, threads: list[threading.Thread]) -> None:
        is_first, self._are_running = not self._are_running, True
        if not is_first:
            self._turn.release()
        try:
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        except BaseException:
            if is_first:
                self._is_over = True
                self.close()
            raise
        finally:
            if is_first:
                self._are_running = False
            else:
                self._turn.acquire()

    def close(self) -> None:
        """Let go of the threads that send."""
        if self._pool is not None:
            self._pool.shutdown(wait=not self._is_over, cancel_futures=True)
