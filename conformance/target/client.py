"""The client: puts the target's headers on every request, keeps its pace, and waits where the contract says to wait."""

import math
import threading
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from conformance import __version__
from conformance.errors import TargetGone, TokenRefused
from conformance.evidence.exchange import Credentials, Headers, Namespace, Request, Response
from conformance.target.transports import Transport, TransportFailure, Unreachable

USER_AGENT = f"collections-conformance/{__version__}"
_WAITS = 5
_LONGEST_WAIT = 30.0
# So many requests in a row without any response: if a plain one has none either, waiting for the rest would take hours.
_PATIENCE = 2
# So many in a row that are still put off after all waiting: the rest would be too.
_PUT_OFF = 4
# So many in a row that our own token does not let in: whatever they show is not what they are about.
_REFUSED = 5
_UNAUTHORIZED = 401
_RECONNECT_SECONDS = 0.25
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
        until: float | None = None,
    ) -> None:
        """Send through a transport; `timeout` is in seconds, `until` the `time.monotonic()` beyond which nothing is waited for."""
        self._transport = transport
        self.identity = identity
        self._headers = (("user-agent", USER_AGENT), ("accept", "application/json"))
        self._timeout = timeout
        self._interval = 1 / per_second if per_second else 0.0
        self._until = math.inf if until is None else until
        self._next = 0.0
        self._lock = threading.Lock()
        self._silent = 0
        self._put_off = 0
        self._was_there = False
        self._gone: TargetGone | TokenRefused | None = None
        self._refused = 0
        self.requests = 0

    def send(self, request: Request) -> Sent:
        """Send one request; 429 and 503 with Retry-After are waited for, a few times and not for long.

        Raises:
            TokenRefused: the token that let us in does not any more.
            TargetGone: there is no connection to be had any more, several requests in a row got no response at all, or the target
                puts off one after the other.

        """
        if self._gone is not None:
            raise self._gone  # others have waited for it already
        try:
            return self._sent(self._complete(request))
        except (TargetGone, TokenRefused) as error:
            self._gone = error
            raise

    def _sent(self, wire: Request) -> Sent:
        sent = self._once(wire)
        for _ in range(_WAITS):
            wait = _retry_after(sent.response)
            if wait is None or wait > _LONGEST_WAIT or time.monotonic() + wait > self._until:
                break
            time.sleep(wait)
            sent = self._once(wire)
        if sent.response is None:
            self._look_for_life(sent.failure or "")
        else:
            self._silent = 0
            self._count_put_off(sent.response)
            if wire.credentials is Credentials.OWN:
                self._count_refused(sent.response)
        return sent

    def check_life(self) -> None:
        """Look whether anything answers at all.

        Raises:
            TargetGone: nothing does.
            TokenRefused: what answers does not let us in.

        """
        sent = self._plain()
        if sent.response is None:
            raise TargetGone(f"the target does not answer: {sent.failure}")
        if sent.response.status == _UNAUTHORIZED:
            raise TokenRefused("the target wants another token: a plain request is answered 401")

    def _plain(self) -> Sent:
        return self._once(self._complete(_SIGN_OF_LIFE))

    def _complete(self, request: Request) -> Request:
        return replace(request, headers=(*self._headers, *self.identity.headers(request), *request.headers))

    def _look_for_life(self, failure: str) -> None:
        """After several requests without an answer, see whether it was them or the target: a plain one tells."""
        if not self._was_there:
            return
        with self._lock:
            self._silent += 1
            if self._silent < _PATIENCE:
                return
            self._silent = 0
        if self._plain().response is None:
            raise TargetGone(f"the target stopped answering: {failure}")

    def _count_put_off(self, response: Response) -> None:
        with self._lock:
            self._put_off = self._put_off + 1 if response.puts_off else 0
            if self._put_off < _PUT_OFF:
                return
        raise TargetGone(
            f"the target puts off every request: the last {_PUT_OFF} were answered {response.status} after all waiting, "
            f"with Retry-After: {response.header('retry-after')}"
        )

    def _count_refused(self, response: Response) -> None:
        """After several requests in a row that our own token did not let in, see whether it was them or the token."""
        if self.identity.token is None:
            return
        with self._lock:
            self._refused = self._refused + 1 if response.status == _UNAUTHORIZED else 0
            if self._refused < _REFUSED:
                return
            self._refused = 0
        found = self._plain().response
        if found is not None and found.status == _UNAUTHORIZED:
            raise TokenRefused("the target does not take the token any more: requests that it let in before are answered 401")

    def _once(self, wire: Request) -> Sent:
        self._pace()
        self.requests += 1
        response, failure, sent_at = None, None, time.time()
        try:
            response = self._connected(wire)
            self._was_there = True
        except TransportFailure as error:
            failure = str(error)
        return Sent(response, failure, sent_at, time.time())

    def _connected(self, wire: Request) -> Response:
        """Send, and while nothing listens where a target was, try again: it may be restarting, and nothing was sent yet.

        Raises:
            TransportFailure: no complete response came.
            TargetGone: nothing has listened for as long as a response may take.

        """
        until = min(time.monotonic() + self._timeout, self._until)
        while True:
            try:
                return self._transport.send(wire, self._timeout)
            except Unreachable as error:
                if not self._was_there:
                    raise
                if time.monotonic() > until:
                    raise TargetGone(f"the target is not there any more: {error}") from None
            time.sleep(_RECONNECT_SECONDS)

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
    if response is None or not response.puts_off:
        return None
    value = response.header("retry-after") or ""
    if value.strip().isascii() and value.strip().isdigit():
        return float(value)
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return max(0.0, (at - datetime.now(UTC)).total_seconds())
