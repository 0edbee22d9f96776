"""Standard streams that are closed, full or not read any more: a command goes on all the same, to its exit code."""

import errno
import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any, TextIO, cast

_STANDARD = range(3)


class Lenient:
    """A text stream which drops what it cannot write; `error` is why, the first time."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self.error: OSError | ValueError | None = None
        if isinstance(stream, io.TextIOWrapper):
            # What an encoding lacks (PYTHONIOENCODING, a path that is no UTF-8) is shown as an escape, as on standard error.
            stream.reconfigure(errors="backslashreplace")

    def write(self, text: str) -> int:
        """Write, or drop."""
        self._try(lambda: self._stream.write(text))
        return len(text)

    def flush(self) -> None:
        """Write what is held back, or drop it."""
        self._try(self._stream.flush)

    def isatty(self) -> bool:
        """Whether a terminal shows it."""
        return not self._stream.closed and self._stream.isatty()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    @property
    def is_full(self) -> bool:
        """Whether what was dropped is missed: a reader who left, or a stream that was closed, wanted no more."""
        return isinstance(self.error, OSError) and self.error.errno not in (errno.EPIPE, errno.EBADF)

    def _try(self, write: Callable[[], object]) -> None:
        if self.error is not None:
            return
        try:
            write()
        except (OSError, ValueError) as error:  # ValueError: an application has closed it
            self.error = error
            # Else Python tries once more to write the rest on its way out, and makes an exit code of its own of that.
            with suppress(OSError, ValueError):
                _lead_nowhere(self._stream.fileno())


@contextmanager
def settled() -> Iterator[Lenient]:
    """Make standard streams that nothing fails by, for as long as a command runs; yield standard output."""
    _open_descriptors()
    before = sys.stdin, sys.stdout, sys.stderr
    output, errors = Lenient(sys.stdout or _nowhere("w")), Lenient(sys.stderr or _nowhere("w"))
    # Python has None where a descriptor was closed as it started.
    sys.stdin = sys.stdin or _nowhere("r")
    sys.stdout, sys.stderr = cast("TextIO", output), cast("TextIO", errors)
    try:
        yield output
    finally:
        output.flush()
        errors.flush()
        sys.stdin, sys.stdout, sys.stderr = before


def _open_descriptors() -> None:
    """Take closed descriptors before a record or a socket gets their numbers, and with them what is written to standard error."""
    for number in _STANDARD:
        try:
            os.fstat(number)
        except OSError:
            _lead_nowhere(number)


def _lead_nowhere(number: int) -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    if nowhere == number:
        os.set_inheritable(number, True)  # noqa: FBT003 - workers must not find it closed either
        return
    os.dup2(nowhere, number)
    os.close(nowhere)


def _nowhere(mode: str) -> TextIO:
    return cast("TextIO", open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123 - it lasts as long as the process
