"""`results.json`: the one place where results are written and read, of this format or an older one."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from conformance.core import typed_json
from conformance.core.errors import UsageError
from conformance.evidence import older_formats
from conformance.evidence.older_formats import FORMAT
from conformance.evidence.requirements import Requirement
from conformance.evidence.results import Results

RESULTS = "results.json"
SCHEMA = "specs/results.schema.json"


def to_json(results: Results) -> dict[str, Any]:
    """Return the record as a JSON object."""
    record: dict[str, Any] = {"format": FORMAT, **typed_json.to_json(results)}
    return {**record, "digest": digest(record)}


def digest(record: dict[str, Any]) -> str:
    """Return the SHA-256 of a record without its digest: who edits the record by hand is found out."""
    rest = {name: value for name, value in record.items() if name != "digest"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def text(results: Results) -> str:
    """Return the record as the text of `results.json`."""
    return json.dumps(to_json(results), indent=1) + "\n"


def from_json(record: Any, known: Mapping[str, Requirement]) -> Results:
    """Return the results that a record holds; `known` are the requirements that records of older formats say little of.

    Raises:
        ValueError: it is no record, or it is damaged.
        UsageError: a later version of this toolkit wrote it.

    """
    number = record.get("format") if isinstance(record, dict) else None
    if type(number) is not int:
        raise ValueError("it says no format")
    if number > FORMAT:
        raise UsageError(f"its format is {number}, and this version of the toolkit reads up to {FORMAT}")
    record = older_formats.upgraded(record, known)
    return typed_json.from_json(Results, {name: value for name, value in record.items() if name not in ("format", "digest")})


def read(path: Path, known: Mapping[str, Requirement]) -> Results:
    """Return the results that a file holds.

    Raises:
        UsageError: it cannot be read, or is no record.

    """
    try:
        return from_json(json.loads(path.read_text("utf-8")), known)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from None
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from None
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise UsageError(f"{path}: not the results.json of a run ({_why(error)})") from None


def _why(error: Exception) -> str:
    # What the file says may be part of it: one line, and no longer than that.
    return (" ".join(str(error).split()) or type(error).__name__)[:200]
