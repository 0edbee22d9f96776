"""End the process with the exit code of the command, whatever an application in this process has left behind."""

import atexit
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NoReturn
from unittest.mock import patch

# In a tuple, so that no patch of `os` replaces it.
_EXIT = (os._exit,)


@contextmanager
def guarded() -> Iterator[None]:
    """Make `os._exit` raise SystemExit in this process, so that an application cannot end it without a verdict.

    A forked child process ends as usual.
    """
    own = os.getpid()

    def leave_later(code: int) -> NoReturn:
        if os.getpid() != own:
            _EXIT[0](code)
        raise SystemExit(code)

    with patch.object(os, "_exit", leave_later):
        yield


def leave(code: int) -> NoReturn:
    """End the process with this code, even if threads are still running or an exit function wants another code."""
    with guarded(), suppress(BaseException):
        atexit._run_exitfuncs()  # noqa: SLF001 - the interpreter would do this at its end; there is no public function for it
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()
    _EXIT[0](code)
