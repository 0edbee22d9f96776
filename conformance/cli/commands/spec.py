"""`conformance spec check`: judge an OpenAPI document, not a server."""

import argparse
import json
from pathlib import Path

from conformance.core.errors import Exit, UsageError
from conformance.openapi_lint.check import Judged, check
from conformance.openapi_lint.document import load
from conformance.openapi_lint.finding import Grade
from conformance.openapi_lint.report import lines


def spec(options: argparse.Namespace) -> int:
    """Return 1 if anything that weighs as an error is found, and 0 if not."""
    judged = check(load(options.file))
    if options.output is not None:
        _write(options.output, options.file, judged)
    print("\n".join(lines(options.file, judged)))  # noqa: T201
    failed = any(one.grade == Grade.ERROR for one in judged.findings)
    return Exit.NOT_CONFORMING if failed else Exit.CONFORMING


def _write(output: Path, file: Path, judged: Judged) -> None:
    found = {"format": 1, "document": str(file), "openapi": judged.version, "read_as": judged.read_as}
    found |= {"findings": [one.to_json() for one in judged.findings]}
    try:
        output.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    except OSError as error:
        raise UsageError(f"{output}: {error.strerror or error}") from None
