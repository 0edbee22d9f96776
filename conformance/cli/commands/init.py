"""`conformance init`: write a target file to start from."""

import argparse

from conformance.configuration.target_file import TargetFile
from conformance.configuration.target_template import Draft
from conformance.core.errors import Exit, UsageError


def init(options: argparse.Namespace) -> int:
    """Write a commented target file; an older one is never lost."""
    try:
        with options.file.open("x", encoding="utf-8") as file:
            file.write(Draft(TargetFile()).text())
    except FileExistsError:
        raise UsageError(f"{options.file} is there already; name another file") from None
    except OSError as error:
        raise UsageError(f"{options.file}: {error.strerror or error}") from None
    print(f"{options.file} is written; say in it where the target is, then: conformance doctor --target {options.file}")  # noqa: T201
    return Exit.CONFORMING
