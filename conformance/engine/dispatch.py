"""Sending planned requests: waiting where a target shows changes late, and trying other names where one is taken."""

import time

from conformance.client.client import Client
from conformance.core import timing
from conformance.core.tags import Tags
from conformance.engine import name_conflicts
from conformance.engine.plan import Delivery, Plan
from conformance.evidence.operation import Effect


class Dispatcher:
    """Sends through a client; `list_delay` is how many seconds the target says that a list may lag behind a write."""

    def __init__(self, client: Client, list_delay: float = 0.0) -> None:
        self.client = client
        self._list_delay = list_delay
        self._wrote_at = 0.0

    def send(self, plan: Plan, tags: Tags) -> Delivery:
        """Send a planned request; several threads may.

        Raises:
            ConformanceError: the target is gone, or does not answer us any more.

        """
        is_list = plan.case.operation.effect is Effect.LIST
        if self._list_delay and (is_list or plan.case.operation.selects):
            time.sleep(max(0.0, self._wrote_at + self._list_delay - timing.monotonic()))
        delivery = name_conflicts.deliver(plan, tags, self.client.send)
        if not is_list and not plan.case.operation.reads_by(plan.request.method):
            self._wrote_at = timing.monotonic()
        return delivery
