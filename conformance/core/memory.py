"""How Python handles memory in a process of our own: a run makes many objects, few cycles, and large texts in several threads."""

import ctypes
import gc
import sys

# New objects before a first look, and looks of one kind before one of the next. Python's own numbers cost a run a sixth of its time:
# each full look visits all modules, schemas and strategies again.
_THRESHOLDS = (20_000, 20, 50)
# glibc's option for the number of arenas (mallopt(3)). Each thread that sends would keep one of its own, 30 MB in all,
# and gain nothing, because Python lets one thread at a time allocate.
_ARENA_MAX = -8


def tune() -> None:
    """Look for garbage seldom, and use one arena; only for a process that is ours and ends with the run."""
    gc.set_threshold(*_THRESHOLDS)
    if sys.platform == "linux" and hasattr(library := ctypes.CDLL(None), "mallopt"):
        library.mallopt(_ARENA_MAX, 1)


def settle() -> None:
    """Never look for garbage among what there is already: modules, schemas, strategies. In a process that is not tuned nothing happens."""
    if gc.get_threshold() == _THRESHOLDS:
        gc.freeze()
