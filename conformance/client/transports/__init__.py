"""Ways to a target: a transport has one method, and is made by a context manager that closes it."""

from typing import Protocol

from conformance.evidence.exchange import Request, Response

# What a response may weigh before reading stops: no honest answer to these requests comes near.
MAX_RESPONSE_BYTES = 32 * 1024 * 1024
TOO_LARGE = f"the response is larger than {MAX_RESPONSE_BYTES // 2**20} MiB"


class TransportFailure(Exception):
    """No response came: the message says why, in a few words."""


class Unreachable(TransportFailure):
    """Nothing was sent, for there is no connection to send it over."""


def named(error: BaseException) -> str:
    """Return what an application raised in words: `SystemExit: 0`, or the type alone if it says nothing more."""
    said = str(error)
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


class Transport(Protocol):
    """Sends one request and returns its response; called from several threads at once."""

    def send(self, request: Request, timeout: float) -> Response:
        """Send a request whose headers are complete; give up after `timeout` seconds.

        Raises:
            TransportFailure: no complete response came.

        """
