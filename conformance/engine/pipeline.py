"""Requests under way: sent in order by threads, judged in that order by the strand that plans the next ones."""

import sys
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Self

from conformance.engine.plan import Delivery, Plan
from conformance.engine.strands import Strands

_WAITING = 3
_SWITCH_SECONDS = 0.00005


class Pipeline:
    """`send` delivers a plan, in a thread; `take` records and judges what came back; `keep` only records it, when the run ends.

    Where only one request may be under way, they are sent by one thread of their own, so that the next ones are planned meanwhile.
    """

    def __init__(
        self,
        send: Callable[[Plan], Delivery],
        take: Callable[[Delivery], None],
        keep: Callable[[Delivery], object],
        strands: Strands,
    ) -> None:
        self._send = send
        self._take = take
        self._keep = keep
        self._strands = strands
        self._sent: deque[Future[tuple[Delivery, int]]] = deque()
        self._thread = None if strands.are_several else ThreadPoolExecutor(1)

    def __enter__(self) -> Self:
        self._interval = sys.getswitchinterval()
        if self._thread is not None:
            # An answer that has come must not wait until the drawing thread has had its usual 5 ms.
            sys.setswitchinterval(_SWITCH_SECONDS)
        return self

    def put(self, plan: Plan) -> None:
        """Send a request, and judge those that are done; wait if too many are under way."""
        self._strands.may_send()
        alone = self._thread
        self._sent.append(
            self._strands.submit(lambda: self._send(plan)) if alone is None else alone.submit(lambda: (self._send(plan), 0))
        )
        while len(self._sent) >= self._strands.most + _WAITING or (self._sent and self._sent[0].done()):
            self._take_next()

    def _take_next(self) -> None:
        delivery, beside = self._strands.result(self._sent[0])
        self._sent.popleft()
        self._take(replace(delivery, beside=beside))

    def __exit__(self, kind: object, *_rest: object) -> None:
        try:
            while self._sent and kind is None:
                self._take_next()
        finally:
            if self._thread is not None:
                self._thread.shutdown(cancel_futures=True)
                sys.setswitchinterval(self._interval)
            for sent in self._sent:
                sent.cancel()
            # What was under way when the run ended is on record too: it may have made something.
            for sent in self._sent:
                if not sent.cancelled() and sent.exception() is None:
                    self._keep(sent.result()[0])
