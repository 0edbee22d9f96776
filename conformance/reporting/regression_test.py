"""A counterexample as a pytest test that needs httpx alone: it fails on the faulty server, and passes on the mended one."""

import json
import keyword
import pprint
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.core import json_text, pointers
from conformance.core.display import visible
from conformance.core.errors import UsageError
from conformance.core.pointers import MISSING
from conformance.evidence.redaction import is_said
from conformance.evidence.results import Example, ExchangeRecord, Manifest, RequestRecord, Results

_STATUS = re.compile(r"status (\d{3}(?: or \d{3})*)")
_WIDTH = 110


_FOUND = (
    "def found(value, *place):",
    '    """Return what stands at a place of a JSON value, or that there is nothing."""',
    "    for part in place:",
    "        try:",
    "            value = value[part]",
    "        except (KeyError, IndexError, TypeError):",
    '            return "(nothing)"',
    "    return value",
)


class _Code(str):
    """Python code that stands in a value for what is known only when the test runs."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


@dataclass(frozen=True, slots=True)
class Supply:
    """How to make what a counterexample names and the run had made itself: a request, and the key of the id in its answer."""

    method: str
    path: str
    body: Any
    key: str


def render(results: Results, examples: Sequence[tuple[str, Example]], supply: Supply | None = None) -> str:
    """Return a module with a test for each requirement and its counterexample.

    Raises:
        UsageError: a counterexample cannot be said in such a test.

    """
    manifest = results.manifest
    tests = "\n\n\n".join(_test(results, name, example, supply) for name, example in examples)
    head = [
        f'"""What the conformance run of {manifest.started} has found. The environment variable TARGET names the server to test."""',
        "",
        *(["import base64"] if "base64." in tests else []),
        "import os",
        "",
        "import httpx",
        "",
        f'TARGET = os.environ.get("TARGET", {(manifest.target.url or "http://127.0.0.1:8080")!r})',
        f"HEADERS = {_headers(manifest)}",
        "",
        "",
        *_FOUND,
    ]
    return "\n".join([*head, "", "", tests, ""])


def _headers(manifest: Manifest) -> str:
    headers = {name.lower(): _Code(f"os.environ[{variable!r}]") for name, variable in (manifest.headers or {}).items()}
    if manifest.token_env:
        token, scheme = f"os.environ[{manifest.token_env!r}]", manifest.token_scheme
        headers[manifest.token_header.lower()] = _Code(f'f"{scheme} {{{token}}}"' if scheme else token)
    if manifest.namespaces and manifest.namespace_header:
        headers[manifest.namespace_header.lower()] = _Code(repr(manifest.namespaces[0]))
    return repr(headers)


def _test(results: Results, name: str, example: Example, supply: Supply | None) -> str:
    row = results.row(name)
    identifiers: dict[str, str] = {}
    lines = _supplies(results, example, supply, identifiers)
    for index, exchange in enumerate(example.exchanges, 1):
        lines.append(f"answer{index} = {_call(name, exchange, identifiers)}")
        if exchange.made is not None and index < len(example.exchanges):
            identifiers[exchange.made.id] = f"id{index}"
            lines.append(f'id{index} = answer{index}.json()["{exchange.made.key}"]')
    lines += _assertion(name, example, f"answer{len(example.exchanges)}", identifiers)
    text = visible("" if row is None else row.text).replace("\\", "\\\\").replace('"""', "'''")
    code = textwrap.indent("\n".join(lines), " " * 8)
    function = re.sub(r"\W", "_", name)
    return (
        f'def test_{function}{"_" if keyword.iskeyword(function) else ""}():\n    """{text} ({name})"""\n'
        f"    with httpx.Client(base_url=TARGET, headers=HEADERS, timeout=30) as client:\n{code}"
    )


def _supplies(results: Results, example: Example, supply: Supply | None, identifiers: dict[str, str]) -> list[str]:
    """Return the lines that make anew what the run had made before its counterexample, which names it."""
    sent = " ".join(f"{exchange.request.path} {exchange.request.body}" for exchange in example.exchanges)
    lines: list[str] = []
    for name in [name for name in results.manifest.supplies if name in sent]:
        if supply is None:
            raise UsageError(f"it names {name}, which the run made itself, and the contract does not say how")
        identifiers[name] = f"supply{len(identifiers) + 1}"
        call = _wrapped("client.request", [repr(supply.method), repr(supply.path), f"json={supply.body!r}"])
        lines.append(f'{identifiers[name]} = {call}.json()["{supply.key}"]')
    return lines


def _call(name: str, exchange: ExchangeRecord, identifiers: Mapping[str, str]) -> str:
    request = exchange.request
    if request.credentials not in ("own", "none") or request.namespace != "primary" or exchange.together is not None:
        raise UsageError(
            f"{name}: what it takes to see it (other credentials, another namespace, requests at once) is no test of one client"
        )
    path = repr(_filled(request.path, identifiers))
    arguments = [repr(request.method), path, *_body(request, identifiers)]
    if request.credentials == "none":
        arguments.append('headers={"authorization": ""}')
    return _wrapped("client.request", arguments)


def _body(request: RequestRecord, identifiers: Mapping[str, str]) -> list[str]:
    headers = [] if not request.headers else [f"headers={dict(request.headers)!r}"]
    if request.body is None:
        return [] if request.body_base64 is None else [f"content=base64.b64decode({request.body_base64!r})", *headers]
    try:
        value = json.loads(request.body)
        # Numbers that a double cannot hold are decimals there, and equal to nothing that `json=` would write.
        is_plain = isinstance(value, dict | list) and json_text.loads(request.body) == value
    except (ValueError, RecursionError):
        is_plain = False
    return (
        [f"json={_python(value, identifiers)}"]
        if is_plain
        else [f"content={_filled(request.body, identifiers)!r}.encode()", *headers]
    )


def _assertion(name: str, example: Example, answer: str, identifiers: Mapping[str, str]) -> list[str]:
    """Return the lines that look at the last answer.

    Raises:
        UsageError: what is expected is not a status, nor a value at one place of the answer.

    """
    note = f"# {visible(example.message)}"
    actual = _STATUS.fullmatch(example.actual) if isinstance(example.actual, str) else None
    expected = _STATUS.match(example.expected) if isinstance(example.expected, str) else None
    if actual is not None and expected is not None:
        return [note, f"assert {answer}.status_code in ({expected[1].replace(' or ', ', ')},), {answer}.text"]
    if actual is not None:
        return [note, f"assert {answer}.status_code != {actual[1]}, {answer}.text"]
    at = None if example.at is None else pointers.parse(example.at)
    found = MISSING if at is None or example.offender.response is None else _at(example.offender.response.body, at)
    if at is None or (found is not MISSING and found != example.actual) or (found is MISSING and not is_said(example.actual)):
        raise UsageError(
            f"{name}: what is wrong is not one value of one answer, so no short test says it; the report has the requests"
        )
    place = f"found({answer}.json(), {', '.join(map(repr, at))})"
    if is_said(example.expected):
        return [note, f"assert {place} != {_python(example.actual, identifiers)}"]
    return [note, f"assert {place} == {_python(example.expected, identifiers)}"]


def _at(body: str | None, at: pointers.Pointer) -> Any:
    try:
        return pointers.get(json.loads(body or ""), at)
    except (ValueError, RecursionError):
        return MISSING


def _filled(value: Any, identifiers: Mapping[str, str]) -> Any:
    """Return a value in which recorded ids are the variables that hold the new ones."""
    if isinstance(value, dict):
        return {_filled(key, identifiers): _filled(member, identifiers) for key, member in value.items()}
    if isinstance(value, list):
        return [_filled(item, identifiers) for item in value]
    if not isinstance(value, str) or not any(recorded in value for recorded in identifiers):
        return value
    if value in identifiers:
        return _Code(identifiers[value])
    text = repr(value.replace("{", "{{").replace("}", "}}"))
    for recorded, variable in identifiers.items():
        text = text.replace(recorded, f"{{{variable}}}")
    return _Code(f"f{text}")


def _python(value: Any, identifiers: Mapping[str, str]) -> str:
    return pprint.pformat(_filled(value, identifiers), width=_WIDTH - 20, sort_dicts=False)


def _wrapped(function: str, arguments: Sequence[str]) -> str:
    line = f"{function}({', '.join(arguments)})"
    if len(line) <= _WIDTH and "\n" not in line:
        return line
    return f"{function}(\n" + "".join(textwrap.indent(f"{argument},\n", "    ") for argument in arguments) + ")"
