"""What a run has made on the target and not deleted yet, so that it can leave the target as it found it."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from conformance.client.client import Client
from conformance.core import timing
from conformance.core.errors import ConformanceError
from conformance.evidence.exchange import Exchange, Namespace, Request
from conformance.evidence.operation import Effect, Operation

_AT_ONCE = 4
_DELETED = (200, 204, 404)
Thing = tuple[Namespace, Operation, str]


class Cleanup:
    """What is there because of us; `deletions` has the operation that deletes what each create makes, and all that is in it."""

    def __init__(self, deletions: Mapping[Operation, Operation]) -> None:
        self._deletions = deletions
        self._things: dict[Thing, None] = {}

    def note(self, exchange: Exchange) -> None:
        """Remember what an exchange made, and forget what it deleted."""
        operation, namespace = exchange.case.operation, exchange.request.namespace
        if operation in self._deletions and exchange.created_id is not None:
            self._things[namespace, operation, exchange.created_id] = None
        elif operation.effect is Effect.DELETE and exchange.succeeded:
            for create, deletion in self._deletions.items():
                if deletion == operation:
                    self._things.pop((namespace, create, exchange.id_of(create.makes or "") or ""), None)

    def delete(self, client: Client, seconds: float, at_once: int = _AT_ONCE) -> dict[str, int]:
        """Delete all of it, for so many seconds and so many at once at the most; return how many were deleted and how many are left."""
        ends = timing.monotonic() + seconds

        def is_gone(thing: Thing) -> bool:
            return timing.monotonic() < ends and self._delete(client, thing)

        with ThreadPoolExecutor(at_once) as pool:
            deleted = sum(pool.map(is_gone, self._things))
        left = len(self._things) - deleted
        self._things.clear()
        return {"deleted": deleted, "left": left}

    def _delete(self, client: Client, thing: Thing) -> bool:
        namespace, create, identifier = thing
        deletion = self._deletions[create]
        request = Request(deletion.method, deletion.path_of({create.makes or "": identifier}), namespace=namespace)
        try:
            response = client.send(request).response
        except ConformanceError:
            return False
        return response is not None and response.status in _DELETED
