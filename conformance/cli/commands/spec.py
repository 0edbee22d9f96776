"""`conformance spec`: an OpenAPI document judged, not a server; `spec check` is here, `spec diff` in a module of its own."""

import argparse
import json
from pathlib import Path
from typing import Any

from conformance.cli.commands._output import show
from conformance.cli.commands._target import contract_of
from conformance.core.errors import Exit, UsageError
from conformance.engine.contract import Contract
from conformance.openapi_lint.check import LintResult, check
from conformance.openapi_lint.document import Document, load
from conformance.openapi_lint.facts import ContractFacts
from conformance.openapi_lint.finding import Grade
from conformance.openapi_lint.fit import best
from conformance.openapi_lint.report import lines
from conformance.runner import contracts


def spec(options: argparse.Namespace) -> int:
    """Run the command that is named after `spec`."""
    if options.spec_command == "diff":
        from conformance.cli.commands.spec_diff import spec_diff

        return spec_diff(options)
    return _check(options)


def _check(options: argparse.Namespace) -> int:
    """Return 1 if a finding is an error, and 0 if not."""
    contract, document = contract_of(options), load(options.file)
    better = _fitting_better(contract, document) if options.contract is None else None
    result = check(document, facts_of(contract))
    if options.output is not None:
        _write(options.output, options.file, result, contract.name, better)
    show(lines(options.file, result, contract.name, better))
    has_error = any(finding.grade == Grade.ERROR for finding in result.findings)
    return Exit.NOT_CONFORMING if has_error else Exit.CONFORMING


def _fitting_better(contract: Contract[Any], document: Document) -> str | None:
    """Return the name of the edition that a document rather describes than that of a contract which nobody has named."""
    editions = {edition.name: edition.api.operations for edition in contracts.editions(contract.name)}
    fitting = best(document, editions)
    return None if fitting == contract.name else fitting


def facts_of(contract: Contract[Any]) -> ContractFacts | None:
    """Return the facts of a contract that a document is compared with, or None if the contract has no limits."""
    api = contract.api
    if api.limits is None:
        return None
    return ContractFacts(
        document=api.document,
        operations=api.operations,
        limits=api.limits,
        reserved_names=api.reserved_names,
        optional_profiles=api.optional_profiles,
        common_statuses=api.common_statuses,
    )


def _write(output: Path, file: Path, result: LintResult, contract: str, better: str | None) -> None:
    value = {"format": 1, "document": str(file), "openapi": result.version, "read_as": result.read_as}
    value |= {"contract": contract, "fits_better": better}
    value |= {"findings": [finding.to_json() for finding in result.findings]}
    try:
        output.write_text(json.dumps(value, indent=1) + "\n", "utf-8")
    except OSError as error:
        raise UsageError(f"{output}: {error.strerror or error}") from None
