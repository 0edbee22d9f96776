"""A tool that is compared: its version, its command line, and how its report is read."""

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from peers.finding import Report

# The arguments are the URL of the server, a folder for files, a seed, and a limit in seconds.
BuildCommand = Callable[[str, Path, int, int], list[str]]


@dataclass(frozen=True, slots=True)
class Tool:
    """An installed tool. `run` is given the command line, the URL of the server, and the folder."""

    version: str
    build_command: BuildCommand
    run: Callable[[list[str], str, Path], Report]


def portable_command(command: Sequence[str], url: str, folder: Path) -> str:
    """Return a command line without the URL and the paths of this machine, so that it can be published."""
    words = [word.replace(str(folder), "DIR").replace(url, "URL") for word in command]
    return shlex.join(Path(word).name if word.startswith("/") else word for word in words)
