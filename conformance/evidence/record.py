"""The record of a run as JSON values: exchanges one a line, and `results.json`."""

import base64
import hashlib
import json
import os
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from conformance.contract import pointers
from conformance.contract.pointers import MISSING
from conformance.evidence.exchange import Exchange, NotJson
from conformance.evidence.redaction import Redact, redacted
from conformance.evidence.verdicts import Counterexample, Row

FORMAT = 1
EXCHANGES = "exchanges.jsonl"
RESULTS = "results.json"
# A response body is kept up to here, with its whole size and digest; what was sent is always whole, so that it can be sent again.
_KEPT = 256 * 1024


def exchange_record(exchange: Exchange) -> dict[str, Any]:
    """Return one exchange as a JSON object; `context` names the exchanges that it builds on by their numbers."""
    case, response = exchange.case, exchange.response
    record: dict[str, Any] = {
        "n": exchange.number,
        "scenario": exchange.scenario,
        "operation": case.operation.value,
        "expect": case.expect.value,
        "about": list(case.about),
        "at": None if case.at is None else pointers.text(case.at),
        "context": [one.number for one in exchange.context],
        "sent_at": exchange.sent_at,
        "request": {
            "method": exchange.request.method,
            "path": exchange.request.path,
            "headers": [list(pair) for pair in exchange.request.headers],
            **_body(exchange.request.body, None),
        },
    }
    if response is None:
        return record | {"response": None, "failure": exchange.failure}
    return record | {
        "response": {
            "status": response.status,
            "headers": [list(pair) for pair in response.headers],
            "seconds": round(response.seconds, 6),
            **_body(response.body, _KEPT),
        },
        "failure": None,
    }


def _body(body: bytes | None, limit: int | None) -> dict[str, Any]:
    if body is None:
        return {"body": None}
    kept = body if limit is None else body[:limit]
    extra: dict[str, Any] = {}
    if len(kept) < len(body):
        extra = {"truncated": len(body), "sha256": hashlib.sha256(body).hexdigest()}
    try:
        return {"body": kept.decode("utf-8"), **extra}
    except UnicodeDecodeError:
        return {"body_base64": base64.b64encode(kept).decode(), **extra}


def plain(value: Any) -> Any:
    """Return a violation's expected or actual value as JSON: what JSON cannot say is said in words."""
    if value is MISSING or isinstance(value, NotJson):
        return repr(value)
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        return {key: plain(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def counterexample_record(counterexample: Counterexample) -> dict[str, Any]:
    """Return a counterexample as a JSON object."""
    violation = counterexample.violation
    return {
        "message": violation.message,
        "expected": plain(violation.expected),
        "actual": plain(violation.actual),
        "at": None if violation.at is None else pointers.text(violation.at),
        "level": None if violation.level is None else violation.level.value,
        "reproduced": counterexample.reproduced,
        "exchanges": [exchange_record(one) for one in counterexample.exchanges],
    }


def row_record(row: Row) -> dict[str, Any]:
    """Return one requirement's verdict as a JSON object."""
    return {
        "id": row.requirement.id,
        "level": row.level.value,
        "profile": row.requirement.profile,
        "status": row.status.value,
        "checks": row.checks,
        "violations": row.violations,
        "reason": row.reason,
        "counterexample": None if row.counterexample is None else counterexample_record(row.counterexample),
    }


def text(record: dict[str, Any], redact: Redact) -> str:
    """Write a record as one line of JSON without secrets; lone surrogates as escapes, so that the file is UTF-8."""
    clean = redacted(record, redact)
    try:
        line = json.dumps(clean, ensure_ascii=False)
        line.encode()
    except UnicodeEncodeError:
        return json.dumps(clean)
    return line


class Recorder:
    """Appends exchanges to a JSON Lines file, each line whole before the next request is sent."""

    def __init__(self, file: IO[str], redact: Redact) -> None:
        self._file = file
        self._redact = redact

    def write(self, exchange: Exchange) -> None:
        """Append one exchange."""
        self._file.write(text(exchange_record(exchange), self._redact) + "\n")
        self._file.flush()


def write_whole(path: Path, content: str) -> None:
    """Write a file so that a reader sees the old one or the new one, never a part.

    Raises:
        OSError: the folder cannot be written to.

    """
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
