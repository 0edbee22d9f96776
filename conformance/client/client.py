"""The client: puts the target's headers on every request, keeps its pace, and waits where the contract says to wait."""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from conformance import __version__
from conformance.client.pace import Pace
from conformance.client.transports import Transport, TransportFailure, Unreachable
from conformance.core import timing
from conformance.core.errors import ConformanceError, TargetBusy, TargetGone, TokenRefused
from conformance.evidence.exchange import Credentials, Headers, Namespace, Request, Response

USER_AGENT = f"collections-conformance/{__version__}"
# How long to wait before each further try, where the target names no time: 51 seconds in all, for limits often are by the minute.
_PAUSES = tuple(0.1 * 2**turn for turn in range(9))
# For one request, whoever names the time.
_LONGEST_WAIT = 61.0
# So many requests in a row without any response: if a plain one has none either, waiting for the rest would take hours.
_PATIENCE = 2
# So many in a row that are still put off after all waiting: the rest would be too.
_PUT_OFF = 4
# So many in a row that our own token does not let in, where nothing tells more: whatever they show is not what they are about.
_REFUSED = 5
_ASKED_AGAIN = 2
_RECONNECT_SECONDS = 0.25
# Asked of a target of which no better request is known: any answer to it is one.
_SIGNS_OF_LIFE = (Request("GET", "/"),)


@dataclass(frozen=True, slots=True)
class Sent:
    """The outcome of one request: a response or why there is none, and when it was under way (POSIX seconds)."""

    response: Response | None
    failure: str | None
    sent_at: float
    done_at: float


# Shorter than what servers take for a header line (8 KiB, most of them).
_LONG_TOKEN = 5000


@dataclass(frozen=True, slots=True)
class Identity:
    """Who we are to a target: a bearer token, and the namespaces to work in; each may be lacking."""

    token: str | None = field(default=None, repr=False)
    primary: str | None = None
    secondary: str | None = None
    namespace_header: str = "X-Namespace"

    @property
    def has_case(self) -> bool:
        """Whether the token is another one with its letters in the other case."""
        return self.token is not None and self.token != self.token.swapcase()

    def headers(self, request: Request) -> Headers:
        """Return the headers that a request's credentials and namespace stand for."""
        authorization = self._authorization(request.credentials)
        namespace = self.primary if request.namespace is Namespace.PRIMARY else self.secondary
        named = (("authorization", authorization), (self.namespace_header.lower(), namespace))
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
            case Credentials.EMPTY:
                return "Bearer"
            case Credentials.NOT_ASCII:
                return "Bearer conformance-\u00e9\u00fc\u00df"
            case Credentials.LONG:
                return f"Bearer {'x' * _LONG_TOKEN}"
            case _:
                return None


class Client:
    """Sends requests to one target; safe to call from several threads. `waits` counts the answers that asked to come back later."""

    def __init__(
        self,
        transport: Transport,
        *,
        identity: Identity = Identity(),
        timeout: float = 10.0,
        per_second: float | None = None,
        until: float | None = None,
        signs_of_life: tuple[Request, ...] = _SIGNS_OF_LIFE,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Send through a transport; `timeout` is in seconds, `until` the `timing.monotonic()` beyond which nothing is waited for.

        `signs_of_life` are requests that make nothing: any answer to the first shows that the target is there, and what they are answered
        tells whether our token is taken, if a stranger is refused them.
        """
        self._transport = transport
        self.identity = identity
        self._headers = (("user-agent", USER_AGENT), ("accept", "application/json"))
        self._timeout = timeout
        self._pace = Pace(per_second, sleep)
        self._sleep = sleep
        self._until = math.inf if until is None else until
        self._signs_of_life = signs_of_life
        self._lock = threading.Lock()
        self._silent = 0
        self._put_off = 0
        self._was_there = False
        self._gone: ConformanceError | None = None
        self._locked_out = 0
        # None until they are looked for.
        self._signs_of_entry: tuple[Request, ...] | None = None
        self.requests = 0
        self.waits = 0

    def send(self, request: Request) -> Sent:
        """Send one request; what the target puts off is waited for, a few times and not for long.

        Raises:
            TokenRefused: the token that let us in does not any more.
            TargetGone: there is no connection to be had any more, or several requests in a row got no response at all.
            TargetBusy: the target puts off one request after the other, after all waiting.

        """
        if self._gone is not None:
            raise self._gone  # others have waited for it already
        try:
            return self._sent(self._complete(request))
        except (TargetGone, TargetBusy, TokenRefused) as error:
            self._gone = error
            raise

    def _sent(self, wire: Request) -> Sent:
        sent, left = self._once(wire), _LONGEST_WAIT
        for pause in _PAUSES:
            wait = _wait(sent.response, pause)
            if wait is None or wait > left or timing.monotonic() + wait > self._until:
                break
            left -= wait
            self._sleep(wait)
            sent = self._once(wire)
        if sent.response is None:
            self._look_for_life(sent.failure or "")
        else:
            self._silent = 0
            self._count_put_off(sent.response)
            if wire.credentials is Credentials.OWN:
                self._look_for_entry(wire, sent.response)
        return sent

    def check_life(self) -> None:
        """Look whether anything answers at all.

        Raises:
            TargetGone: nothing does.
            TokenRefused: what answers does not let us in.

        """
        sent = self._plain(self._signs_of_life[0])
        if sent.response is None:
            raise TargetGone(f"the target does not answer: {sent.failure}")
        if sent.response.locks_out:
            raise TokenRefused(f"the target wants another token: a plain request is answered {sent.response.status}")

    def learn_entry(self) -> None:
        """Find harmless requests whose answers tell whether our token is taken, while it is: only a stranger is refused them."""
        if self.identity.token is None or self._signs_of_entry is not None:
            return
        self._signs_of_entry = tuple(sign for sign in self._signs_of_life if self._is_for_us_alone(sign))

    def _is_for_us_alone(self, sign: Request) -> bool:
        own, strangers = self._plain(sign).response, self._plain(replace(sign, credentials=Credentials.NONE)).response
        return own is not None and not own.locks_out and strangers is not None and strangers.locks_out

    def _plain(self, request: Request) -> Sent:
        return self._once(self._complete(request))

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
        if self._plain(self._signs_of_life[0]).response is None:
            raise TargetGone(f"the target stopped answering: {failure}")

    def _count_put_off(self, response: Response) -> None:
        named = response.header("retry-after")
        with self._lock:
            self._put_off = self._put_off + 1 if response.puts_off else 0
            # Without a time named the waiting was long already.
            if self._put_off < (_PUT_OFF if named is not None else _PUT_OFF // 2):
                return
        told = f", with Retry-After: {named}" if named is not None else ""
        raise TargetBusy(
            f"the target puts off every request: the last {self._put_off} were answered {response.status} after all waiting{told}; "
            "[limits] requests_per_second in a target file sets a slower pace"
        )

    def _look_for_entry(self, request: Request, response: Response) -> None:
        """After an answer that may mean that our token is not taken any more, see whether it is the request or the token."""
        if self.identity.token is None:
            return
        with self._lock:
            self._locked_out = self._locked_out + 1 if response.locks_out else 0
        if not response.locks_out:
            return
        if self._is_token_refused(request):
            raise TokenRefused(
                f"the target does not take the token any more: requests that it let in before are answered {response.status}"
            )

    def _is_token_refused(self, request: Request) -> bool:
        """Ask what the target answers to our token alone, by a read or a write as the request is, for one of them may still be let in.

        Where nothing tells that, several in a row that are not let in do.
        """
        signs = self._signs_of_entry
        if signs:
            sign = next((one for one in signs if (one.method == "GET") is (request.method == "GET")), signs[0])
            return all(self._is_locked_out(sign) for _ in range(_ASKED_AGAIN))
        if self._locked_out < _REFUSED:
            return False
        if signs is not None or self._is_locked_out(self._signs_of_life[0]):
            return True
        self._locked_out = 0
        return False

    def _is_locked_out(self, sign: Request) -> bool:
        found = self._plain(sign).response
        return found is not None and found.locks_out

    def _once(self, wire: Request) -> Sent:
        self._pace.wait()
        self.requests += 1
        response, failure, sent_at = None, None, timing.now()
        try:
            response = self._connected(wire)
            self._was_there = True
        except TransportFailure as error:
            failure = str(error)
        self._note_pace(response)
        return Sent(response, failure, sent_at, timing.now())

    def _note_pace(self, response: Response | None) -> None:
        if response is not None and response.puts_off:
            self.waits += 1
            # "Come back at once" asks for no slower pace.
            if _retry_after(response) != 0:
                self._pace.slow_down()
        else:
            self._pace.speed_up()

    def _connected(self, wire: Request) -> Response:
        """Send, and while nothing listens where a target was, try again: it may be restarting, and nothing was sent yet.

        Raises:
            TransportFailure: no complete response came.
            TargetGone: nothing has listened for as long as a response may take.

        """
        until = min(timing.monotonic() + self._timeout, self._until)
        while True:
            try:
                return self._transport.send(wire, self._timeout)
            except Unreachable as error:
                if not self._was_there:
                    raise
                if timing.monotonic() > until:
                    raise TargetGone(f"the target is not there any more: {error}") from None
            self._sleep(_RECONNECT_SECONDS)


def _wait(response: Response | None, pause: float) -> float | None:
    """Return how many seconds to wait before asking again, or None if the answer does not ask for it; `pause` where it names none."""
    if response is None or not response.puts_off:
        return None
    named = _retry_after(response)
    return pause if named is None else named


def _retry_after(response: Response) -> float | None:
    """Return how many seconds an answer asks to wait, or None if it does not say (RFC 9110, 10.2.3)."""
    value = response.header("retry-after") or ""
    if value.strip().isascii() and value.strip().isdigit():
        return float(value)
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return max(0.0, (at - datetime.now(UTC)).total_seconds())
