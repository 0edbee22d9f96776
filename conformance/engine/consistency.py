"""Whether the parts of a contract fit each other: a typing mistake in one of them would judge nothing, and look green."""

from collections.abc import Iterator
from typing import Any

from conformance.configuration.settings import ALWAYS
from conformance.core.json_text import Json
from conformance.core.pointers import nodes
from conformance.engine.api import Api
from conformance.engine.contract import Contract
from conformance.evidence.requirements import Requirement

# Annotations of a schema whose value is a requirement.
_NOTES = ("x-missing", "x-enum", "x-type", "x-format", "x-null", "x-scalar")


def mistakes(contract: Contract[Any]) -> Iterator[str]:
    """Yield what does not fit, each as a sentence."""
    if ALWAYS not in contract.profiles:
        yield f"it has no profile {ALWAYS!r}, which is always judged"
    for folder in contract.scenarios:
        if not folder.is_dir():
            yield f"a folder of its scenarios is not there: {folder}"
    for requirement in contract.api.requirements.values():
        yield from _of_requirement(contract, requirement)
    yield from _of_operations(contract)
    for name in sorted(contract.api.checks.requirements() - contract.api.requirements.keys()):
        yield f"a check is about {name!r}, which is no requirement"
    for name in sorted(set(_noted(contract.api)) - contract.api.requirements.keys()):
        yield f"{contract.api.document.file} names {name!r}, which is no requirement"


def _of_requirement(contract: Contract[Any], requirement: Requirement) -> Iterator[str]:
    needed = (name for need in requirement.needs for name in need.split("|"))
    for profile in (requirement.profile, *needed):
        if profile not in contract.profiles:
            yield f"the requirement {requirement.id} is of the profile {profile!r}, which the contract has not"
    for letter in requirement.source:
        if letter not in contract.sources:
            yield f"the requirement {requirement.id} has the source {letter!r}, which is not explained"


def _of_operations(contract: Contract[Any]) -> Iterator[str]:
    api = contract.api
    document, stated = api.document.content, api.document.addresses
    for operation in api.operations:
        if operation.profile not in contract.profiles:
            yield f"the operation {operation.name} is of the profile {operation.profile!r}, which the contract has not"
        if operation.name not in stated:
            yield f"{api.document.file} has no operation with the operationId {operation.name!r}"
        if operation.body is not None and operation.body not in document["components"]["schemas"]:
            yield f"the body of {operation.name} is {operation.body!r}, and {api.document.file} has no such schema"


def _noted(api: Api) -> Iterator[str]:
    """Yield the requirements that the annotations of schemas name."""
    for node in nodes(api.document.content["components"]["schemas"]):
        if isinstance(node, dict):
            yield from _noted_by(node)


def _noted_by(schema: dict[str, Json]) -> Iterator[str]:
    yield from (schema[note] for note in _NOTES if isinstance(schema.get(note), str))
    yield from (name for name in schema.get("x-rules", {}).values() if name is not None)
    yield from (need["requirement"] for need in schema.get("x-needs", {}).values())
    minimum = schema.get("x-minimum", {})
    yield from (minimum[key] for key in ("requirement",) if key in minimum)
