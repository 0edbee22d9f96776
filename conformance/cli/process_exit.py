"""Leaving the process with the exit code that a command came to, whatever an application in it has left behind."""

import atexit
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NoReturn
from unittest.mock import patch

# Kept where nobody replaces it.
_EXIT = (os._exit,)


@contextmanager
def guarded() -> Iterator[None]:
    """Let nobody leave this process for us: `os._exit`, which runs nothing and prints nothing, raises SystemExit meanwhile.

    A forked child may leave as it likes.
    """
    own = os.getpid()

    def leave_later(code: int) -> NoReturn:
        if os.getpid() != own:
            _EXIT[0](code)
        raise SystemExit(code)

    with patch.object(os, "_exit", leave_later):
        yield


def leave(code: int) -> NoReturn:
    """End the process with this code: threads that never end, and functions that want another code at the end, change nothing."""
    with guarded(), suppress(BaseException):
        atexit._run_exitfuncs()  # noqa: SLF001 - what the end of the interpreter would do, and there is no public name for it
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()
    _EXIT[0](code)
