"""One exchange as tools write it, whole: a collection made, with what a server says back and what it says of its own accord."""

import copy
import io
import json

from conformance.contracts.collections.contract import CONTRACT
from conformance.evidence.record import Recorder
from conformance.evidence.redaction import Redactor
from conformance.traffic import har
from conformance.traffic.exchanges import Reader
from conformance.traffic.judge import judge

BASE = "https://api.acme.test"
SOURCE = {"type": "bucket", "bucket_id": "bkt_1", "filters": {"AND": [{"field": "a", "operator": "eq", "value": "é"}]}}
SENT = {
    "collection_name": "café",
    "source": SOURCE,
    "feature_extractors": [],
    "metadata": {"k": 1},
    "cache_config": {"ttl_seconds": 0},
}
FILLED = {"enabled": True, "ttl_seconds": 0, "invalidation_strategy": "replace_if_better", "max_entries_per_key": 5}
MADE = {
    "collection_name": "café", "collection_id": "col_1", "feature_extractors": [], "output_schema": {"properties": {}}, "enabled": True,
    "metadata": {"k": 1}, "cache_config": FILLED,
    "source_lineage": [{"source_type": "bucket", "bucket_id": "bkt_1", "bucket_config": SOURCE, "output_schema": {"properties": {}}}],
}  # fmt: skip
MISNAMED = {**MADE, "collection_name": "cafe"}


def pairs(**headers):
    return [{"name": name.replace("_", "-"), "value": value} for name, value in headers.items()]


def exchange(sent=SENT, made=MADE, *, method="POST", path="/v1/collections/create", status=200):
    """Return an entry in which nothing is missing; a body that is a text is sent as it is."""
    given, answered = (body if isinstance(body, str) else json.dumps(body, ensure_ascii=False) for body in (sent, made))
    sizes = [len(text.encode()) for text in (given, answered)]
    return {
        "startedDateTime": "2026-11-27T05:46:45.636Z",
        "time": 5.6,
        "request": {
            "method": method, "url": BASE + path, "httpVersion": "HTTP/1.1", "cookies": [], "queryString": [], "headersSize": 191,
            "headers": pairs(host="api.acme.test", content_type="application/json", content_length=str(sizes[0])), "bodySize": sizes[0],
            "postData": {"mimeType": "application/json", "text": given, "params": []},
        },
        "response": {
            "status": status, "statusText": "", "httpVersion": "HTTP/1.1", "cookies": [], "redirectURL": "", "headersSize": 146,
            "headers": pairs(date="Fri, 27 Nov 2026 05:46:45 GMT", content_type="application/json", content_length=str(sizes[1])),
            "content": {"size": sizes[1], "mimeType": "application/json", "text": answered}, "bodySize": sizes[1],
        },
        "cache": {},
        "timings": {"send": 0.4, "wait": 3.9, "receive": 1.2},
    }  # fmt: skip


def without(entry, side, *names):
    """Return an entry that lacks some headers."""
    kept = [header for header in entry[side]["headers"] if header["name"] not in names]
    return merged(entry, {side: {"headers": kept}})


def merged(entry, changes):
    """Return an entry with some fields changed, at any depth; a field that is `...` is left out."""
    result = copy.deepcopy(entry)
    for name, value in changes.items():
        if value is ...:
            result.pop(name, None)
        else:
            result[name] = merged(result[name], value) if isinstance(value, dict) and isinstance(result.get(name), dict) else value
    return result


def written(folder, *entries, creator="a tool", prefix=b"", **how):
    """Write a recording and return where it is."""
    path = folder / "t.har"
    log = {"log": {"version": "1.2", "creator": {"name": creator, "version": "1"}, "entries": list(entries)}}
    path.write_bytes(prefix + json.dumps(log, **how).encode())
    return path


def judged(path, base=BASE):
    """Return what a recording shows to be broken, to be kept, and the reader that counted."""
    recording = har.read(path)
    reader = Reader(CONTRACT, base, CONTRACT.recordings.nothing_known)
    ledger, _count = judge(reader.exchanges(recording.entries), Recorder(io.StringIO(), Redactor()), CONTRACT)
    assert not [finding.errors for finding in ledger.tallies.values() if finding.errors]
    return ledger.failed(), {name for name, finding in ledger.tallies.items() if finding.checks}, reader
