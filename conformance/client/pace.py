"""The pace of a run: as fast as the target takes it, or as its file says; slower after each request that it puts off."""

import threading
import time
from collections.abc import Callable

from conformance.core import timing

# After an answer that puts off, and after one that does not: where more than one request in four is put off, the pace slows down.
_SLOWER, _FASTER = 1.3, 0.9
_FIRST_SECONDS, _MOST_SECONDS = 0.02, 0.25


class Pace:
    """Spaces out the requests of several threads; `per_second` is the most that may be sent, None for no limit."""

    def __init__(self, per_second: float | None = None, sleep: Callable[[float], None] = time.sleep) -> None:
        self._least = 1 / per_second if per_second else 0.0
        self._interval = self._least
        self._sleep = sleep
        self._next = 0.0
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Wait until the next request may go out."""
        if not self._interval:
            return
        with self._lock:
            now = timing.monotonic()
            at = max(self._next, now)
            self._next = at + self._interval
        self._sleep(max(0.0, at - now))

    def slow_down(self) -> None:
        """Leave more time between requests: the target has put one off."""
        with self._lock:
            most = max(_MOST_SECONDS, self._least)
            self._interval = min(most, max(_FIRST_SECONDS, self._interval * _SLOWER))

    def speed_up(self) -> None:
        """Leave less time between requests, down to what the target's file says: one was answered."""
        if self._interval <= self._least:
            return
        with self._lock:
            shorter = self._interval * _FASTER
            self._interval = shorter if shorter > max(self._least, _FIRST_SECONDS / 2) else self._least
