"""Records of older formats, brought up to this one.

1: the first. 2: all kinds of violation of a requirement (`others`, `more`), their fingerprints, and causes. 3: what reports say of a
requirement and of the contract, what an exchange made, and where a list goes on. 4: what was seen of each operation, what is declared
of a deviation, and a digest of the record. 5: which shard of a run it is, or of how many shards it was joined.

There was one contract until format 3, so its records did not name it; what they lack of it is said here and never changes.
"""

import re
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from conformance.evidence.requirements import Requirement
from conformance.evidence.results import Manifest, Results

FORMAT = 5
Record = dict[str, Any]
# From this format on, a record needs nothing to be looked up in the contract.
_SELF_CONTAINED = 3
_TITLE = "collections API"
_SOURCES = {
    "C": "the published page of POST /v1/collections/create",
    "D": "the published page of POST /v1/collections/{collection_identifier}/documents",
    "V": "the vendor's published OpenAPI documents",
    "R": "an RFC: 9110 (HTTP), 8259 (JSON), 3339 (time) or 6750 (bearer tokens)",
    "I": "this contract's reading, where the sources are silent or disagree",
}
_KEYS = {"create_collection": "collection_id", "create_document": "document_id", "create_bucket": "bucket_id"}
# What the first records lacked, and later ones had before their format was counted up.
_MANIFEST: Record = {
    "prefix": "", "only": [], "token_env": None, "namespaces": None, "capabilities": {}, "keep": False, "resumed": 0, "vocabulary": {},
    "digests": {}, "python": "", "platform": "", "libraries": {}, "supplies": [], "incomplete_because": None, "stale_deviations": [],
    "causes_lacking": None,
}  # fmt: skip
_RESULTS: Record = {"causes": [], "requests": 0, "seconds": 0.0, "scenarios": {}, "shares": {}, "cleaned": {}, "incidents": {}}
_ROW: Record = {"violations": 0, "reason": None, "flaky": False, "counterexample": None, "others": [], "more": 0}
_EXAMPLE: Record = {
    "fingerprint": None, "origin": 0, "at": None, "level": None, "reproduced": None, "repetitions": {"shown": 0, "not_shown": 0},
    "not_shown_by": [],
}  # fmt: skip
_EXCHANGE: Record = {"together": None, "failure": None}


def upgraded(record: Record, known: Mapping[str, Requirement]) -> Record:
    """Return a record in this format; `known` has the requirements that it judged."""
    if record["format"] < _SELF_CONTAINED:
        record = _upgraded(record, known)
    return {"operations": {}, **record}


def _upgraded(record: Record, known: Mapping[str, Requirement]) -> Record:
    """Add what the record left to be looked up in the contract; what the first records lacked, nobody knows any more."""
    profiles = list(dict.fromkeys(requirement.profile for requirement in known.values()))
    manifest = {
        **_only(Manifest, _MANIFEST | record["manifest"]),
        "supplies": record["manifest"].get("buckets", []),
        "contract": {"name": "collections", "title": _TITLE, "profiles": profiles, "sources": _SOURCES},
        "namespace_header": "X-Namespace",
    }
    rows = [_row(row, known.get(row["id"])) for row in record["requirements"]]
    return {**_only(Results, _RESULTS | record), "format": FORMAT, "manifest": manifest, "requirements": rows}


def _only(kind: type[Manifest | Results], record: Record) -> Record:
    """Leave out what the first records had and no later one has."""
    return {member.name: record[member.name] for member in fields(kind) if member.name in record}


def _row(row: Record, requirement: Requirement | None) -> Record:
    counterexample = None if row.get("counterexample") is None else _example(row["counterexample"])
    examples = {"counterexample": counterexample, "others": [_example(example) for example in row.get("others", ())]}
    return {**_ROW, **row, **examples, **_stated(row, requirement)}


def _stated(row: Record, requirement: Requirement | None) -> Record:
    """Return what the contract says of a requirement, or little of one that it has no more."""
    if requirement is None:
        return {"text": "", "source": [], "subject": "", "stated_level": row["level"], "tested": True}
    return {
        "text": requirement.text,
        "source": list(requirement.source),
        "subject": requirement.subject,
        "stated_level": requirement.level.value,
        "tested": requirement.not_tested is None,
    }


def _example(example: Record) -> Record:
    exchanges = {name: [_exchange(exchange) for exchange in example.get(name, ())] for name in ("exchanges", "not_shown_by")}
    return {**_EXAMPLE, **example, **exchanges}


def _exchange(exchange: Record) -> Record:
    made = _answered(exchange, _KEYS.get(exchange["operation"]))
    cursor = _answered(exchange, "next_cursor" if exchange["operation"] == "list_documents" else None)
    more: Record = {}
    if made is not None:
        more["made"] = {"key": _KEYS[exchange["operation"]], "id": made}
    if cursor is not None:
        more["next_page"] = {"parameter": "cursor", "at": "/pagination/next_cursor", "value": cursor}
    return {**_EXCHANGE, **exchange, **more}


def _answered(exchange: Record, key: str | None) -> str | None:
    """Return the text that an answer holds under a key, also one that was cut and is no whole JSON."""
    response = exchange["response"]
    if key is None or response is None or response["status"] != 200 or not response.get("body"):  # noqa: PLR2004
        return None
    match = re.search(rf'"{key}"\s*:\s*"([^"\\]+)"', response["body"])
    return None if match is None else match[1]
