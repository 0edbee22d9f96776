"""Ending a run early: Ctrl-C, SIGTERM, and the word of the process that leads the workers."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

# A platform may lack one of them.
_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


class Interruption:
    """Whether the user, or the system, wants the run to end.

    The first signal ends it between two requests, so that what the one under way makes is known; the second ends it at once. Where
    workers run the scenarios, `word` is a file that the leading process makes for them to see: a signal may have reached it alone.
    """

    def __init__(self, word: Path | None = None) -> None:
        self._is_asked = False
        self.word = word

    @property
    def is_wanted(self) -> bool:
        """Whether the run is to end, by what this process was told or the leading one."""
        return self._is_asked or (self.word is not None and self.word.exists())

    def ask(self) -> None:
        """Want the run to end, here and in the workers."""
        self._is_asked = True
        if self.word is not None:
            self.word.touch()

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """Take signals for the wish to end the run; a second one is a `KeyboardInterrupt`."""

        def interrupted(_number: int, _frame: FrameType | None) -> None:
            if self._is_asked:
                raise KeyboardInterrupt
            self.ask()

        with _handled(interrupted):
            yield


@contextmanager
def at_once() -> Iterator[None]:
    """Make SIGTERM what Ctrl-C is: a `KeyboardInterrupt`."""

    def interrupted(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    with _handled(interrupted):
        yield


@contextmanager
def put_off() -> Iterator[None]:
    """Let no signal come between: what is done here takes a moment, and must be done whole."""
    with _handled(signal.SIG_IGN):
        yield


@contextmanager
def _handled(handler: Any) -> Iterator[None]:
    """Handle signals so; only a process' main thread can."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, handler) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, signal.SIG_DFL if earlier is None else earlier)
