"""Operations that a deployment serves elsewhere: `[routes]` of a target file, and a contract whose operations are served there."""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from conformance.core import path_templates
from conformance.core.errors import UsageError
from conformance.engine.contract import Contract
from conformance.evidence.exchange import Request
from conformance.evidence.operation import Operation
from conformance.evidence.results import ExchangeRecord

# By the name of each operation: METHOD and path.
Routes = Mapping[str, str]
Operations = Mapping[str, Operation]
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_BARE_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")
# What stands in a path as it is (RFC 3986, 3.3), and the braces of placeholders.
_FOREIGN = re.compile(r"[^A-Za-z0-9._~!$&'()*+,;=:@/%{}-]")
# Ids are percent-encoded in a path: between two of them, only a letter that is encoded in an id tells where one ends.
_NOT_TOLD_APART = re.compile(r"\}[A-Za-z0-9._~%-]*\{")


def served(contract: Contract[Any], routes: Routes) -> Contract[Any]:
    """Return a contract whose operations are served where the routes say.

    Raises:
        UsageError: a route names no operation, is none, or two operations could not be told apart.

    """
    if not routes:
        return contract
    operations = {operation.name: operation for operation in contract.api.operations}
    moved = {**operations, **{name: _routed(name, text, operations) for name, text in routes.items()}}
    _check_apart(routes, moved)
    return _with_operations(contract, moved) if contract.routed is None else contract.routed(moved)


def _with_operations(contract: Contract[Any], moved: Operations) -> Contract[Any]:
    """Return the contract with these operations, where nothing else of it knows their paths but the signs of life."""
    deletions = {moved[create.name]: moved[deletion.name] for create, deletion in contract.api.deletions.items()}
    api = replace(contract.api, operations=tuple(moved.values()), deletions=deletions)
    signs = tuple(_moved_request(request, contract.api.operations, moved) for request in contract.signs_of_life)
    return replace(contract, api=api, signs_of_life=signs)


def _moved_request(request: Request, operations: Sequence[Operation], moved: Operations) -> Request:
    for operation in operations:
        method, path = _moved(request.method, request.path, operation, moved[operation.name])
        if (method, path) != (request.method, request.path):
            return replace(request, method=method, path=path)
    return request


def moved(recorded: Sequence[ExchangeRecord], before: Operations, after: Operations) -> tuple[ExchangeRecord, ...]:
    """Return recorded exchanges as they are sent where operations are served elsewhere than they were."""
    return tuple(_moved_record(exchange, before[exchange.operation], after[exchange.operation]) for exchange in recorded)


def _moved_record(exchange: ExchangeRecord, before: Operation, after: Operation) -> ExchangeRecord:
    method, path = _moved(exchange.request.method, exchange.request.path, before, after)
    return replace(exchange, request=replace(exchange.request, method=method, path=path))


def _moved(method: str, where: str, before: Operation, after: Operation) -> tuple[str, str]:
    """Return method and path of a request that is one of an operation as it was served before, and of any other unchanged."""
    path, mark, query = where.partition("?")
    if method != before.method or path_templates.pattern(before.path).fullmatch(path) is None:
        return method, where
    return after.method, after.path.format(**path_templates.standing(before.path, path)) + mark + query


def _routed(name: str, text: str, operations: Operations) -> Operation:
    """Return an operation as it is served at a route."""
    if name not in operations:
        near = difflib.get_close_matches(name, operations, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(operations)}"
        raise UsageError(f"[routes] {name}: the contract has no such operation; {hint}")
    operation = operations[name]
    method, _blank, path = text.partition(" ")
    mistake = next(_mistakes(operation, method, path), None)
    if mistake is not None:
        raise UsageError(f"[routes] {name}: {mistake} (it is {text!r})")
    return replace(operation, method=method, path=path)


def _mistakes(operation: Operation, method: str, path: str) -> Iterator[str]:
    """Yield what is wrong with a route, the first thing first."""
    if not path:
        yield f"write METHOD and path, such as {f'{operation.method} {operation.path}'!r}"
    if method not in _METHODS:
        yield f"{method!r} is none of the methods {', '.join(_METHODS)}"
    if method == "GET" and operation.body is not None:
        yield "its requests have a body, and GET has none"
    if not path.startswith("/") or path.startswith("//"):
        yield "a path begins with one /; where the API is served stands in the URL of the target"
    if "?" in path or "#" in path:
        yield "a path has no query and no fragment"
    if (foreign := _FOREIGN.search(path)) is not None:
        yield f"{foreign[0]!r} cannot stand in a path; percent-encode it, if it belongs there"
    if _BARE_PERCENT.search(path):
        yield "two hexadecimal digits must follow a %"
    if any(part in (".", "..") for part in path.split("/")):
        yield "a path has no dots as parts"
    yield from _mistaken_placeholders(operation, path)


def _mistaken_placeholders(operation: Operation, path: str) -> Iterator[str]:
    wanted, given = (path_templates.placeholders(template) for template in (operation.path, path))
    if re.search("[{}]", re.sub(r"\{[^{}]*\}", "", path)):
        yield "a brace is left over"
    if sorted(wanted) != sorted(given):
        yield f"its placeholders are {_listed(wanted)}, each once, and not {_listed(given)}"
    if _NOT_TOLD_APART.search(path):
        yield "nothing tells where the one id ends and the other begins; put a / between them"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names) or "none"


def _check_apart(routes: Routes, moved: Operations) -> None:
    """Check that no other operation is served at a route.

    Raises:
        UsageError: one is.

    """
    for name in routes:
        other = next((one for one in moved.values() if one.name != name and one.address == moved[name].address), None)
        if other is not None:
            raise UsageError(f"[routes] {name}: {other.name} is served at {moved[name].method} {moved[name].path}, too")
