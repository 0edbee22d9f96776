"""Commands that repeat a counterexample by hand: ids come from the answers, and the token from the environment."""

import re
import shlex
from typing import Any

_LARGE = 8 * 1024
_PYTHON = "python3 -c 'import json,sys; print(json.load(sys.stdin)[\"{key}\"])'"


def commands(counterexample: dict[str, Any], manifest: dict[str, Any]) -> list[str]:
    """Return shell lines, in order; the last one shows the violation."""
    url, token = manifest["target"]["url"], manifest.get("token_env")
    lines = [f"TARGET={shlex.quote(url)}" if url else "TARGET=http://127.0.0.1:8000  # where the application is served"]
    if token:
        lines.append(f'TOKEN="${token}"')
    known: dict[str, str] = {}
    exchanges = counterexample["exchanges"]
    for index, exchange in enumerate(exchanges):
        line = _curl(exchange, known, manifest)
        made = _made(exchange)
        if index + 1 < len(exchanges) and made is not None:
            variable = f"ID{len(known) + 1}"
            key = "document_id" if exchange["operation"] == "create_document" else "collection_id"
            lines.append(f"{variable}=$({line.replace('curl -i', 'curl -s', 1)} | {_PYTHON.format(key=key)})")
            known[made] = variable
        else:
            lines.append(line)
    return lines


def _made(exchange: dict[str, Any]) -> str | None:
    response = exchange["response"]
    if response is None or response["status"] != 200 or not response.get("body"):  # noqa: PLR2004
        return None
    key = "document_id" if exchange["operation"] == "create_document" else "collection_id"
    found = re.search(rf'"{key}"\s*:\s*"([^"\\]+)"', response["body"])
    return None if found is None else found[1]


def _curl(exchange: dict[str, Any], known: dict[str, str], manifest: dict[str, Any]) -> str:
    request = exchange["request"]
    parts = ["curl -i", f"-X {request['method']}", f'"$TARGET"{_quoted(request["path"], known)}']
    if manifest.get("token_env"):
        parts.append('-H "Authorization: Bearer $TOKEN"')
    if manifest.get("namespace"):
        parts.append(f"-H {shlex.quote('X-Namespace: ' + manifest['namespace'])}")
    parts += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in request["headers"]]
    if not any(name == "content-type" for name, _value in request["headers"]) and request.get("body") is not None:
        parts.append("-H 'Content-Type:'")
    return _with_body(" ".join(parts), request, exchange["n"], known)


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
