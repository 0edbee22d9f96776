"""What ends a run before its scenarios are done: its time, its memory, and the user."""

from dataclasses import dataclass

from conformance.core import timing
from conformance.core.errors import OutOfTime
from conformance.engine.interruption import Interruption
from conformance.engine.memory_limit import MemoryLimit


@dataclass(frozen=True, slots=True)
class RunControl:
    """The limits of a run; `deadline` is a `timing.monotonic()` value, or None, and so is a memory that is not bounded."""

    interruption: Interruption
    deadline: float | None = None
    memory: MemoryLimit | None = None

    def check(self, keep: float = 0.0) -> None:
        """End the run between two requests, if its time or memory is used up or the user wants it to end; `keep` seconds are for later.

        Raises:
            OutOfTime: it is.
            OutOfMemory: what the target answered fills the memory.
            KeyboardInterrupt: the user does.

        """
        if self.interruption.is_wanted:
            raise KeyboardInterrupt
        if self.deadline is not None and timing.monotonic() > self.deadline - keep:
            raise OutOfTime("the time limit is over; --max-time S sets another")
        if self.memory is not None:
            self.memory.check()
