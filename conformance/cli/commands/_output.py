"""Write what an option names a file or a folder for, and lines as wide as the terminal."""

import os
import shutil
import sys
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

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
    print("\n".join(_wrapped(line, width) if is_wrapped else line for line in lines), file=stream, flush=True)


def _wrapped(line: str, width: int) -> str:
    """Return a line in lines of a width, the further ones indented by two more; a word that is too long stays whole."""
    if len(line) <= width:
        return line
    indent = line[: len(line) - len(line.lstrip())]
    return textwrap.fill(
        line.strip(), width, initial_indent=indent, subsequent_indent=indent + "  ", break_long_words=False, break_on_hyphens=False
    )
