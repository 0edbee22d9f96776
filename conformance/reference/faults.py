"""Named faults: the reference with one bug each, to show that the suites notice it.

A fault is a `Fault` whose hooks change one step of one request; every hook left out does nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

Body = dict[str, Any]
Details = list[dict[str, Any]]
Answer = tuple[int, dict[str, str], bytes]


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

    `breaks` is the requirement it violates, `trigger` how rarely it shows. The hooks, in the order they run: `parsed` changes
    the body that was read, `details` the problems that validation found, `made` the object before it is stored and answered,
    and `sent` the raw answer (status, headers, body).
    """

    name: str
    breaks: str
    trigger: Literal["always", "edge", "rare"] = "always"
    parsed: Callable[[str, Body], Body] = _same_body
    details: Callable[[str, Body, Details], Details] = _same_details
    made: Callable[[str, Body, Body], Body] = _same_answer
    sent: Callable[[str, bytes, Answer], Answer] = _same_response


NONE = Fault("none", breaks="")

FAULTS: dict[str, Fault] = {}
