"""Commands that repeat a counterexample by hand: ids come from the answers, and the token from the environment."""

import re
import shlex
from typing import Any
from urllib.parse import quote_plus

_LARGE = 8 * 1024
_PYTHON = "python3 -c 'import json,sys; print(json.load(sys.stdin)[\"{key}\"])'"
_CURSOR = (
    "python3 -c 'import json,sys,urllib.parse as u; "
    'print("cursor=" + u.quote_plus(json.load(sys.stdin)["pagination"]["next_cursor"]))\''
)
_KEYS = {"create_collection": "collection_id", "create_document": "document_id", "create_bucket": "bucket_id"}
_AUTHORIZATIONS = {
    "own": "Bearer $TOKEN",
    "none": None,
    "unknown": "Bearer conformance-unknown-token",
    "longer": "Bearer ${TOKEN}" + "x" * 64,
    "recased": 'Bearer $(printf %s "$TOKEN" | tr a-zA-Z A-Za-z)',
    "basic": "Basic $TOKEN",
    "bare": "$TOKEN",
    "empty": "Bearer",
    "not-ascii": r"Bearer $(printf 'conformance-\351\374\337')",
    "long": r"Bearer $(head -c 5000 /dev/zero | tr '\0' x)",
}


def commands(counterexample: dict[str, Any], manifest: dict[str, Any]) -> list[str]:
    """Return shell lines, in order; the last one shows the violation."""
    url, token = manifest["target"]["url"], manifest.get("token_env")
    lines = [f"TARGET={shlex.quote(url)}" if url else "TARGET=http://127.0.0.1:8000  # where the application is served"]
    if token:
        lines.append(f'TOKEN="${token}"')
    known: dict[str, str] = {}
    exchanges = counterexample["exchanges"]
    for index, exchange in enumerate(exchanges):
        line, later = _curl(exchange, known, manifest), exchanges[index + 1 :]
        kept = _kept(exchange, later, known)
        lines.append(line if kept is None else f"{kept[0]}=$({line.replace('curl -i', 'curl -s', 1)} | {kept[1]})")
        lines += _at_once(lines, exchange, later)
    return lines


def _kept(exchange: dict[str, Any], later: list[dict[str, Any]], known: dict[str, str]) -> tuple[str, str] | None:
    """Return a variable for what later requests need of this one's answer, and the filter that finds it; None if they need nothing."""
    key = _KEYS.get(exchange["operation"])
    made = _answered(exchange, key) if later and key is not None else None
    if made is not None:
        known[made] = f"ID{len(known) + 1}"
        return known[made], _PYTHON.format(key=key)
    cursor = _answered(exchange, "next_cursor") if exchange["operation"] == "list_documents" else None
    named = None if cursor is None else f"cursor={quote_plus(cursor)}"
    if named is None or not any(named in one["request"]["path"] for one in later):
        return None
    known[named] = f"CURSOR{len(known) + 1}"
    return known[named], _CURSOR


def _at_once(lines: list[str], exchange: dict[str, Any], later: list[dict[str, Any]]) -> list[str]:
    """Put a request that was sent among others into the background, and wait for all of them after the last."""
    together = exchange.get("together")
    if together is None:
        return []
    lines[-1] += " &"
    return [] if later and later[0].get("together") == together else ["wait"]


def _answered(exchange: dict[str, Any], key: str) -> str | None:
    response = exchange["response"]
    if response is None or response["status"] != 200 or not response.get("body"):  # noqa: PLR2004
        return None
    found = re.search(rf'"{key}"\s*:\s*"([^"\\]+)"', response["body"])
    return None if found is None else found[1]


def _curl(exchange: dict[str, Any], known: dict[str, str], manifest: dict[str, Any]) -> str:
    request = exchange["request"]
    parts = ["curl -i", f"-X {request['method']}", f'"$TARGET"{_quoted(request["path"], known)}']
    parts += _identity(request, manifest)
    parts += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in request["headers"]]
    if not any(name == "content-type" for name, _value in request["headers"]) and request.get("body") is not None:
        parts.append("-H 'Content-Type:'")
    return _with_body(" ".join(parts), request, exchange["n"], known)


def _identity(request: dict[str, Any], manifest: dict[str, Any]) -> list[str]:
    """Return the headers that say who sends a request, the token as a variable."""
    credentials, namespaces = request.get("credentials", "own"), manifest.get("namespaces")
    authorization = _AUTHORIZATIONS[credentials] if credentials != "own" or manifest.get("token_env") else None
    lines = [] if authorization is None else [f'-H "Authorization: {authorization}"']
    if namespaces:
        name = namespaces[1 if request.get("namespace") == "secondary" else 0]
        lines.append(f"-H {shlex.quote('X-Namespace: ' + name)}")
    return lines


def _with_body(command: str, request: dict[str, Any], number: int, known: dict[str, str]) -> str:
    if "body_base64" in request:
        return f"echo {request['body_base64']} | base64 -d | {command} --data-binary @-"
    body = request.get("body")
    if body is None:
        return command
    if len(body) > _LARGE:
        return f"{command} --data-binary @body-{number}.json  # the body of exchange {number} in exchanges.jsonl"
    return f"{command} --data-raw {_quoted(body, known)}"


def _quoted(text: str, known: dict[str, str]) -> str:
    """Quote for a POSIX shell, with the ids of this time's answers in place of those recorded."""
    if not known:
        return shlex.quote(text)
    pattern = re.compile("|".join(re.escape(one) for one in known))
    quoted, at = "", 0
    for match in pattern.finditer(text):
        quoted += shlex.quote(text[at : match.start()]) if match.start() > at else ""
        quoted += f'"${known[match[0]]}"'
        at = match.end()
    return quoted + (shlex.quote(text[at:]) if at < len(text) else "")
