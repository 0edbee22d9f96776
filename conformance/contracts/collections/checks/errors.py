"""Chapter errors: what the body of a refusal says."""

import re
from functools import lru_cache
from typing import Any

from conformance.contracts.collections import openapi
from conformance.contracts.collections.checks.round_trip import dict_or_empty
from conformance.contracts.collections.operations import ALL_OPERATIONS
from conformance.engine.checks import HELD, Checks, Outcome, When
from conformance.evidence.exchange import Exchange, NotJson
from conformance.evidence.ledger import Violation
from conformance.evidence.operation import Expect

CHECKS = Checks()

_ENVELOPED = frozenset({400, 401, 403, 404, 500})
_INTERNALS = re.compile(
    r"Traceback \(most recent call last\)"
    r"|File \"[^\"\n]+\", line \d+"
    r"|\bat [\w$.<>]+\([\w$]+\.(?:java|kt|scala|cs):\d+\)"
    r"|\bat [^\n()]+ \((?:/|file:|node:|[A-Z]:\\)[^\n()]+:\d+:\d+\)"
    r"|\bgoroutine \d+ \["
    r"|(?<![\w:/.])/(?:usr|home|opt|srv|app|var|root)/[\w./-]+\.(?:py|js|ts|rb|go|java|php|rs)\b"
    r"|\b(?:SELECT\s[^\n]{1,200}?\sFROM|INSERT\s+INTO\s+\w+|UPDATE\s+\w+\s+SET|DELETE\s+FROM\s+\w+)\b"
    r"|\b(?:sqlite3\.\w*Error|psycopg2?\.\w+|pymongo\.errors|sqlalchemy\.exc|ORA-\d{5}|SQLSTATE)\b"
)


def _is_enveloped(exchange: Exchange) -> bool:
    """Whether the body must be an ErrorResponse, and can be read."""
    if not isinstance(exchange.answer, dict):
        return False
    body = exchange.answer
    is_other_shape = isinstance(body.get("detail"), list) or not isinstance(body.get("error"), dict)
    return exchange.status in _ENVELOPED or (exchange.status == 422 and not is_other_shape)  # noqa: PLR2004


@CHECKS.check("errors.envelope", *ALL_OPERATIONS, when=When.REFUSED)
def envelope(exchange: Exchange) -> Outcome:
    """The body has the schema that belongs to its status."""
    if exchange.status not in _ENVELOPED and exchange.status != 422:  # noqa: PLR2004
        return None
    is_validation = exchange.status == 422 and not _is_enveloped(exchange)  # noqa: PLR2004
    names = ("HTTPValidationError", "ErrorResponse") if is_validation else ("ErrorResponse",)
    if isinstance(exchange.answer, NotJson):
        return Violation("the error body is not JSON", f"JSON with the shape of {names[0]}", exchange.answer.reason)
    if any(openapi.fits(name, exchange.answer) for name in names):
        return HELD
    at, reason = openapi.explain(names[0], exchange.answer)
    return Violation(f"the error body is no {names[0]}", f"the shape of {names[0]}", reason, at)


@CHECKS.check("errors.status-matches", *ALL_OPERATIONS, when=When.REFUSED)
def status_matches(exchange: Exchange) -> Outcome:
    """The status in the body is the status of the answer."""
    stated = dict_or_empty(exchange.answer).get("status")
    if not _is_enveloped(exchange) or stated is None:
        return None
    if stated == exchange.status:
        return HELD
    return Violation("the body states another status", exchange.status, stated, ("status",))


@CHECKS.check("errors.success-is-false", *ALL_OPERATIONS, when=When.REFUSED)
def success_is_false(exchange: Exchange) -> Outcome:
    """An error does not say that it is a success."""
    body = dict_or_empty(exchange.answer)
    if not body or not (_is_enveloped(exchange) or exchange.status == 422):  # noqa: PLR2004
        return None
    return HELD if body.get("success", False) is False else Violation("an error says success", False, body["success"], ("success",))  # noqa: FBT003


@CHECKS.check("errors.machine-readable-type", *ALL_OPERATIONS, when=When.REFUSED)
def machine_readable_type(exchange: Exchange) -> Outcome:
    """The error has a type that programs can read."""
    error = dict_or_empty(exchange.answer).get("error")
    if not _is_enveloped(exchange) or not isinstance(error, dict):
        return None
    kind = error.get("type")
    return HELD if isinstance(kind, str) and kind else Violation("no error type", "a non-empty string", kind, ("error", "type"))


@CHECKS.check("errors.message", *ALL_OPERATIONS, when=When.REFUSED)
def message(exchange: Exchange) -> Outcome:
    """The error has a message for people."""
    body = dict_or_empty(exchange.answer)
    if _is_enveloped(exchange) and isinstance(body.get("error"), dict):
        return _message_outcome(body["error"].get("message"), ("error", "message"))
    details = body.get("detail")
    if exchange.status != 422 or not isinstance(details, list):  # noqa: PLR2004
        return None
    outcomes = [
        _message_outcome(dict_or_empty(detail).get("msg"), ("detail", index, "msg")) for index, detail in enumerate(details)
    ]
    return next((outcome for outcome in outcomes if outcome != HELD), HELD)


def _message_outcome(text: Any, at: tuple[str | int, ...]) -> Outcome:
    return HELD if isinstance(text, str) and text.strip() else Violation("no message", "a non-empty string", text, at)


@CHECKS.check("errors.validation-location", *ALL_OPERATIONS, when=When.REFUSED)
def validation_location(exchange: Exchange) -> Outcome:
    """A 422 names the field that is wrong. If a rule is about two fields, the object that holds them may be named."""
    details, at = dict_or_empty(exchange.answer).get("detail"), exchange.case.at
    names = [part for part in at or () if isinstance(part, str)]
    if exchange.case.names_unknown:
        return None  # perhaps the unknown name was refused
    if exchange.status != 422 or not isinstance(details, list) or not names or exchange.case.expect is not Expect.REFUSE:  # noqa: PLR2004
        return None
    named = {part for detail in details for part in _location(detail)}
    if named & set(names[-2:]):
        return HELD
    return Violation("no loc names the offending field", f"a loc with {names[-1]!r}", sorted(map(str, named)), ("detail",))


def _location(detail: Any) -> list[Any]:
    location = dict_or_empty(detail).get("loc")
    return [part for part in location if isinstance(part, str | int)] if isinstance(location, list) else []


@CHECKS.check("errors.no-internals", when=When.REFUSED)
def no_internals(exchange: Exchange) -> Outcome:
    """The body shows no stack trace, source path or SQL, unless the request contained it."""
    assert exchange.response is not None
    text = exchange.response.body[:65_536].decode("utf-8", "replace").replace("\\n", "\n").replace('\\"', '"')
    for match in _INTERNALS.finditer(text):
        if match[0] not in _sent(exchange):
            return Violation("the error body shows the server's internals", "no stack trace, source path or SQL", match[0][:200])
    return HELD


@lru_cache(maxsize=1)
def _sent(exchange: Exchange) -> str:
    sent = (exchange.request.body or b"")[:262_144].decode("utf-8", "replace") + exchange.request.path
    return sent.replace("\\n", "\n").replace('\\"', '"')
