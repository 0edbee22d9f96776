"""Requests under way: sent one after the other by a thread, judged in that order by the thread that plans the next ones."""

import sys
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Self

from conformance.engine.plan import Delivery, Plan

_UNDER_WAY = 3
_SWITCH_SECONDS = 0.00005


class Pipeline:
    """`send` delivers a plan, in a thread; `take` records and judges what came back; `keep` only records it, when the run ends."""

    def __init__(
        self, send: Callable[[Plan], Delivery], take: Callable[[Delivery], None], keep: Callable[[Delivery], object]
    ) -> None:
        self._send = send
        self._take = take
        self._keep = keep
        self._sent: deque[Future[Delivery]] = deque()
        self._thread = ThreadPoolExecutor(1)

    def __enter__(self) -> Self:
        # An answer that has come must not wait until the drawing thread has had its usual 5 ms.
        self._interval = sys.getswitchinterval()
        sys.setswitchinterval(_SWITCH_SECONDS)
        return self

    def put(self, plan: Plan) -> None:
        """Send a request, and judge those that are done; wait if too many are under way."""
        self._sent.append(self._thread.submit(self._send, plan))
        while len(self._sent) > _UNDER_WAY or (self._sent and self._sent[0].done()):
            self._take(self._sent.popleft().result())

    def __exit__(self, kind: object, *_rest: object) -> None:
        try:
            while self._sent and kind is None:
                self._take(self._sent.popleft().result())
        finally:
            self._thread.shutdown(cancel_futures=True)
            sys.setswitchinterval(self._interval)
            # What was under way when the run ended is on record too: it may have made something.
            for sent in self._sent:
                if not sent.cancelled() and sent.exception() is None:
                    self._keep(sent.result())
