"""The client: it adds the headers of identity to each request, keeps the pace, and tries again if the target asks for that."""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from conformance import __version__
from conformance.client.beside import together
from conformance.client.pace import Pace
from conformance.client.transports import Transport, TransportFailure, Unreachable
from conformance.core import timing
from conformance.core.errors import ConformanceError, TargetBusy, TargetGone, TokenRefused
from conformance.evidence.exchange import Credentials, Headers, Namespace, Request, Response

USER_AGENT = f"collections-conformance/{__version__}"
# Seconds before each further try if the target names no time: 51 in all, because rate limits are often per minute.
_PAUSES = tuple(0.1 * 2**turn for turn in range(9))
# The longest total wait for one request, in seconds.
_LONGEST_WAIT = 61.0
# After so many requests in a row without a response, a simple request shows whether the target still answers.
_MAX_SILENT = 2
# After so many requests in a row that are still put off after all waiting, the run ends.
_MAX_PUT_OFF = 4
# After so many refusals (401 or 403) of our own token in a row, the token counts as refused, if no better evidence is available.
_MAX_REFUSED = 5
_TOKEN_CHECKS = 2
_ROOM_CHECKS = 2
_RECONNECT_SECONDS = 0.25
# A target may leave so many simple requests in a row without a response, for so many seconds: our other requests may be in their way.
_LIFE_CHECKS, _LIFE_SECONDS = 12, 3.0
# Seconds between two tries, at most, that a target gets which names a time too short for itself.
_LONGEST_SPREAD = 1.0
# By this part of a turn the pauses of requests differ from one to the next: the golden ratio spreads any number of them evenly.
_GOLDEN = 0.618
# The simple request if the contract names none: any response shows that the target answers.
_SIGNS_OF_LIFE = (Request("GET", "/"),)


@dataclass(frozen=True, slots=True)
class Sent:
    """The outcome of one request: a response, or why there is none, and when it was sent and done (POSIX seconds)."""

    response: Response | None
    failure: str | None
    sent_at: float
    done_at: float


# In characters; most servers accept header lines of up to 8 KiB.
_LONG_TOKEN = 5000


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the client is to the target: a bearer token, two namespaces (each may be None), the header that carries one, and more headers."""

    token: str | None = field(default=None, repr=False)
    primary: str | None = None
    secondary: str | None = None
    namespace_header: str = "X-Namespace"
    # What a gateway wants of each request, in lower case.
    extra: Headers = field(default=(), repr=False)
    # Where the token stands: in which header, and after which scheme; alone if that is empty.
    token_header: str = "Authorization"  # noqa: S105 - a name
    scheme: str = "Bearer"

    def can_be_wrong(self, credentials: Credentials) -> bool:
        """Whether these credentials differ from ours: a token may have no letters, and be sent without a scheme."""
        if credentials is Credentials.RECASED:
            return self.token is not None and self.token != self.token.swapcase()
        return credentials is not Credentials.BARE or self.scheme != ""

    def headers(self, request: Request) -> Headers:
        """Return the headers for the credentials and the namespace of a request."""
        authorization = self._authorization(request.credentials)
        namespace = self.primary if request.namespace is Namespace.PRIMARY else self.secondary
        headers = ((self.token_header.lower(), authorization), (self.namespace_header.lower(), namespace))
        return (*((name, value) for name, value in headers if value is not None), *self.extra)

    def _authorization(self, credentials: Credentials) -> str | None:
        match credentials:
            case Credentials.UNKNOWN:
                return self._with_scheme("conformance-unknown-token")
            case Credentials.OWN if self.token is not None:
                return self._with_scheme(self.token)
            case Credentials.LONGER:
                return self._with_scheme(f"{self.token}{'x' * 64}")
            case Credentials.RECASED:
                return self._with_scheme((self.token or "").swapcase())
            case Credentials.BASIC:
                return f"Basic {self.token}"
            case Credentials.BARE:
                return self.token
            case Credentials.EMPTY:
                return self.scheme
            case Credentials.NOT_ASCII:
                return self._with_scheme("conformance-\u00e9\u00fc\u00df")
            case Credentials.LONG:
                return self._with_scheme("x" * _LONG_TOKEN)
            case _:
                return None

    def _with_scheme(self, token: str) -> str:
        return f"{self.scheme} {token}".lstrip()


class Client:
    """Sends requests to one target; safe to call from several threads. `waits` counts the answers that asked to try again later."""

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
        """Send through a transport.

        `timeout` is in seconds for each request. `per_second` is the highest rate, or None for no limit. `until` is the
        `timing.monotonic()` time after which the client does not wait for anything. `signs_of_life` are requests that change nothing:
        any answer to the first one shows that the target answers. If a client without a token is refused one of them, its answer
        shows whether our token is accepted.
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
        # Those of the signs of life that need a token; None until `learn_entry`.
        self._token_signs: tuple[Request, ...] | None = None
        # Whether it leaves requests without a response that are sent at once; False until `learn_room`.
        self.is_crowded = False
        self.requests = 0
        self.waits = 0

    def send(self, request: Request) -> Sent:
        """Send one request; if the target asks to try again later, wait and do so, for up to 61 seconds in all.

        Raises:
            TokenRefused: the target no longer accepts the token.
            TargetGone: no connection is possible any more, or several requests in a row got no response.
            TargetBusy: the target puts off several requests in a row in spite of the waiting.

        """
        if self._gone is not None:
            raise self._gone  # another thread has already found out
        try:
            return self._send_patiently(self._with_own_headers(request))
        except (TargetGone, TargetBusy, TokenRefused) as error:
            self._gone = error
            raise

    def _send_patiently(self, wire: Request) -> Sent:
        sent, seconds_left = self._send_once(wire), _LONGEST_WAIT
        for turn, pause in enumerate(_PAUSES):
            wait = _wait(sent.response, pause, self._spread(pause) if turn else 0.0)
            if wait is None or wait > seconds_left or timing.monotonic() + wait > self._until:
                break
            seconds_left -= wait
            self._sleep(wait)
            sent = self._send_once(wire)
        if sent.response is None:
            self._check_target(sent.failure or "")
        else:
            self._silent = 0
            self._count_put_off(sent.response)
            if wire.credentials is Credentials.OWN:
                self._check_token(wire, sent.response)
        return sent

    def _spread(self, pause: float) -> float:
        """Return a pause of about this length, another one for each request: those put off together must not come back together."""
        return min(pause, _LONGEST_SPREAD) * (0.5 + self.requests * _GOLDEN % 1)

    @property
    def is_out_of_time(self) -> bool:
        """Whether the time is over after which it does not wait for anything."""
        return timing.monotonic() > self._until

    def check_life(self) -> None:
        """Check that the target answers a simple request.

        Raises:
            TargetGone: no response comes.
            TokenRefused: the response refuses our token.

        """
        sent = self.aside(self._signs_of_life[0])
        if sent.response is None:
            raise TargetGone(f"the target does not answer: {sent.failure}")
        if sent.response.locks_out:
            raise TokenRefused(f"the target wants another token: a plain request is answered {sent.response.status}")

    def learn_entry(self) -> None:
        """Find the signs of life that the target answers with our token and refuses without one; they show whether it accepts the token."""
        if self.identity.token is None or self._token_signs is not None:
            return
        self._token_signs = tuple(sign for sign in self._signs_of_life if self._needs_token(sign))

    def learn_room(self, number: int) -> None:
        """Find out whether a target that answers gives a response to each of so many requests at once."""
        self.is_crowded = number > 1 and not any(self._has_room(number) for _ in range(_ROOM_CHECKS))

    def _has_room(self, number: int) -> bool:
        return all(together([self._is_answered] * number, number))

    def _is_answered(self) -> bool:
        try:
            return self.aside(self._signs_of_life[0]).response is not None
        except TargetGone:
            return False

    def _needs_token(self, sign: Request) -> bool:
        with_token = self.aside(sign).response
        without_token = self.aside(replace(sign, credentials=Credentials.NONE)).response
        is_let_in = with_token is not None and not with_token.locks_out
        return is_let_in and without_token is not None and without_token.locks_out

    def aside(self, request: Request) -> Sent:
        """Send one request aside from all others: nothing is waited for, and nothing concluded from what comes of it."""
        return self._send_once(self._with_own_headers(request))

    def _with_own_headers(self, request: Request) -> Request:
        return replace(request, headers=(*self._headers, *self.identity.headers(request), *request.headers))

    def _check_target(self, failure: str) -> None:
        """After several requests without a response, send a simple one to see whether the target still answers."""
        if not self._was_there:
            return
        with self._lock:
            self._silent += 1
            if self._silent < _MAX_SILENT:
                return
            self._silent = 0
        if not self._shows_life():
            raise TargetGone(f"the target stopped answering: {failure}")

    def _shows_life(self) -> bool:
        """Whether a simple request is answered, now or soon: a target that takes few connections has to be through with our others."""
        until = min(timing.monotonic() + _LIFE_SECONDS, self._until)
        for _ in range(_LIFE_CHECKS):
            if self.aside(self._signs_of_life[0]).response is not None:
                return True
            if timing.monotonic() > until:
                break
            self._sleep(_RECONNECT_SECONDS)
        return False

    def _count_put_off(self, response: Response) -> None:
        retry_after = response.header("retry-after")
        with self._lock:
            self._put_off = self._put_off + 1 if response.puts_off else 0
            # Without Retry-After the waiting took long already.
            if self._put_off < (_MAX_PUT_OFF if retry_after is not None else _MAX_PUT_OFF // 2):
                return
        header = f", with Retry-After: {retry_after}" if retry_after is not None else ""
        raise TargetBusy(
            f"the target puts off every request: the last {self._put_off} were answered {response.status} after all waiting{header}; "
            "[limits] requests_per_second in a target file sets a slower pace"
        )

    def _check_token(self, request: Request, response: Response) -> None:
        """After a 401 or 403, find out whether the target refuses only this request or no longer accepts our token."""
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
        """Send a sign of life that needs a token, if possible a read for a read and a write for a write, since a token may allow one only.

        If no sign of life needs a token, several refused requests in a row count instead.
        """
        signs = self._token_signs
        if signs:
            is_read = request.method == "GET"
            sign = next((sign for sign in signs if (sign.method == "GET") is is_read), signs[0])
            return all(self._is_locked_out(sign) for _ in range(_TOKEN_CHECKS))
        if self._locked_out < _MAX_REFUSED:
            return False
        if signs is not None or self._is_locked_out(self._signs_of_life[0]):
            return True
        self._locked_out = 0
        return False

    def _is_locked_out(self, sign: Request) -> bool:
        response = self.aside(sign).response
        return response is not None and response.locks_out

    def _send_once(self, wire: Request) -> Sent:
        self._pace.wait()
        self.requests += 1
        response, failure, sent_at = None, None, timing.now()
        try:
            response = self._send_reconnecting(wire)
            self._was_there = True
        except TransportFailure as error:
            failure = str(error)
        self._note_pace(response)
        return Sent(response, failure, sent_at, timing.now())

    def _note_pace(self, response: Response | None) -> None:
        if response is not None and response.puts_off:
            self.waits += 1
            # Retry-After: 0 does not ask for a slower pace.
            if _retry_after(response) != 0:
                self._pace.slow_down()
        else:
            self._pace.speed_up()

    def _send_reconnecting(self, wire: Request) -> Response:
        """Send a request; while the target that answered before cannot be reached, try again, because it may be restarting.

        Raises:
            TransportFailure: no complete response came.
            TargetGone: no connection was possible for `timeout` seconds.

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


def _wait(response: Response | None, pause: float, least: float) -> float | None:
    """Return the seconds to wait before the next try, `pause` if the answer names no time, or None if it does not put off.

    `least` is for a target that names a time too short for itself: it put off what came then, too.
    """
    if response is None or not response.puts_off:
        return None
    seconds = _retry_after(response)
    return pause if seconds is None else max(seconds, least)


def _retry_after(response: Response) -> float | None:
    """Return the seconds that Retry-After asks to wait (RFC 9110, 10.2.3), or None if it is missing or invalid."""
    value = response.header("retry-after") or ""
    if value.strip().isascii() and value.strip().isdigit():
        return float(value)
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return max(0.0, (at - datetime.now(UTC)).total_seconds())
