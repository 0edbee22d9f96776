"""What is well known to cause such a failure: a hint where the evidence shows it, and none where it does not."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from conformance.core import json_text, pointers
from conformance.core.pointers import MISSING
from conformance.evidence.results import Example

_OK, _SERVER_FAILED = 200, 500
_NO_NUMBER = re.compile(r"(?<![\w\"])-?(NaN|Infinity)(?![\w\"])")
# Strings that lax models read as a boolean or a number.
_READ_AS_ANOTHER = re.compile(r"(?i:true|false|yes|no|on|off)|-?\d+(\.\d+)?")
_PAGES = {
    "Cannot ": "Express answers so itself where no handler does: give it one for 404, and one for errors, that write JSON",
    "<title>Server Error (500)</title>": "this is Django's own page: set handler400, handler404 and handler500 to views that write JSON",
    "<title>Not Found</title>": "this is Django's own page: set handler404 to a view that writes JSON",
    "<!doctype html>\n<html lang=en>\n<title>": "this is Flask's own page: @app.errorhandler(HTTPException) can write JSON",
}


def hint(example: Example) -> str | None:
    """Return what probably causes it and what ends that, or None where the evidence shows no well-known cause; never raises."""
    try:
        seen = _seen(example)
        return next((told for rule in _RULES if (told := rule(seen)) is not None), None)
    except Exception:  # noqa: BLE001 - a hint is an extra: without it nothing is lost
        return None


@dataclass(frozen=True, slots=True)
class _Seen:
    """The parts of an offending exchange that hints look at; a body that is not JSON is `MISSING` as a value."""

    example: Example
    sent: str
    got: str
    status: int
    headers: dict[str, str]
    body: Any
    at: Any

    @property
    def was_to_be_refused(self) -> bool:
        """Whether it was accepted, and was not to be."""
        return self.status == _OK and isinstance(self.example.expected, str) and "400 or 422" in self.example.expected


def _seen(example: Example) -> _Seen:
    offender = example.offender
    response = offender.response
    sent, got = offender.request.body or "", (response.body if response else None) or ""
    return _Seen(
        example,
        sent,
        got,
        response.status if response else 0,
        {name.lower(): value for name, value in (response.headers if response else ())},
        _parsed(got),
        MISSING if example.at is None else pointers.get(_parsed(sent), pointers.parse(example.at)),
    )


def _parsed(text: str) -> Any:
    try:
        return json_text.loads(text)
    except ValueError:
        return MISSING


def _not_a_number(seen: _Seen) -> str | None:
    if seen.was_to_be_refused and _NO_NUMBER.search(seen.sent):
        return (
            "Python's json module reads NaN and Infinity, and so do Flask's get_json and Starlette's request.json: "
            "parse_constant= can refuse them"
        )
    return None


def _written_without_end(seen: _Seen) -> str | None:
    if seen.body is MISSING and _NO_NUMBER.search(seen.got):
        return "Python's json module reads 1e400 as infinity, and writes Infinity or NaN, which is not JSON: allow_nan=False refuses to"
    return None


def _coerced(seen: _Seen) -> str | None:
    if seen.was_to_be_refused and isinstance(seen.at, str) and _READ_AS_ANOTHER.fullmatch(seen.at):
        return (
            f'a lax model reads the string "{seen.at}" as another type: Pydantic with ConfigDict(strict=True) does not, '
            "nor does Zod without coerce"
        )
    if seen.was_to_be_refused and isinstance(seen.at, bool | int | float):
        return "a lax model makes a string of it, as Django REST framework's CharField does: check the type before"
    return None


def _stripped(seen: _Seen) -> str | None:
    expected, actual = seen.example.expected, seen.example.actual
    if isinstance(expected, str) and isinstance(actual, str) and expected != actual and expected.strip() == actual.strip():
        return "white space at the ends was taken off: Django REST framework's CharField does so unless trim_whitespace=False"
    return None


def _rounded(seen: _Seen) -> str | None:
    expected, actual = seen.example.expected, seen.example.actual
    if (
        isinstance(expected, int)
        and isinstance(actual, int | float)
        and abs(expected) > 2**53
        and actual == float(expected) != expected
    ):
        return (
            "it became the nearest double, as JavaScript's JSON.parse makes of it, and Go's encoding/json for an interface: "
            "keep such numbers as text, or refuse them"
        )
    return None


def _frameworks_404(seen: _Seen) -> str | None:
    is_about_it = "the error body" in seen.example.message
    if is_about_it and isinstance(seen.body, dict) and seen.body.keys() == {"detail"} and isinstance(seen.body["detail"], str):
        return (
            'FastAPI and Django REST framework answer {"detail": …} for an exception of theirs: '
            "an exception handler (for Starlette's HTTPException too) can write the envelope"
        )
    return None


def _input_in_422(seen: _Seen) -> str | None:
    if seen.status == _SERVER_FAILED and any(
        "jsonable_encoder" in line or "RequestValidationError" in line for line in seen.example.printed or ()
    ):
        return "FastAPI's own 422 repeats the input, which cannot always be written: a handler for RequestValidationError can leave it out"
    return None


def _no_challenge(seen: _Seen) -> str | None:
    if seen.status in {401, 403} and "www-authenticate" not in seen.headers and "Not authenticated" in seen.got:
        return (
            "FastAPI's HTTPBearer refuses without a challenge in some versions: HTTPBearer(auto_error=False), "
            'and raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})'
        )
    return None


def _own_page(seen: _Seen) -> str | None:
    if seen.body is not MISSING or "JSON" not in seen.example.message:
        return None
    return next((told for mark, told in _PAGES.items() if mark in seen.got), None)


_RULES: tuple[Callable[[_Seen], str | None], ...] = (
    _not_a_number,
    _written_without_end,
    _no_challenge,
    _frameworks_404,
    _input_in_422,
    _own_page,
    _rounded,
    _stripped,
    _coerced,
)
