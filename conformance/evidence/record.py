"""From what happened to what is recorded: exchanges, one a line, and counterexamples.

This is the way to the disk, and nothing passes here but through a `Redactor`.
"""

import base64
import hashlib
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from typing import IO, Any, TypeAlias, TypedDict

from conformance.core import json_text, pointers, typed_json
from conformance.core.errors import RecordLost
from conformance.core.pointers import MISSING
from conformance.evidence.exchange import Case, Credentials, Exchange, Namespace, Request, Response
from conformance.evidence.ledger import Counterexample, Violation
from conformance.evidence.operation import Expect, Operation
from conformance.evidence.redaction import Redactor
from conformance.evidence.results import (
    Example,
    ExchangeRecord,
    Made,
    NextPage,
    Repetitions,
    RequestRecord,
    ResponseRecord,
)

Operations: TypeAlias = Mapping[str, Operation]
# JSON Lines, compressed: `zcat exchanges.jsonl.gz | jq`.
EXCHANGES = "exchanges.jsonl.gz"
# A response body is kept up to here, with its whole size and digest; what was sent is always whole, so that it can be sent again.
_KEPT = 256 * 1024


def exchange_record(exchange: Exchange, redactor: Redactor) -> ExchangeRecord:
    """Return what is recorded of an exchange, without secrets."""
    return typed_json.from_json(ExchangeRecord, _redacted(_exchange_record(exchange, redactor), redactor))


def counterexample_record(counterexample: Counterexample, redactor: Redactor, *, fingerprint: str | None = None) -> Example:
    """Return what is recorded of a counterexample, without secrets; `fingerprint` is what its kind of violation is known by."""
    violation = counterexample.violation
    example = Example(
        fingerprint=fingerprint,
        origin=counterexample.origin,
        message=violation.message,
        expected=plain(violation.expected),
        actual=plain(violation.actual),
        at=None if violation.at is None else pointers.text(violation.at),
        level=violation.level,
        reproduced=counterexample.reproduced,
        repetitions=Repetitions(counterexample.shown, counterexample.hidden),
        not_shown_by=tuple(_exchange_record(exchange, redactor) for exchange in counterexample.held),
        exchanges=tuple(_exchange_record(exchange, redactor) for exchange in counterexample.exchanges),
        told=violation.told or None,
    )
    return typed_json.from_json(Example, _redacted(example, redactor))


def _redacted(recorded: ExchangeRecord | Example, redactor: Redactor) -> Any:
    return redactor.record(typed_json.to_json(recorded))


def _exchange_record(exchange: Exchange, redactor: Redactor) -> ExchangeRecord:
    """Return what is recorded of an exchange; only the bodies are redacted here, before they are cut or encoded."""
    case = exchange.case
    return ExchangeRecord(
        n=exchange.number,
        scenario=exchange.scenario,
        operation=case.operation.name,
        expect=case.expect.value,
        about=case.about,
        at=None if case.at is None else pointers.text(case.at),
        context=tuple(earlier.number for earlier in exchange.context),
        sent_at=exchange.sent_at,
        together=exchange.together,
        request=_request_record(exchange.request, redactor),
        response=None if exchange.response is None else _response_record(exchange.response, redactor),
        failure=exchange.failure if exchange.response is None else None,
        made=_made(exchange),
        next_page=_next_page(exchange),
        beside=exchange.beside or None,
    )


def _request_record(request: Request, redactor: Redactor) -> RequestRecord:
    body = request.body
    if body is not None and redactor.has_secrets:
        body = _encoded(redactor.ours(_decoded(body)))
    return RequestRecord(
        request.method, request.path, request.headers, request.credentials.value, request.namespace.value, **_body(body)
    )


def _response_record(response: Response, redactor: Redactor) -> ResponseRecord:
    body = _encoded(redactor(_decoded(response.body))) if redactor.has_secrets else response.body
    recorded = ResponseRecord(response.status, response.headers, round(response.seconds, 6), **_body(body[:_KEPT]))
    if len(body) <= _KEPT:
        return recorded
    return replace(recorded, truncated=len(body), sha256=hashlib.sha256(body).hexdigest())


def _decoded(body: bytes) -> str:
    return body.decode("utf-8", "surrogateescape")


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


class _Body(TypedDict, total=False):
    body: str | None
    body_base64: str


def _body(body: bytes | None) -> _Body:
    try:
        return {"body": None if body is None else body.decode("utf-8")}
    except UnicodeDecodeError:
        return {"body_base64": base64.b64encode(body or b"").decode()}


def _made(exchange: Exchange) -> Made | None:
    """Return what an exchange made, and under which key its answer said so."""
    identifier, key = exchange.created_id, exchange.case.operation.id_key
    return None if identifier is None or key is None else Made(key, identifier)


def _next_page(exchange: Exchange) -> NextPage | None:
    """Return where a list goes on."""
    paging, cursor = exchange.case.operation.paging, exchange.next_page
    return None if paging is None or cursor is None else NextPage(paging.parameter, pointers.text(paging.at), cursor)


def plain(value: Any) -> Any:
    """Return a violation's expected or actual value as JSON, whatever it is: what JSON cannot say is said in words."""
    if value is None or isinstance(value, bool | str | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    if isinstance(value, dict):
        return {str(key): plain(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return str(value) if isinstance(value, Decimal | float) else repr(value)


class Recorder:
    """Appends exchanges to a JSON Lines file, each line whole before the next request is sent."""

    def __init__(self, file: IO[str], redactor: Redactor) -> None:
        self._file = file
        self._redactor = redactor
        # Where a round of a long run begins in the file, the exchange written last, and those of the round that are worth keeping.
        self._begun: int | None = None
        self._last = ""
        self._kept: list[str] = []

    def write(self, exchange: Exchange) -> None:
        """Append one exchange.

        Raises:
            RecordLost: the file cannot be written to.

        """
        # In ASCII, so that no reader takes U+2028 for the line's end.
        self._last = json.dumps(_redacted(_exchange_record(exchange, self._redactor), self._redactor)) + "\n"
        with _or_lost():
            self._file.write(self._last)
            self._file.flush()

    def keep_last(self) -> None:
        """Keep what was written last when its round is dropped."""
        self._kept.append(self._last)

    def begin_round(self) -> None:
        """Note where a round begins.

        Raises:
            RecordLost: the file cannot be written to.

        """
        with _or_lost():
            self._begun, self._kept = self._file.tell(), []

    def drop_round(self) -> None:
        """Drop what was written since `begin_round` but for what is to be kept: hours of exchanges would fill a disk.

        Raises:
            RecordLost: the file cannot be written to.

        """
        if self._begun is None:
            return
        with _or_lost():
            self._file.seek(self._begun)
            self._file.truncate()
            self._file.writelines(self._kept)
            self._file.flush()


@contextmanager
def _or_lost() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RecordLost(f"the record could not be written: {error.strerror or error}") from None


def as_counterexample(example: Example, operations: Operations) -> Counterexample:
    """Return a recorded counterexample as a value again, as if it had not been repeated."""
    violation = Violation(example.message, example.expected, example.actual, level=example.level)
    return Counterexample(violation, exchanges(example.exchanges, operations), example.origin)


def read_line(line: str, operations: Operations) -> Exchange:
    """Return the exchange that a line holds, without those that it builds on.

    Raises:
        ValueError: the line is damaged.

    """
    (exchange,) = exchanges([typed_json.from_json(ExchangeRecord, json.loads(line))], operations)
    return exchange


def exchanges(recorded: Iterable[ExchangeRecord], operations: Operations) -> tuple[Exchange, ...]:
    """Return recorded exchanges as values again, each with those it builds on; `operations` are the contract's by their names."""
    known: dict[int, Exchange] = {}
    for exchange in recorded:
        known[exchange.n] = _exchange(exchange, tuple(known[number] for number in exchange.context if number in known), operations)
    return tuple(known.values())


def _exchange(recorded: ExchangeRecord, context: tuple[Exchange, ...], operations: Operations) -> Exchange:
    return Exchange(
        number=recorded.n,
        scenario=recorded.scenario,
        case=_case(recorded, operations),
        request=_request(recorded.request),
        response=None if recorded.response is None else _response(recorded.response),
        failure=recorded.failure,
        sent_at=recorded.sent_at,
        context=context,
        together=recorded.together,
    )


def _case(recorded: ExchangeRecord, operations: Operations) -> Case:
    at = None if recorded.at is None else pointers.parse(recorded.at)
    return Case(operations[recorded.operation], Expect(recorded.expect), recorded.about, at, _value(_bytes(recorded.request)))


def _request(recorded: RequestRecord) -> Request:
    return Request(
        recorded.method,
        recorded.path,
        recorded.headers,
        _bytes(recorded),
        Credentials(recorded.credentials),
        Namespace(recorded.namespace),
    )


def _response(recorded: ResponseRecord) -> Response:
    return Response(recorded.status, recorded.headers, _bytes(recorded) or b"", recorded.seconds)


def _bytes(message: RequestRecord | ResponseRecord) -> bytes | None:
    if message.body_base64 is not None:
        return base64.b64decode(message.body_base64)
    return None if message.body is None else message.body.encode()


def _value(body: bytes | None) -> Any:
    """Return the JSON object that was sent; MISSING for what was sent as bytes, which stays as it is."""
    try:
        value = MISSING if body is None else json_text.loads(body)
    except ValueError:
        return MISSING
    return value if isinstance(value, dict) else MISSING
