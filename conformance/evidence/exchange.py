"""Exchanges: one request, what it was for, and what came back."""

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from conformance.core import json_text, pointers
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING, Pointer
from conformance.evidence.operation import Effect, Expect, Operation

Headers = tuple[tuple[str, str], ...]


class Credentials(StrEnum):
    """What a request says of who sends it; the client writes the header, so that no record holds the token."""

    OWN = "own"  # the target's token, if there is one
    NONE = "none"
    UNKNOWN = "unknown"  # a bearer token that the target never issued
    LONGER = "longer"  # the token, and more
    RECASED = "recased"  # the token with its letters in the other case
    BASIC = "basic"  # the token after the scheme Basic
    BARE = "bare"  # the token without a scheme
    EMPTY = "empty"  # the scheme without a token
    NOT_ASCII = "not-ascii"  # a bearer token with bytes beyond ASCII
    LONG = "long"  # a bearer token of thousands of letters


class Namespace(StrEnum):
    """Which of the target's two namespaces a request works in."""

    PRIMARY = "primary"
    SECONDARY = "secondary"


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent: the path may carry a query; headers lack those of the target (host, authorization, namespace)."""

    method: str
    path: str
    headers: Headers = ()
    body: bytes | None = None
    credentials: Credentials = Credentials.OWN
    namespace: Namespace = Namespace.PRIMARY


@dataclass(frozen=True, slots=True)
class Response:
    """What came back: header names in lower case, the whole body, and how long it took in seconds."""

    status: int
    headers: Headers
    body: bytes
    seconds: float

    def header(self, name: str) -> str | None:
        """Return the first value of a header, by its lower-case name."""
        return next((value for key, value in self.headers if key == name), None)

    @property
    def puts_off(self) -> bool:
        """Whether it asks to come back later: 429, which need not say when (RFC 6585, 4), or 503 that does (RFC 9110, 10.2.3)."""
        return self.status == 429 or (self.status == 503 and self.header("retry-after") is not None)  # noqa: PLR2004

    @property
    def locks_out(self) -> bool:
        """Whether it may mean that the sender is not let in: 401, 403, a redirect, or a page for people where JSON was asked for."""
        is_page = self.status < 300 and (self.header("content-type") or "").lower().startswith("text/html")  # noqa: PLR2004
        return self.status in (401, 403) or 300 <= self.status < 400 or is_page  # noqa: PLR2004


@dataclass(frozen=True, slots=True)
class Case:
    """Why a request is sent: the operation, what is expected, and of which requirements it is the test.

    `at` is the place in the body that a refusal is about; `names_unknown` tells that the body also names something that may not
    exist. `body` is the JSON value sent, or `MISSING` where the bytes are no JSON
    or there are none.
    """

    operation: Operation
    expect: Expect = Expect.ANY
    about: tuple[str, ...] = ()
    at: Pointer | None = None
    body: Any = MISSING
    names_unknown: bool = False


class NotJson:
    """Stands for a body that is not JSON; `reason` says why."""

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def __repr__(self) -> str:
        return f"(not JSON: {self.reason})"


@dataclass(frozen=True, eq=False)
class Exchange:
    """One request and its outcome: a response, or the reason why none came.

    `context` holds the exchanges whose answers this request builds on, oldest first: the collection that a document is made in,
    the parent of a collection, the twin that it is compared with. `sent_at` and `done_at` are POSIX times in seconds. Requests
    that were sent at once share the number `together`; `beside` is how many others of the run were under way when it was sent.
    """

    number: int
    scenario: str
    case: Case
    request: Request
    response: Response | None
    failure: str | None = None
    sent_at: float = 0.0
    done_at: float = 0.0
    context: tuple["Exchange", ...] = field(default=(), repr=False)
    together: int | None = None
    beside: int = 0

    @property
    def status(self) -> int | None:
        """The HTTP status, or None if no response came."""
        return None if self.response is None else self.response.status

    @property
    def size(self) -> int:
        """The bytes of both bodies."""
        return len(self.request.body or b"") + (0 if self.response is None else len(self.response.body))

    @property
    def accepted(self) -> bool:
        """Whether the answer is 200."""
        return self.status == 200  # noqa: PLR2004

    @property
    def succeeded(self) -> bool:
        """Whether the answer is any 2xx: what was asked for was done, whether or not that status is documented."""
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004

    @cached_property
    def answer(self) -> Json | NotJson:
        """The JSON of the response's body, or why there is none."""
        if self.response is None:
            return NotJson(self.failure or "no answer")
        try:
            return json_text.loads(self.response.body)
        except ValueError as error:
            return NotJson(str(error))

    @cached_property
    def made(self) -> dict[str, Any]:
        """The object that a 200 answered, or an empty one if it answered something else."""
        return self.answer if self.accepted and isinstance(self.answer, dict) else {}

    @cached_property
    def is_unreadable(self) -> bool:
        """Whether a 200 of an operation that answers an object has none: no JSON, or another value."""
        return self.accepted and self.case.operation.answers and not isinstance(self.answer, dict)

    @cached_property
    def is_murky(self) -> bool:
        """Whether nobody can say what came of it: its answer cannot be read, or a change was done that breaks the schema."""
        is_change = self.case.operation.effect is Effect.UPDATE
        return self.is_unreadable or (is_change and self.succeeded and self.case.expect in (Expect.REFUSE, Expect.ANY))

    def forget(self) -> None:
        """Drop what was parsed; it is parsed again if it is asked for. Thousands of exchanges are kept for their bytes."""
        self.__dict__.pop("answer", None)
        self.__dict__.pop("made", None)

    @cached_property
    def created_id(self) -> str | None:
        """The id of what an accepted create made; what cannot be written in UTF-8 is no id."""
        identifier = self.made.get(self.case.operation.id_key or "")
        return identifier if isinstance(identifier, str) and identifier and json_text.is_text(identifier) else None

    @property
    def next_page(self) -> str | None:
        """What asks for the page after the one that a list answered; None where it answers nothing that could be sent."""
        paging = self.case.operation.paging
        cursor = None if paging is None else pointers.get(self.made, paging.at)
        return cursor if isinstance(cursor, str) and cursor else None

    def id_of(self, thing: str) -> str | None:
        """Return the id that the request's path names for a parameter of that name, or that was created for one."""
        return self._ids.get(thing)

    @cached_property
    def _ids(self) -> dict[str, str | None]:
        operation = self.case.operation
        ids: dict[str, str | None] = {**operation.ids_in(self.request.path)}
        return ids if operation.makes is None else {**ids, operation.makes: self.created_id}

    @cached_property
    def query(self) -> dict[str, str]:
        """The query parameters sent."""
        return dict(parse_qsl(urlsplit(self.request.path).query, keep_blank_values=True))
