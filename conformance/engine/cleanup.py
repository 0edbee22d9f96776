"""What a run has made on the target and not deleted yet, so that it can leave the target as it found it."""

from concurrent.futures import ThreadPoolExecutor

from conformance.client.client import Client
from conformance.contracts.collections.operations import ROUTES, Operation, path
from conformance.core import timing
from conformance.core.errors import ConformanceError
from conformance.evidence.exchange import Exchange, Namespace, Request

_AT_ONCE = 4
Place = tuple[Namespace, str]


class Belongings:
    """The collections that are there because of us; their documents go with them."""

    def __init__(self) -> None:
        self._there: dict[Place, None] = {}

    def note(self, exchange: Exchange) -> None:
        """Remember what an exchange made, and forget what it deleted."""
        operation, where = exchange.case.operation, exchange.request.namespace
        if operation is Operation.CREATE_COLLECTION and exchange.created_id is not None:
            self._there[where, exchange.created_id] = None
        elif operation is Operation.DELETE_COLLECTION and exchange.succeeded:
            self._there.pop((where, exchange.collection or ""), None)

    def delete(self, client: Client, seconds: float) -> dict[str, int]:
        """Delete all of it, for so many seconds at the most; return how many collections were deleted and how many are left."""
        ends = timing.monotonic() + seconds

        def gone(place: Place) -> bool:
            return timing.monotonic() < ends and _delete(client, place)

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            deleted = sum(pool.map(gone, self._there))
        left = len(self._there) - deleted
        self._there.clear()
        return {"deleted": deleted, "left": left}


def _delete(client: Client, place: Place) -> bool:
    namespace, identifier = place
    operation = Operation.DELETE_COLLECTION
    try:
        response = client.send(Request(ROUTES[operation].method, path(operation, identifier), namespace=namespace)).response
    except ConformanceError:
        return False
    return response is not None and response.status in (200, 204, 404)
