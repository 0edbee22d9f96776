"""What a recorded exchange can show, when parts of it are not known: each requirement's row says what it rests on.

Without the answer's body there are its status and its headers. Without the request's body there is what the server says of its own accord:
an error's shape, an id, a time; not what it says back. A header that is not there was perhaps not recorded.
"""

import re
from typing import Any

from conformance.engine.checks import History
from conformance.engine.contract import Contract
from conformance.evidence.exchange import Exchange, Response
from conformance.evidence.operation import Expect, Operation
from conformance.evidence.requirements import Basis, Requirement
from conformance.traffic.exchanges import Recorded
from conformance.traffic.fields import is_media_type
from conformance.traffic.har import Part

_BASIS_OF_PART = {
    Part.REQUEST: Basis.ADDRESS,
    Part.REQUEST_HEADERS: Basis.REQUEST_HEADERS,
    Part.REQUEST_BODY: Basis.REQUEST_BODY,
}
# A header that says something with one status only (RFC 9110, 10.2.3).
_ONLY_WITH = {"retry-after": 503}
_TIME = re.compile(r"\d\d:\d\d")


def visible(exchange: Recorded, history: History, contract: Contract[Any]) -> tuple[str, ...]:
    """Return the requirements that an exchange may be held against."""
    lacking = _lacking(exchange, contract.api.operations)
    return tuple(
        identifier
        for identifier, requirement in contract.api.requirements.items()
        if lacking.isdisjoint(requirement.rests_on)
        and not _may_lack_header(exchange, requirement.response_header)
        and (Part.RESPONSE_BODY not in exchange.unknown or _is_shown_by_status(exchange, requirement))
        and not (Part.REQUEST_BODY in exchange.unknown and _is_free(exchange, requirement, history, contract))
    )


def _lacking(exchange: Recorded, operations: tuple[Operation, ...]) -> frozenset[Basis]:
    """Return what requirements may rest on and this exchange lacks; the clock is always the recorder's."""
    lacking = {Basis.CLOCK, *(basis for part, basis in _BASIS_OF_PART.items() if part in exchange.unknown)}
    return frozenset(lacking | {Basis.IDS_IN_ADDRESS} if _may_hold_name(exchange, operations) else lacking)


def _may_hold_name(exchange: Exchange, operations: tuple[Operation, ...]) -> bool:
    """Whether a create's path names a thing by another identifier than the answer does: names may stand there too."""
    if not exchange.case.operation.is_create:
        return False
    makers = [operation for operation in operations if f"{{{operation.makes}}}" in exchange.case.operation.path]
    answered = ((exchange.made.get(maker.id_key or ""), exchange.id_of(maker.makes or "")) for maker in makers)
    return any(isinstance(identifier, str) and identifier != addressed for identifier, addressed in answered)


def _may_lack_header(exchange: Exchange, name: str | None) -> bool:
    """Whether a header, if its absence can break anything here, may have been there: it was not recorded, emptied or redacted."""
    response = exchange.response
    if name is None or response is None or exchange.status != _ONLY_WITH.get(name, exchange.status):
        return False
    value = response.header(name)
    if value is None:
        return not _has_date(response)
    return not value or (name == "content-type" and not is_media_type(value))


def _has_date(response: Response) -> bool:
    """Whether the headers were recorded: every server sends Date."""
    return _TIME.search(response.header("date") or "") is not None


def _is_shown_by_status(exchange: Exchange, requirement: Requirement) -> bool:
    """Whether an answer without its body shows anything: by its status, or by not being the refusal that was due."""
    is_refusal_due = exchange.case.expect is Expect.REFUSE and requirement.id in exchange.case.about
    return is_refusal_due or Basis.STATUS_ALONE in requirement.rests_on


def _is_free(exchange: Exchange, requirement: Requirement, history: History, contract: Contract[Any]) -> bool:
    """Whether what breaks a requirement may be what the request, which is not known, had in it."""
    if Basis.ECHO not in requirement.rests_on:
        return False
    try:
        violation = contract.api.checks.outcome(requirement.id, exchange, history)
    except Exception:  # noqa: BLE001 - a check that crashes will crash again where its crash is recorded
        return False
    return violation is not None and not contract.recordings.echoes.isdisjoint(violation.at or ())
