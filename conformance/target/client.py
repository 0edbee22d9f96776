"""The client: puts the target's headers on every request, keeps its pace, and waits where the contract says to wait."""

import threading
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from conformance import __version__
from conformance.errors import TargetGone
from conformance.evidence.exchange import Credentials, Headers, Namespace, Request, Response
from conformance.target.transports import Transport, TransportFailure

USER_AGENT = f"collections-conformance/{__version__}"
_WAITS = 5
_LONGEST_WAIT = 30.0
# So many requests in a row without any response: if a plain one has none either, waiting for the rest would take hours.
_PATIENCE = 4
# What is sent to learn whether a target that was silent is still there: any answer to it is one, and nothing is made by it.
_SIGN_OF_LIFE = Request("GET", "/v1/collections/col_sign_of_life")


@dataclass(frozen=True, slots=True)
class Sent:
    """The outcome of one request: a response or why there is none, and when it was under way (POSIX seconds)."""

    response: Response | None
    failure: str | None
    sent_at: float
    done_at: float


@dataclass(frozen=True, slots=True)
class Identity:
    """Who we are to a target: a bearer token, and the namespaces to work in; each may be lacking."""

    token: str | None = None
    primary: str | None = None
    secondary: str | None = None

    @property
    def has_case(self) -> bool:
        """Whether the token is another one with its letters in the other case."""
        return self.token is not None and self.token != self.token.swapcase()

    def headers(self, request: Request) -> Headers:
        """Return the headers that a request's credentials and namespace stand for."""
        authorization = self._authorization(request.credentials)
        namespace = self.primary if request.namespace is Namespace.PRIMARY else self.secondary
        named = (("authorization", authorization), ("x-namespace", namespace))
        return tuple((name, value) for name, value in named if value is not None)

    def _authorization(self, credentials: Credentials) -> str | None:
        match credentials:
            case Credentials.UNKNOWN:
                return "Bearer conformance-unknown-token"
            case Credentials.OWN if self.token is not None:
                return f"Bearer {self.token}"
            case Credentials.LONGER:
                return f"Bearer {self.token}{'x' * 64}"
            case Credentials.RECASED:
                return f"Bearer {(self.token or '').swapcase()}"
            case Credentials.BASIC:
                return f"Basic {self.token}"
            case Credentials.BARE:
                return self.token
            case _:
                return None


class Client:
    """Sends requests to one target; safe to call from several threads."""

    def __init__(
        self,
        transport: Transport,
        *,
        identity: Identity = Identity(),
        timeout: float = 10.0,
        per_second: float | None = None,
    ) -> None:
        self._transport = transport
        self.identity = identity
        self._headers = (("user-agent", USER_AGENT), ("accept", "application/json"))
        self._timeout = timeout
        self._interval = 1 / per_second if per_second else 0.0
        self._next = 0.0
        self._lock = threading.Lock()
        self._silent = 0
        self.requests = 0

    def send(self, request: Request) -> Sent:
        """Send one request; 429 and 503 with Retry-After are waited for, a few times and not for long.

        Raises:
            TargetGone: several requests in a row got no response at all.

        """
        wire = replace(request, headers=(*self._headers, *self.identity.headers(request), *request.headers))
        sent = self._once(wire)
        for _ in range(_WAITS):
            wait = _retry_after(sent.response)
            if wait is None or wait > _LONGEST_WAIT:
                break
            time.sleep(wait)
            sent = self._once(wire)
        if sent.response is None:
            self._look_for_life(sent.failure or "")
        return sent

    def _look_for_life(self, failure: str) -> None:
        """After several requests without an answer, see whether it was them or the target: a plain one tells."""
        with self._lock:
            self._silent += 1
            if self._silent < _PATIENCE:
                return
            self._silent = 0
        if self._once(replace(_SIGN_OF_LIFE, headers=(*self._headers, *self.identity.headers(_SIGN_OF_LIFE)))).response is None:
            raise TargetGone(f"the target stopped answering: {failure}") from None

    def _once(self, wire: Request) -> Sent:
        self._pace()
        self.requests += 1
        response, failure, sent_at = None, None, time.time()
        try:
            response = self._transport.send(wire, self._timeout)
            self._silent = 0
        except TransportFailure as error:
            failure = str(error)
        return Sent(response, failure, sent_at, time.time())

    def _pace(self) -> None:
        if not self._interval:
            return
        with self._lock:
            now = time.monotonic()
            at = max(self._next, now)
            self._next = at + self._interval
        time.sleep(max(0.0, at - now))


def _retry_after(response: Response | None) -> float | None:
    """Return how many seconds a 429 or a 503 asks to wait, or None if it is another answer or does not say (RFC 9110, 10.2.3)."""
    if response is None or response.status not in (429, 503):
        return None
    value = response.header("retry-after")
    if value is None:
        return None
    if value.strip().isascii() and value.strip().isdigit():
        return float(value)
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return max(0.0, (at - datetime.now(UTC)).total_seconds())
