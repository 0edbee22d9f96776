"""`conformance spec diff`: what a new OpenAPI document means for clients and servers of the old one."""

import argparse
from pathlib import Path

from conformance.cli.commands._output import show, write
from conformance.core.errors import Exit, UsageError
from conformance.openapi_diff.compare import compare
from conformance.openapi_diff.page import html
from conformance.openapi_diff.report import Report, as_json, lines
from conformance.openapi_lint.document import Document, load, parsed
from conformance.runner import contracts

_PAGE, _JSON = "difference.html", "difference.json"


def spec_diff(options: argparse.Namespace) -> int:
    """Return 1 if anything breaks a client that was written for the old document, and 0 if nothing does."""
    names = options.old, options.new
    old, new = (_document(name) for name in names)
    report = Report.of(names, (old, new), compare(old, new, tuple(options.only)))
    _check_chosen(report, options.only)
    if options.output is not None:
        _write(options.output, report)
    if options.json:
        print(as_json(report), end="")  # noqa: T201
    else:
        show(lines(report))
    return Exit.NOT_CONFORMING if report.difference.breaking else Exit.CONFORMING


def _document(name: str) -> Document:
    """Return the document in a file of this name, or else that of the contract of this name.

    Raises:
        UsageError: there is neither, or it is no OpenAPI document.

    """
    file = Path(name)
    if _is_there(file):
        return load(file)
    try:
        contract = contracts.load(name)
    except UsageError as error:
        reason = str(error).removeprefix(f"--contract {name}: ")
        raise UsageError(f"{name}: {'a folder' if file.is_dir() else 'no such file'}, and as a contract: {reason}") from None
    return parsed(contract.api.document.content, name)


def _is_there(file: Path) -> bool:
    """Whether something can be read there, which may be a pipe."""
    try:
        return file.exists() and not file.is_dir()
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror or error}") from None


def _check_chosen(report: Report, only: list[str]) -> None:
    if only and not report.old.operations and not report.new.operations:
        raise UsageError(f"--only {' '.join(only)}: no operation has such a path; a glob is of a path, or of a method and a path")


def _write(output: Path, report: Report) -> None:
    """Write the page or the JSON to a file, by its name, or both into a folder."""
    if output.suffix in {".html", ".json"} and not output.is_dir():
        write(output, html(report) if output.suffix == ".html" else as_json(report))
        return
    if output.suffix and not output.is_dir():
        raise UsageError(f"--output {output}: name a page (.html), JSON (.json) or a folder")
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--output {output}: {error.strerror or error}") from None
    write(output / _PAGE, html(report))
    write(output / _JSON, as_json(report))
