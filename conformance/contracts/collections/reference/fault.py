"""A fault: the reference with one bug, to show that the suites notice it.

A fault is a `Fault` whose hooks change one step of one request; every hook left out does nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from conformance.contracts.collections.reference.app import Answer, Body, Call, Details, Faithful, Reference


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
    installed: Callable[[Reference], None] = Faithful.installed
    arrived: Callable[[Reference, Call], float | None] = Faithful.arrived
    parsed: Callable[[str, Body], Body] = Faithful.parsed
    details: Callable[[str, Body, Details], Details] = Faithful.details
    made: Callable[[str, Body, Body], Body] = Faithful.made
    sent: Callable[[str, bytes, Answer], Answer] = Faithful.sent


NONE = Fault("none", breaks="")
