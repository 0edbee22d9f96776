"""A fault: the reference with one bug, to show that the suites notice it.

A fault is a `Fault` whose hooks change one step of one request; every hook left out does nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from conformance.contracts.collections.reference.app import Call, Reference

Body = dict[str, Any]
Details = list[dict[str, Any]]
Answer = tuple[int, dict[str, str], bytes]


def _as_it_is(_reference: "Reference") -> None:
    return None


def _at_once(_reference: "Reference", _call: "Call") -> None:
    return None


def _same_body(_operation: str, body: Body) -> Body:
    return body


def _same_details(_operation: str, _body: Body, details: Details) -> Details:
    return details


def _same_answer(_operation: str, _sent: Body, answer: Body) -> Body:
    return answer


def _same_response(_operation: str, _body: bytes, response: Answer) -> Answer:
    return response


@dataclass(frozen=True, slots=True)
class Fault:
    """One bug.

    `breaks` is the requirement it violates, `trigger` how rarely it shows. The hooks, in the order they run: `installed` may
    replace methods of one `Reference` before it serves, `arrived` may hold a request up for some seconds, `parsed` changes the
    body that was read, `details` the problems that validation found, `made` the object before it is stored and answered, and
    `sent` the raw answer (status, headers, body).
    """

    name: str
    breaks: str
    trigger: Literal["always", "edge", "rare"] = "always"
    installed: Callable[["Reference"], None] = _as_it_is
    arrived: Callable[["Reference", "Call"], float | None] = _at_once
    parsed: Callable[[str, Body], Body] = _same_body
    details: Callable[[str, Body, Details], Details] = _same_details
    made: Callable[[str, Body, Body], Body] = _same_answer
    sent: Callable[[str, bytes, Answer], Answer] = _same_response


NONE = Fault("none", breaks="")
