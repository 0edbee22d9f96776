"""Standard streams that may be closed, full or no longer read. A command continues in spite of that and keeps its exit code."""

import errno
import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any, TextIO, cast

_STANDARD = range(3)


class LenientStream:
    """A text stream that discards text it cannot write; `error` is the first error of the underlying stream."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self.error: OSError | ValueError | None = None
        if isinstance(stream, io.TextIOWrapper):
            # Characters that the encoding (PYTHONIOENCODING) lacks are written as escapes, as on standard error.
            stream.reconfigure(errors="backslashreplace")

    def write(self, text: str) -> int:
        """Write the text, or discard it; return its length."""
        self._try(lambda: self._stream.write(text))
        return len(text)

    def flush(self) -> None:
        """Flush the stream, or discard its buffer."""
        self._try(self._stream.flush)

    def isatty(self) -> bool:
        """Whether the stream is a terminal."""
        return not self._stream.closed and self._stream.isatty()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    @property
    def is_full(self) -> bool:
        """Whether output was lost that somebody wanted: not if the reader went away (EPIPE) or the stream was closed (EBADF)."""
        return isinstance(self.error, OSError) and self.error.errno not in (errno.EPIPE, errno.EBADF)

    def _try(self, write: Callable[[], object]) -> None:
        if self.error is not None:
            return
        try:
            write()
        except (OSError, ValueError) as error:  # ValueError: an application has closed it
            self.error = error
            # Otherwise Python would try to write the rest at exit, and end with an exit code of its own.
            with suppress(OSError, ValueError):
                _redirect_to_null(self._stream.fileno())


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):  # an application may have closed or replaced it
            stream.flush()


@contextmanager
def silenced() -> Iterator[None]:
    """Discard what this process writes to its standard streams, in whatever way, while the block runs."""
    _flush()
    kept = [os.dup(descriptor) for descriptor in (1, 2)]
    try:
        for descriptor in (1, 2):
            _redirect_to_null(descriptor)
        yield
    finally:
        _flush()
        for descriptor, copy in zip((1, 2), kept, strict=True):
            os.dup2(copy, descriptor)
            os.close(copy)


@contextmanager
def lenient_streams() -> Iterator[LenientStream]:
    """Replace the standard streams by streams that never raise while a command runs; yield standard output."""
    _open_closed_descriptors()
    before = sys.stdin, sys.stdout, sys.stderr
    output, errors = LenientStream(sys.stdout or _null_stream("w")), LenientStream(sys.stderr or _null_stream("w"))
    # A standard stream is None if its descriptor was closed when Python started.
    sys.stdin = sys.stdin or _null_stream("r")
    sys.stdout, sys.stderr = cast("TextIO", output), cast("TextIO", errors)
    try:
        yield output
    finally:
        output.flush()
        errors.flush()
        sys.stdin, sys.stdout, sys.stderr = before


def _open_closed_descriptors() -> None:
    """Open closed standard descriptors on the null device, so that no file or socket gets their number and receives error messages."""
    for number in _STANDARD:
        try:
            os.fstat(number)
        except OSError:
            _redirect_to_null(number)


def _redirect_to_null(number: int) -> None:
    null_device = os.open(os.devnull, os.O_RDWR)
    if null_device == number:
        os.set_inheritable(number, True)  # noqa: FBT003 - worker processes must not find it closed either
        return
    os.dup2(null_device, number)
    os.close(null_device)


def _null_stream(mode: str) -> TextIO:
    return cast("TextIO", open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123 - it stays open until the process ends
