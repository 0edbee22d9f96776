"""A sentinel: a thing that nothing of the run touches. When it is gone, the target has forgotten what was made on it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from conformance.engine.plan import Plan
from conformance.engine.run import Run
from conformance.evidence.exchange import Exchange

_TIMES = 2
_GONE = 404
R = TypeVar("R", bound=Run)


@dataclass(frozen=True, slots=True)
class SentinelSteps(Generic[R]):
    """How a contract makes a sentinel, asks for it, and makes and deletes another thing beside it, where things can be deleted."""

    make: Callable[[R], Exchange]
    look: Callable[[R, Exchange], Plan]
    delete_another: Callable[[R], None]


class Sentinel(Generic[R]):
    """The sentinel of one run, once it is made; a target that does not let us make one is never said to have forgotten it."""

    def __init__(self, run: R, steps: SentinelSteps[R] | None) -> None:
        self._run = run
        self._steps = steps
        self._made: Exchange | None = None

    @property
    def identifier(self) -> str:
        """The sentinel's id."""
        return "" if self._made is None else self._made.created_id or ""

    def place(self) -> None:
        """Make it; nothing is judged by it."""
        if self._steps is None:
            return
        self._run.begin_own("landmark")  # the name seeds tags: it stays, so that a seed sends the same bytes
        exchange = self._steps.make(self._run)
        self._made = exchange if exchange.created_id is not None else None

    def falls_to_deletes(self) -> bool:
        """Whether it goes when another thing is deleted: that is a server that deletes too much."""
        if self._steps is None or not self._run.can_delete:
            return False
        self.place()
        self._steps.delete_another(self._run)
        return self.is_gone()

    def is_gone(self) -> bool:
        """Whether the target says of it that it does not exist, each time that it is asked."""
        if self._made is None or self._steps is None:
            return False
        plan = self._steps.look(self._run, self._made)
        return all(self._run.repeat(plan).status == _GONE for _ in range(_TIMES))
