"""The memory of a run: bounded, for what fills it is what a target answers, and a target is not trusted."""

import resource
import sys

from conformance.core.errors import OutOfMemory

# A thorough run of some 50,000 exchanges peaks at 330 MB.
MOST_BYTES = 2 * 1024**3
_UNIT = 1 if sys.platform == "darwin" else 1024


class Memory:
    """How much more memory the process has come to use at its peak since the run began: before that, it is somebody else's."""

    def __init__(self) -> None:
        self._before = _peak()

    def check(self) -> None:
        """End a run that has used up its memory.

        Raises:
            OutOfMemory: it has.

        """
        if _peak() - self._before > MOST_BYTES:
            raise OutOfMemory(f"the answers of the target took more than {MOST_BYTES // 1024**3} GiB of memory")


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT
