"""What a server prints while it is judged, a line with its time: a process that was started for the run, or an application in this one."""

import logging
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from conformance.core import timing

# Where the exceptions of an application in this process are told; nobody hears it unless somebody listens.
APPLICATION = logging.getLogger("conformance.application")
APPLICATION.addHandler(logging.NullHandler())
_KEPT_LINES = 20_000
_LONGEST_LINE = 2_000
# A server may print a little later than it answers, or before its clock and ours agree.
_BEFORE, _AFTER = 0.02, 0.25


class ServerOutput:
    """The last lines that a server printed; several threads may add and read."""

    def __init__(self) -> None:
        self._lines: deque[tuple[float, str]] = deque(maxlen=_KEPT_LINES)
        self._lock = threading.Lock()

    def add(self, text: str) -> None:
        """Keep what was printed now."""
        now = timing.now()
        with self._lock:
            self._lines.extend((now, line[:_LONGEST_LINE]) for line in text.splitlines() if line.strip())

    def read(self, stream: IO[bytes]) -> None:
        """Keep what a stream yields until it ends."""
        for line in stream:
            self.add(line.decode("utf-8", "replace"))

    def between(self, start: float, end: float) -> list[str]:
        """Return what was printed from one POSIX time to another, and a little around them."""
        with self._lock:
            return [line for printed_at, line in self._lines if start - _BEFORE <= printed_at <= end + _AFTER]

    def lines(self) -> list[str]:
        """Return all that is kept."""
        with self._lock:
            return [line for _printed_at, line in self._lines]

    @contextmanager
    def of_logging(self) -> Iterator[None]:
        """Keep what this process logs as an error, tracebacks too, while the block runs."""
        handler = _Listener(self)
        root = logging.getLogger()
        root.addHandler(handler)
        try:
            yield
        finally:
            root.removeHandler(handler)


class _Listener(logging.Handler):
    def __init__(self, output: ServerOutput) -> None:
        super().__init__(logging.ERROR)
        self._output = output

    def emit(self, record: logging.LogRecord) -> None:
        self._output.add(self.format(record))
