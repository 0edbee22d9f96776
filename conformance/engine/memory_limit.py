"""The memory of a run is limited: what fills it is what a target answers, and a target is not trusted."""

import sys
from itertools import count
from typing import Any

from conformance.core.errors import OutOfMemory

try:
    import resource
except ImportError:  # Windows has no such module: the memory is not limited there
    _resource: Any = None
else:
    _resource = resource

# A thorough run of some 50,000 exchanges peaks at 330 MB.
MOST_BYTES = 2 * 1024**3
# To ask the system costs as much as a check, and a few answers are not much beside the limit.
_EACH = 8
_UNIT = 1 if sys.platform == "darwin" else 1024


def is_supported() -> bool:
    """Whether this platform tells how much memory a process uses; where it does not, nothing is limited."""
    return _resource is not None


class MemoryLimit:
    """Limits how much the peak memory of the process may grow while the run goes on."""

    def __init__(self) -> None:
        self._before = _peak()
        self._checks = count()

    def check(self) -> None:
        """End a run that has used up its memory.

        Raises:
            OutOfMemory: it has.

        """
        if next(self._checks) % _EACH == 0 and _peak() - self._before > MOST_BYTES:
            raise OutOfMemory(f"the answers of the target took more than {MOST_BYTES // 1024**3} GiB of memory")


def _peak() -> int:
    return 0 if _resource is None else int(_resource.getrusage(_resource.RUSAGE_SELF).ru_maxrss) * _UNIT
