"""How often Python looks for garbage in a process of our own: seldom, because a run makes many objects and few cycles."""

import gc

# New objects before a first look, and looks of one kind before one of the next. Python's own numbers cost a run a sixth of its time:
# each full look visits all modules, schemas and strategies again.
_THRESHOLDS = (20_000, 50, 100)


def collect_seldom() -> None:
    """Look for garbage seldom from now on, and never among what there is already; only for a process that is ours and ends with the run."""
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
