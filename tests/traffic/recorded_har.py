"""HAR files as a browser or a proxy would have written them, made from the exchanges of a run."""

import base64
import gzip
import json
from datetime import UTC, datetime

BASE = "https://api.acme.test/gateway"


def entry(one, base=BASE, *, more=()):
    """Return the entry of one recorded exchange."""
    request, response = one["request"], one["response"]
    sent = {"method": request["method"], "url": base + request["path"], "httpVersion": "HTTP/2", "headers": headers(request, more),
            "queryString": [], "cookies": [], "headersSize": -1, "bodySize": 0}  # fmt: skip
    if request.get("body") is not None:
        sent |= {"postData": {"mimeType": "application/json", "text": request["body"]}, "bodySize": len(request["body"].encode())}
    if request["method"] in ("POST", "PUT", "PATCH"):
        sent["headers"].append({"name": "Content-Length", "value": str(sent["bodySize"])})
    text = response.get("body")
    content = {"mimeType": "application/json", "size": 0}
    if text is not None:
        content |= {"text": text, "size": len(text.encode())}
    elif "body_base64" in response:
        content |= {"text": response["body_base64"], "encoding": "base64", "size": len(base64.b64decode(response["body_base64"]))}
    got = {"status": response["status"], "statusText": "", "httpVersion": "HTTP/2", "headers": headers(response), "cookies": [],
           "content": content, "redirectURL": "", "headersSize": -1, "bodySize": -1}  # fmt: skip
    at = datetime.fromtimestamp(one["sent_at"], UTC).isoformat().replace("+00:00", "Z")
    return {"startedDateTime": at, "time": response["seconds"] * 1000, "request": sent, "response": got, "cache": {}, "timings": {}}


def headers(message, more=()):
    found = [{"name": name.title(), "value": value} for name, value in message["headers"]]
    return [{"name": ":authority", "value": "api.acme.test"}, *found, *({"name": name, "value": value} for name, value in more)]


def har(entries):
    return {"log": {"version": "1.2", "creator": {"name": "test", "version": "1"}, "entries": list(entries)}}


def of_record(path, **how):
    """Return the HAR of a run's exchanges.jsonl.gz: what was answered, whole, and could be written as text."""
    records = [json.loads(line) for line in gzip.decompress(path.read_bytes()).decode().splitlines()]
    return har(entry(one, **how) for one in records if one["response"] is not None and "body_base64" not in one["request"]
               and "truncated" not in one["response"])  # fmt: skip
