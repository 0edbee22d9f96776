"""The clock of a run: an application in this process, or a user's test, may stop the one that everybody sees."""

import time

# Kept where tools that freeze time do not look: they replace what modules name.
_REAL = (time.monotonic, time.time, time.perf_counter)


def monotonic() -> float:
    """Return seconds that only go on, as `time.monotonic` does."""
    return _REAL[0]()


def now() -> float:
    """Return the POSIX time in seconds."""
    return _REAL[1]()


def elapsed() -> float:
    """Return seconds of the highest resolution, as `time.perf_counter` does."""
    return _REAL[2]()
