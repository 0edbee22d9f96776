"""The exceptions that the toolkit raises on purpose, each with the exit code of the command line.

The command line prints the message in one line and exits with `exit_code`. Any other exception is an error in the toolkit
itself (exit code 4).
"""

from enum import IntEnum


class Exit(IntEnum):
    """The exit codes of the command line. They never change, because scripts rely on them."""

    CONFORMING = 0
    NOT_CONFORMING = 1
    USAGE = 2
    UNREACHABLE = 3
    INCOMPLETE = 4


class ConformanceError(Exception):
    """Base class of these exceptions; the message is one line for the user."""

    exit_code = Exit.INCOMPLETE


class UsageError(ConformanceError):
    """An option, a file, a specification or an application path is wrong."""

    exit_code = Exit.USAGE


class WantsToken(UsageError):
    """The target refuses requests without a token, or with the given token."""


class TargetError(ConformanceError):
    """The target cannot be tested: it cannot be reached, or it does not serve this API."""

    exit_code = Exit.UNREACHABLE


class NotThisApi(TargetError):
    """What answers is not this API, or not this edition of it."""


class TargetGone(TargetError):
    """The target stopped answering during the run."""


class TargetBusy(ConformanceError):
    """The target keeps answering 429 or 503 with a request to try again later."""


class TargetForgot(ConformanceError):
    """The target lost resources that the run created and did not delete."""


class OutOfTime(ConformanceError):
    """The time limit of the run has passed."""


class TokenRefused(ConformanceError):
    """The target refuses the token that it accepted earlier in the run."""


class RecordLost(ConformanceError):
    """The record cannot be written, for example because the disk is full or the folder was deleted."""


class OutOfMemory(ConformanceError):
    """The run has reached its memory limit."""


def describe_error(error: BaseException) -> str:
    """Return what an error is and where in the code it was raised, for a person who has to find it."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    where = f" ({frame.tb_frame.f_code.co_filename.rpartition('/')[2]}:{frame.tb_lineno})" if frame is not None else ""
    return f"{type(error).__name__}: {error}{where}"
