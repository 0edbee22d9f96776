"""Shell commands that repeat a counterexample with curl. Ids come from the answers, and the token from the environment."""

import json
import re
import shlex
from urllib.parse import quote_plus

from conformance.core import pointers
from conformance.evidence.results import Example, ExchangeRecord, Manifest, NextPage, RequestRecord

_LARGE = 8 * 1024
_ID = "python3 -c 'import json,sys; print(json.load(sys.stdin)[\"{key}\"])'"
_NEXT_PAGE = "python3 -c 'import json,sys,urllib.parse as u; print(\"{parameter}=\" + u.quote_plus(json.load(sys.stdin){place}))'"
_AUTHORIZATIONS = {
    "own": "{scheme}$TOKEN",
    "none": None,
    "unknown": "{scheme}conformance-unknown-token",
    "longer": "{scheme}${{TOKEN}}" + "x" * 64,
    "recased": '{scheme}$(printf %s "$TOKEN" | tr a-zA-Z A-Za-z)',
    "basic": "Basic $TOKEN",
    "bare": "$TOKEN",
    "empty": "{scheme}",
    "not-ascii": r"{scheme}$(printf 'conformance-\351\374\337')",
    "long": r"{scheme}$(head -c 5000 /dev/zero | tr '\0' x)",
}


def commands(example: Example, manifest: Manifest) -> list[str]:
    """Return shell commands, one a line, in order; the last request shows the violation."""
    url, token = manifest.target.url, manifest.token_env
    lines = [f"TARGET={shlex.quote(url)}" if url else "TARGET=http://127.0.0.1:8000  # where the application is served"]
    if token:
        lines.append(f'TOKEN="${token}"')
    # Shell variables by the recorded text that they stand for.
    variables: dict[str, str] = {}
    for index, exchange in enumerate(example.exchanges):
        command, later = _curl(exchange, variables, manifest), example.exchanges[index + 1 :]
        capture = _capture(exchange, later, variables)
        lines.append(command if capture is None else f"{capture[0]}=$({command.replace('curl -i', 'curl -s', 1)} | {capture[1]})")
        lines += _concurrent(lines, exchange, later)
    return lines


def _capture(exchange: ExchangeRecord, later: tuple[ExchangeRecord, ...], variables: dict[str, str]) -> tuple[str, str] | None:
    """Return a shell variable for the part of this answer that later requests need, and a command that extracts it, or None."""
    made, page = exchange.made, exchange.next_page
    if later and made is not None:
        variables[made.id] = f"ID{len(variables) + 1}"
        return variables[made.id], _ID.format(key=made.key)
    parameter = None if page is None else f"{page.parameter}={quote_plus(page.value)}"
    if page is None or parameter is None or not any(parameter in following.request.path for following in later):
        return None
    variables[parameter] = f"CURSOR{len(variables) + 1}"
    return variables[parameter], _page_filter(page)


def _page_filter(page: NextPage) -> str:
    place = "".join(f"[{json.dumps(part)}]" for part in pointers.parse(page.at))
    return _NEXT_PAGE.format(parameter=page.parameter, place=place)


def _concurrent(lines: list[str], exchange: ExchangeRecord, later: tuple[ExchangeRecord, ...]) -> list[str]:
    """Run concurrent requests in the background: mark the last line so, and return a `wait` after the last of them."""
    if exchange.together is None:
        return []
    lines[-1] += " &"
    return [] if later and later[0].together == exchange.together else ["wait"]


def _curl(exchange: ExchangeRecord, variables: dict[str, str], manifest: Manifest) -> str:
    request = exchange.request
    parts = ["curl -i", f"-X {request.method}", f'"$TARGET"{_quoted(request.path, variables)}']
    parts += _identity(request, manifest)
    parts += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in request.headers]
    if not any(name == "content-type" for name, _value in request.headers) and request.body is not None:
        parts.append("-H 'Content-Type:'")
    return _with_body(" ".join(parts), request, exchange.n, variables)


def _identity(request: RequestRecord, manifest: Manifest) -> list[str]:
    """Return curl options for the credentials and the namespace of a request; the token is a shell variable."""
    is_sent = request.credentials != "own" or manifest.token_env
    authorization = _AUTHORIZATIONS[request.credentials] if is_sent else None
    scheme = f"{manifest.token_scheme} " if manifest.token_scheme else ""
    sent = "" if authorization is None else f"{manifest.token_header}: {authorization.format(scheme=scheme)}".rstrip()
    lines = [f'-H "{sent}"'] if sent else []
    lines += [f'-H "{name}: ${variable}"' for name, variable in (manifest.headers or {}).items()]
    if manifest.namespaces and manifest.namespace_header:
        name = manifest.namespaces[1 if request.namespace == "secondary" else 0]
        lines.append(f"-H {shlex.quote(f'{manifest.namespace_header}: {name}')}")
    return lines


def _with_body(command: str, request: RequestRecord, number: int, variables: dict[str, str]) -> str:
    if request.body_base64 is not None:
        return f"echo {request.body_base64} | base64 -d | {command} --data-binary @-"
    if request.body is None:
        return command
    if len(request.body) > _LARGE:
        return f"{command} --data-binary @body-{number}.json  # the body of exchange {number} in exchanges.jsonl.gz"
    return f"{command} --data-raw {_quoted(request.body, variables)}"


def _quoted(text: str, variables: dict[str, str]) -> str:
    """Quote a text for a POSIX shell, with shell variables in place of the recorded texts that they stand for."""
    if not variables:
        return shlex.quote(text)
    pattern = re.compile("|".join(re.escape(recorded) for recorded in variables))
    quoted, at = "", 0
    for match in pattern.finditer(text):
        quoted += shlex.quote(text[at : match.start()]) if match.start() > at else ""
        quoted += f'"${variables[match[0]]}"'
        at = match.end()
    return quoted + (shlex.quote(text[at:]) if at < len(text) else "")
