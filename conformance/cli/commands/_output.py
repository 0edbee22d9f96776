"""Write what an option names a file or a folder for."""

from pathlib import Path

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
