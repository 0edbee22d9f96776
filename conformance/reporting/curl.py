"""Commands that repeat a counterexample by hand: ids come from the answers, and the token from the environment."""

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


def commands(example: Example, manifest: Manifest) -> list[str]:
    """Return shell lines, in order; the last one shows the violation."""
    url, token = manifest.target.url, manifest.token_env
    lines = [f"TARGET={shlex.quote(url)}" if url else "TARGET=http://127.0.0.1:8000  # where the application is served"]
    if token:
        lines.append(f'TOKEN="${token}"')
    known: dict[str, str] = {}
    for index, exchange in enumerate(example.exchanges):
        line, later = _curl(exchange, known, manifest), example.exchanges[index + 1 :]
        kept = _kept(exchange, later, known)
        lines.append(line if kept is None else f"{kept[0]}=$({line.replace('curl -i', 'curl -s', 1)} | {kept[1]})")
        lines += _at_once(lines, exchange, later)
    return lines


def _kept(exchange: ExchangeRecord, later: tuple[ExchangeRecord, ...], known: dict[str, str]) -> tuple[str, str] | None:
    """Return a variable for what later requests need of this one's answer, and the filter that finds it; None if they need nothing."""
    made, page = exchange.made, exchange.next_page
    if later and made is not None:
        known[made.id] = f"ID{len(known) + 1}"
        return known[made.id], _ID.format(key=made.key)
    named = None if page is None else f"{page.parameter}={quote_plus(page.value)}"
    if page is None or named is None or not any(named in following.request.path for following in later):
        return None
    known[named] = f"CURSOR{len(known) + 1}"
    return known[named], _page_filter(page)


def _page_filter(page: NextPage) -> str:
    place = "".join(f"[{json.dumps(part)}]" for part in pointers.parse(page.at))
    return _NEXT_PAGE.format(parameter=page.parameter, place=place)


def _at_once(lines: list[str], exchange: ExchangeRecord, later: tuple[ExchangeRecord, ...]) -> list[str]:
    """Put a request that was sent among others into the background, and wait for all of them after the last."""
    if exchange.together is None:
        return []
    lines[-1] += " &"
    return [] if later and later[0].together == exchange.together else ["wait"]


def _curl(exchange: ExchangeRecord, known: dict[str, str], manifest: Manifest) -> str:
    request = exchange.request
    parts = ["curl -i", f"-X {request.method}", f'"$TARGET"{_quoted(request.path, known)}']
    parts += _identity(request, manifest)
    parts += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in request.headers]
    if not any(name == "content-type" for name, _value in request.headers) and request.body is not None:
        parts.append("-H 'Content-Type:'")
    return _with_body(" ".join(parts), request, exchange.n, known)


def _identity(request: RequestRecord, manifest: Manifest) -> list[str]:
    """Return the headers that say who sends a request, the token as a variable."""
    is_sent = request.credentials != "own" or manifest.token_env
    authorization = _AUTHORIZATIONS[request.credentials] if is_sent else None
    lines = [] if authorization is None else [f'-H "Authorization: {authorization}"']
    if manifest.namespaces and manifest.namespace_header:
        name = manifest.namespaces[1 if request.namespace == "secondary" else 0]
        lines.append(f"-H {shlex.quote(f'{manifest.namespace_header}: {name}')}")
    return lines


def _with_body(command: str, request: RequestRecord, number: int, known: dict[str, str]) -> str:
    if request.body_base64 is not None:
        return f"echo {request.body_base64} | base64 -d | {command} --data-binary @-"
    if request.body is None:
        return command
    if len(request.body) > _LARGE:
        return f"{command} --data-binary @body-{number}.json  # the body of exchange {number} in exchanges.jsonl"
    return f"{command} --data-raw {_quoted(request.body, known)}"


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
