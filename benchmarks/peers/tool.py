"""A tool: what it is, the command line that is run for it, and how what it says is read."""

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from peers.finding import Report

# An address, a folder, a seed, and seconds.
Command = Callable[[str, Path, int, int], list[str]]


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool that is installed; `run` is given the very command line that is recorded, the address and the folder."""

    version: str
    command: Command
    run: Callable[[list[str], str, Path], Report]


def shown(command: Sequence[str], url: str, folder: Path) -> str:
    """Return a command line as a person would write it: programs by their names, and no path of this machine."""
    plain = [part.replace(str(folder), "DIR").replace(url, "URL") for part in command]
    return shlex.join(Path(part).name if part.startswith("/") else part for part in plain)
