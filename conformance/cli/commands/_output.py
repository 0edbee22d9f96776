"""Write what an option names a file or a folder for, and lines as wide as the terminal."""

import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from conformance.core.display import wrapped
from conformance.core.errors import UsageError
from conformance.core.whole_files import write_whole


def write(path: Path, text: str, option: str = "--output") -> None:
    """Write a text whole or not at all.

    Raises:
        UsageError: the folder cannot be written to; the message names the option.

    """
    try:
        write_whole(path, text)
    except OSError as error:
        raise UsageError(f"{option} {path}: {error.strerror or error}") from None


def show(lines: Iterable[str], stream: TextIO | None = None) -> None:
    """Print lines, wrapped where a terminal is too narrow; what goes into a file or a pipe stays as it is, unless COLUMNS is set."""
    stream = stream or sys.stdout
    is_wrapped = stream.isatty() or "COLUMNS" in os.environ
    width = shutil.get_terminal_size().columns
    print("\n".join(wrapped(line, width) if is_wrapped else line for line in lines), file=stream, flush=True)
