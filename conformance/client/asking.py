"""Ask a target before a run, and again while its answer may be due to a temporary problem."""

import time
from collections.abc import Callable, Sequence

from conformance.client.client import Client
from conformance.evidence.exchange import Request, Response

# Statuses of temporary problems, which do not show what a target serves. 501 is permanent (RFC 9110, 15.6.2).
_PASSING = frozenset({408, 425, 429})
# Seconds before each further try. The very first request may reach a target that is still starting.
PAUSES = (0.2, 0.5, 1.0)
FIRST_PAUSES = (*PAUSES, 2.0, 4.0)


def is_passing(response: Response | None) -> bool:
    """Whether an answer, or the lack of one, may be due to a temporary problem."""
    return response is None or response.status in _PASSING or is_broken(response)


def is_broken(response: Response) -> bool:
    """Whether the status says that the server failed: 5xx, except 501 Not Implemented."""
    return response.status >= 500 and response.status != 501  # noqa: PLR2004


def ask(client: Client, request: Callable[[], Request], pauses: Sequence[float] = PAUSES) -> Response | None:
    """Return the answer to a request, or None if none came.

    While the answer is a passing one, and the client has time, `request` is called for a new request after each of `pauses` (seconds).

    Raises:
        ConformanceError: the target stopped answering, or refuses the token.

    """
    response = client.send(request()).response
    for pause in pauses:
        # The client has already waited after an answer that asks to try again later.
        if not is_passing(response) or (response is not None and response.puts_off):
            break
        if client.is_out_of_time:
            break
        time.sleep(pause)
        response = client.send(request()).response
    return response
