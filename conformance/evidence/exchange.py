"""Exchanges: one request, what it was for, and what came back."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from conformance.contract import jsontext
from conformance.contract.jsontext import Json
from conformance.contract.operations import Expect, Operation
from conformance.contract.pointers import MISSING, Pointer

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent: the path may carry a query; headers lack those of the target (host, authorization, namespace)."""

    method: str
    path: str
    headers: Headers = ()
    body: bytes | None = None


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
    the parent of a collection, the twin that it is compared with. `sent_at` and `done_at` are POSIX times in seconds.
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

    @property
    def status(self) -> int | None:
        """The HTTP status, or None if no response came."""
        return None if self.response is None else self.response.status

    @property
    def accepted(self) -> bool:
        """Whether the answer is 200."""
        return self.status == 200  # noqa: PLR2004

    @cached_property
    def answer(self) -> Json | NotJson:
        """The JSON of the response's body, or why there is none."""
        if self.response is None:
            return NotJson(self.failure or "no answer")
        try:
            return jsontext.loads(self.response.body)
        except ValueError as error:
            return NotJson(str(error))

    @cached_property
    def made(self) -> dict[str, Any]:
        """The object that a 200 answered, or an empty one if it answered something else."""
        return self.answer if self.accepted and isinstance(self.answer, dict) else {}

    def forget(self) -> None:
        """Drop what was parsed; it is parsed again if it is asked for. Thousands of exchanges are kept for their bytes."""
        self.__dict__.pop("answer", None)
        self.__dict__.pop("made", None)

    @cached_property
    def created_id(self) -> str | None:
        """The id of what an accepted create made; what cannot be written in UTF-8 is no id."""
        key = "document_id" if self.case.operation is Operation.CREATE_DOCUMENT else "collection_id"
        found = self.made.get(key)
        return found if isinstance(found, str) and found and jsontext.is_text(found) else None
