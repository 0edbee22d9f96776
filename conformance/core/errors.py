"""What a person did wrong or a target refused to do, as a tree with the exit codes of the command line.

The command line prints the message of any of these in one line and exits with `exit_code`; nothing else is expected to escape
from a command, so whatever does is the toolkit's own error (4).
"""

from enum import IntEnum


class Exit(IntEnum):
    """The command line's exit codes; fixed, scripts rely on them."""

    CONFORMING = 0
    NOT_CONFORMING = 1
    USAGE = 2
    UNREACHABLE = 3
    INCOMPLETE = 4


class ConformanceError(Exception):
    """Base of all that the toolkit raises on purpose; the message is one line for a person."""

    exit_code = Exit.INCOMPLETE


class UsageError(ConformanceError):
    """A bad option, file, specification or application path."""

    exit_code = Exit.USAGE


class WantsToken(UsageError):
    """The target lets nobody in without a token, or not with the given one."""


class TargetError(ConformanceError):
    """The target cannot be judged: it is not there, or it is not this API."""

    exit_code = Exit.UNREACHABLE


class TargetGone(TargetError):
    """The target stopped answering in the middle of a run."""


class TargetBusy(ConformanceError):
    """The target goes on asking to come back later."""


class TargetForgot(ConformanceError):
    """What was made on the target is not there any more, though nothing has deleted it."""


class OutOfTime(ConformanceError):
    """The run's own time limit is over."""


class TokenRefused(ConformanceError):
    """The target does not let the run in any more, with the token that it took before."""


class RecordLost(ConformanceError):
    """The record cannot be written: a full disk, or a folder that is gone."""


class OutOfMemory(ConformanceError):
    """The run has used as much memory as it may."""
