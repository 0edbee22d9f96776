"""The clock of a run. It keeps running if an application in this process, or a user's test, freezes the `time` module."""

import time

# In a tuple, because tools that freeze time replace functions that are attributes of a module.
_REAL = (time.monotonic, time.time, time.perf_counter)


def monotonic() -> float:
    """Return monotonic seconds, as `time.monotonic` does."""
    return _REAL[0]()


def now() -> float:
    """Return the POSIX time in seconds."""
    return _REAL[1]()


def elapsed() -> float:
    """Return seconds with the highest resolution, as `time.perf_counter` does."""
    return _REAL[2]()
