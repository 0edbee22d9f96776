"""The pace of a run: as fast as the target allows, at most as fast as the target file says."""

import threading
import time
from collections.abc import Callable

from conformance.core import timing

# Factors for the interval, after an answer that asks to try again later and after any other answer. By these factors the pace becomes
# slower if more than about one request in four is put off.
_SLOW_DOWN, _SPEED_UP = 1.3, 0.9
_FIRST_INTERVAL, _LONGEST_INTERVAL = 0.02, 0.25


class Pace:
    """Spaces out the requests of several threads; `per_second` is the highest rate, or None for no limit."""

    def __init__(self, per_second: float | None = None, sleep: Callable[[float], None] = time.sleep) -> None:
        self._shortest = 1 / per_second if per_second else 0.0
        self._interval = self._shortest
        self._sleep = sleep
        self._next = 0.0
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Wait until the next request may be sent."""
        if not self._interval:
            return
        with self._lock:
            now = timing.monotonic()
            at = max(self._next, now)
            self._next = at + self._interval
        self._sleep(max(0.0, at - now))

    def slow_down(self) -> None:
        """Leave more time between requests, because the target asked to try again later."""
        with self._lock:
            longest = max(_LONGEST_INTERVAL, self._shortest)
            self._interval = min(longest, max(_FIRST_INTERVAL, self._interval * _SLOW_DOWN))

    def speed_up(self) -> None:
        """Leave less time between requests, down to the limit of the target file, because a request was answered."""
        if self._interval <= self._shortest:
            return
        with self._lock:
            shorter = self._interval * _SPEED_UP
            self._interval = shorter if shorter > max(self._shortest, _FIRST_INTERVAL / 2) else self._shortest
