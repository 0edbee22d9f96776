"""`conformance init`: write a target file to start from."""

import argparse

from conformance.cli.commands._target import contract_of, template_of
from conformance.configuration.target_file import TargetFile
from conformance.core.errors import Exit, UsageError


def init(options: argparse.Namespace) -> int:
    """Write a target file with comments; an existing file is not overwritten."""
    contract = contract_of(options)
    try:
        with options.file.open("x", encoding="utf-8") as file:
            file.write(template_of(TargetFile(), options.contract, contract).text())
    except FileExistsError:
        raise UsageError(f"{options.file} is there already; name another file") from None
    except OSError as error:
        raise UsageError(f"{options.file}: {error.strerror or error}") from None
    print(f"{options.file} is written; say in it where the target is, then: conformance doctor --target {options.file}")  # noqa: T201
    return Exit.CONFORMING
