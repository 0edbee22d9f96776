"""The clock of a run. It keeps running if an application in this process, or a user's test, freezes the `time` module."""

import re
import time

# In a tuple, because tools that freeze time replace functions that are attributes of a module.
_REAL = (time.monotonic, time.time, time.perf_counter)
_DURATION = re.compile(r"(\d+(?:\.\d+)?)([smh]?)", re.ASCII)
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600}


def monotonic() -> float:
    """Return monotonic seconds, as `time.monotonic` does."""
    return _REAL[0]()


def now() -> float:
    """Return the POSIX time in seconds."""
    return _REAL[1]()


def elapsed() -> float:
    """Return seconds with the highest resolution, as `time.perf_counter` does."""
    return _REAL[2]()


def duration(text: str) -> float:
    """Return the seconds that a text says: a number of them, or a number with `s`, `m` or `h` after it.

    Raises:
        ValueError: it says none, or no time at all.

    """
    match = _DURATION.fullmatch(text.strip())
    seconds = 0.0 if match is None else float(match[1]) * _SECONDS[match[2]]
    if not 0 < seconds < float("inf"):
        raise ValueError("it must be a number of seconds above 0, or one with s, m or h after it, such as 90s, 15m or 8h")
    return seconds
