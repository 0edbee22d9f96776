"""The line of requests under way: sent one after the other by a thread, judged in that order by whoever draws the next ones."""

import sys
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Self

from conformance.engine.plan import Delivery, Plan
from conformance.evidence.exchange import Exchange

if TYPE_CHECKING:
    from conformance.engine.run import Run

_UNDER_WAY = 3
_SWITCH_SECONDS = 0.00005


class Line:
    """Requests under way: sent one after the other by a thread, judged in that order by the one that draws."""

    def __init__(self, run: "Run", then: Callable[[Exchange], None]) -> None:
        self._run = run
        self._then = then
        self._sent: deque[Future[Delivery]] = deque()
        self._thread = ThreadPoolExecutor(1)

    def __enter__(self) -> Self:
        # An answer that has come must not wait until the drawing thread has had its usual 5 ms.
        self._interval = sys.getswitchinterval()
        sys.setswitchinterval(_SWITCH_SECONDS)
        return self

    def put(self, plan: Plan) -> None:
        """Send a request, and judge those that are done; wait if too many are under way."""
        self._run.check_time()
        self._sent.append(self._thread.submit(self._run.deliver, plan))
        while len(self._sent) > _UNDER_WAY or (self._sent and self._sent[0].done()):
            self._take()

    def __exit__(self, kind: object, *_rest: object) -> None:
        try:
            while self._sent and kind is None:
                self._take()
        finally:
            self._thread.shutdown(cancel_futures=True)
            sys.setswitchinterval(self._interval)
            # What was under way when the run ended is on record too: it may have made something.
            for sent in self._sent:
                if not sent.cancelled() and sent.exception() is None:
                    self._run.adopt(sent.result())

    def _take(self) -> None:
        self._then(self._run.take(self._sent.popleft().result()))
