"""Transports: each sends requests to a target in one way. A context manager opens and closes a transport."""

from typing import Protocol

from conformance.evidence.exchange import Request, Response

# A response larger than this is not read to its end.
MAX_RESPONSE_BYTES = 32 * 1024 * 1024
TOO_LARGE = f"the response is larger than {MAX_RESPONSE_BYTES // 2**20} MiB"


class TransportFailure(Exception):
    """No complete response came; the message says why, in a few words."""


class Unreachable(TransportFailure):
    """Nothing was sent, because there is no connection."""


def describe_exception(error: BaseException) -> str:
    """Return the type and the message of an exception, such as `SystemExit: 0`, or the type alone if it has no message."""
    message = str(error)
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


class Transport(Protocol):
    """Sends requests to one target; safe to call from several threads at once."""

    def send(self, request: Request, timeout: float) -> Response:
        """Send a request with complete headers and return its response; give up after `timeout` seconds.

        Raises:
            TransportFailure: no complete response came.

        """
