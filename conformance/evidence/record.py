"""The record of a run as JSON values: exchanges one a line, and `results.json`."""

import base64
import hashlib
import json
import math
import os
import tempfile
from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import IO, Any

from conformance.core import json_text, pointers
from conformance.core.errors import RecordLost
from conformance.core.pointers import MISSING
from conformance.evidence.exchange import Case, Credentials, Exchange, Headers, Namespace, Request, Response
from conformance.evidence.ledger import Counterexample, Violation
from conformance.evidence.operation import Expect, Operation
from conformance.evidence.redaction import Redact, ours, redacted
from conformance.evidence.requirements import Level

# 2: all kinds of violation of a requirement (`others`, `more`), their fingerprints, and causes.
FORMAT = 2
EXCHANGES = "exchanges.jsonl"
RESULTS = "results.json"
# A response body is kept up to here, with its whole size and digest; what was sent is always whole, so that it can be sent again.
_KEPT = 256 * 1024


def exchange_record(exchange: Exchange, redact: Redact = str) -> dict[str, Any]:
    """Return one exchange as a JSON object; `context` names the exchanges that it builds on by their numbers.

    Bodies are redacted here, before they are cut or encoded; `redacted` does the rest.
    """
    case, response = exchange.case, exchange.response
    record: dict[str, Any] = {
        "n": exchange.number,
        "scenario": exchange.scenario,
        "operation": case.operation.name,
        "expect": case.expect.value,
        "about": list(case.about),
        "at": None if case.at is None else pointers.text(case.at),
        "context": [one.number for one in exchange.context],
        "sent_at": exchange.sent_at,
        "together": exchange.together,
        "request": {
            "method": exchange.request.method,
            "path": exchange.request.path,
            "headers": [list(pair) for pair in exchange.request.headers],
            "credentials": exchange.request.credentials.value,
            "namespace": exchange.request.namespace.value,
            **_body(exchange.request.body, None, partial(ours, redact)),
        },
    }
    if response is None:
        return record | {"response": None, "failure": exchange.failure}
    return record | {
        "response": {
            "status": response.status,
            "headers": [list(pair) for pair in response.headers],
            "seconds": round(response.seconds, 6),
            **_body(response.body, _KEPT, redact),
        },
        "failure": None,
    }


def _body(body: bytes | None, limit: int | None, redact: Redact) -> dict[str, Any]:
    if body is None:
        return {"body": None}
    body = redact(body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
    kept = body if limit is None else body[:limit]
    extra: dict[str, Any] = {}
    if len(kept) < len(body):
        extra = {"truncated": len(body), "sha256": hashlib.sha256(body).hexdigest()}
    try:
        return {"body": kept.decode("utf-8"), **extra}
    except UnicodeDecodeError:
        return {"body_base64": base64.b64encode(kept).decode(), **extra}


def plain(value: Any) -> Any:
    """Return a violation's expected or actual value as JSON, whatever it is: what JSON cannot say is said in words."""
    if value is None or isinstance(value, bool | str | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    if isinstance(value, dict):
        return {str(key): plain(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return str(value) if isinstance(value, Decimal | float) else repr(value)


def counterexample_record(
    counterexample: Counterexample, redact: Redact = str, *, fingerprint: str | None = None
) -> dict[str, Any]:
    """Return a counterexample as a JSON object; `fingerprint` is what its kind of violation is known by."""
    violation = counterexample.violation
    return {
        "fingerprint": fingerprint,
        "origin": counterexample.origin,
        "message": violation.message,
        "expected": plain(violation.expected),
        "actual": plain(violation.actual),
        "at": None if violation.at is None else pointers.text(violation.at),
        "level": None if violation.level is None else violation.level.value,
        "reproduced": counterexample.reproduced,
        "repetitions": {"shown": counterexample.shown, "not_shown": counterexample.hidden},
        "not_shown_by": [exchange_record(one, redact) for one in counterexample.held],
        "exchanges": [exchange_record(one, redact) for one in counterexample.exchanges],
    }


def as_counterexample(recorded: dict[str, Any], operations: Mapping[str, Operation]) -> Counterexample:
    """Return a recorded counterexample as a value again, as if it had not been repeated."""
    level = None if recorded["level"] is None else Level(recorded["level"])
    violation = Violation(recorded["message"], recorded["expected"], recorded["actual"], level=level)
    return Counterexample(violation, exchanges(recorded["exchanges"], operations), recorded.get("origin", 0))


def text(record: dict[str, Any], redact: Redact) -> str:
    """Write a record as one line of JSON without secrets; in ASCII, so that no reader takes U+2028 for the line's end."""
    return json.dumps(redacted(record, redact), default=repr)


class Recorder:
    """Appends exchanges to a JSON Lines file, each line whole before the next request is sent."""

    def __init__(self, file: IO[str], redact: Redact) -> None:
        self._file = file
        self._redact = redact

    def write(self, exchange: Exchange) -> None:
        """Append one exchange.

        Raises:
            RecordLost: the file cannot be written to.

        """
        line = text(exchange_record(exchange, self._redact), self._redact) + "\n"
        try:
            self._file.write(line)
            self._file.flush()
        except OSError as error:
            raise RecordLost(f"the record could not be written: {error.strerror or error}") from None


def write_whole(path: Path, content: str) -> None:
    """Write a file so that a reader sees the old one or the new one, never a part.

    Raises:
        OSError: the folder cannot be written to.

    """
    path = path.resolve()  # where a link points to, rather than in the link's place
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(content)
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def exchanges(records: list[dict[str, Any]], operations: Mapping[str, Operation]) -> tuple[Exchange, ...]:
    """Return recorded exchanges as values again, each with those it builds on; `operations` are the contract's by their names."""
    made: dict[int, Exchange] = {}
    for one in records:
        made[one["n"]] = _exchange(one, tuple(made[number] for number in one["context"] if number in made), operations)
    return tuple(made.values())


def _exchange(one: dict[str, Any], context: tuple[Exchange, ...], operations: Mapping[str, Operation]) -> Exchange:
    request, response = one["request"], one["response"]
    body = _bytes(request)
    at = None if one["at"] is None else pointers.parse(one["at"])
    case = Case(operations[one["operation"]], Expect(one["expect"]), tuple(one["about"]), at, _value(body))
    return Exchange(
        number=one["n"],
        scenario=one["scenario"],
        case=case,
        request=Request(
            request["method"],
            request["path"],
            _headers(request),
            body,
            Credentials(request.get("credentials", "own")),
            Namespace(request.get("namespace", "primary")),
        ),
        response=None
        if response is None
        else Response(response["status"], _headers(response), _bytes(response) or b"", response["seconds"]),
        failure=one["failure"],
        sent_at=one["sent_at"],
        context=context,
        together=one.get("together"),
    )


def _headers(message: dict[str, Any]) -> Headers:
    return tuple((name, value) for name, value in message["headers"])


def _bytes(message: dict[str, Any]) -> bytes | None:
    if "body_base64" in message:
        return base64.b64decode(message["body_base64"])
    return None if message["body"] is None else str(message["body"]).encode()


def _value(body: bytes | None) -> Any:
    """Return the JSON object that was sent; MISSING for what was sent as bytes, which stays as it is."""
    try:
        value = MISSING if body is None else json_text.loads(body)
    except ValueError:
        return MISSING
    return value if isinstance(value, dict) else MISSING
