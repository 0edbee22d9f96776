"""Asking a target before a run: again, while its answer may be that of a bad moment."""

import time
from collections.abc import Callable, Sequence

from conformance.client.client import Client
from conformance.evidence.exchange import Request, Response

# Answers of a bad moment, which say nothing of what a target has; 501 is for good (RFC 9110, 15.6.2).
_PASSING = frozenset({408, 425, 429})
# Before each further try. The first request of all may meet a target that is still starting.
PAUSES = (0.2, 0.5, 1.0)
FIRST_PAUSES = (*PAUSES, 2.0, 4.0)


def is_passing(response: Response | None) -> bool:
    """Whether an answer, or the lack of one, may be another one in a moment."""
    return response is None or response.status in _PASSING or is_broken(response)


def is_broken(response: Response) -> bool:
    """Whether a server says that it failed; 501 says that it never does what it was asked."""
    return response.status >= 500 and response.status != 501  # noqa: PLR2004


def ask(client: Client, request: Callable[[], Request], pauses: Sequence[float] = PAUSES) -> Response | None:
    """Return what a request is answered, asked again a few times while the answer is a passing one; made anew each time.

    Raises:
        ConformanceError: the target is gone, or lets nobody in any more.

    """
    response = client.send(request()).response
    for pause in pauses:
        # The client has waited for what puts off already.
        if not is_passing(response) or (response is not None and response.puts_off):
            break
        time.sleep(pause)
        response = client.send(request()).response
    return response
