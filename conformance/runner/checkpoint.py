"""Checkpoints: how far each process of a run has got, so that a run that was killed, or cut short, can go on.

The exchanges are a file of their own, a line each as they happen; here is what was concluded from those of the scenarios that are
done. A scenario that was cut is run again, under new names.
"""

import gzip
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from gzip import GzipFile
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from conformance import __version__
from conformance.configuration.settings import Settings
from conformance.core.errors import UsageError
from conformance.core.whole_files import write_whole
from conformance.evidence import record
from conformance.evidence.exchange import Exchange
from conformance.evidence.findings import Findings
from conformance.evidence.operation import Operation
from conformance.evidence.record import EXCHANGES

# A thirtieth of the size, in a tenth of a second for a quick run.
_LEVEL = 6
_PARTIAL = re.compile(r"exchanges\.(\d+)\.(\w+)\.partial\.jsonl")


@dataclass(slots=True)
class Checkpoint:
    """What is known of a run so far; `started` is a POSIX time, `seconds` how long it ran, without the pauses between attempts."""

    settings: Settings
    started: float
    seconds: float = 0.0
    findings: Findings = field(default_factory=Findings)
    done: frozenset[str] = frozenset()

    def write(self, output: Path, worker: str) -> None:
        """Put it where `read` finds it.

        Raises:
            OSError: the folder cannot be written to.

        """
        value = {
            "toolkit": __version__,
            "settings": json.loads(self.settings.model_dump_json()),
            "started": self.started,
            "seconds": self.seconds,
            "findings": self.findings.to_json(),
            "done": sorted(self.done),
        }
        write_whole(_file(output, worker), json.dumps(value))


def is_there(output: Path) -> bool:
    """Whether a run that was cut short left its checkpoint in a folder."""
    return any(output.glob(_file(output, "*").name))


def read(output: Path) -> Checkpoint:
    """Return what the processes of a run knew when it ended, as the start of its next attempt.

    Raises:
        UsageError: there is none in this folder, or it is of another version of this toolkit.

    """
    files = sorted(output.glob(_file(output, "*").name))
    if not files:
        raise UsageError(f"--resume {output}: no run that was cut short is there")
    whole, *others = (_parsed(file) for file in files)
    for other in others:
        whole.findings.merge(other.findings)
        whole.seconds = max(whole.seconds, other.seconds)
        whole.done |= other.done
    whole.settings = whole.settings.model_copy(
        update={"attempt": whole.settings.attempt + 1, "output": output, "done": tuple(sorted(whole.done))}
    )
    return whole


def _parsed(file: Path) -> Checkpoint:
    try:
        value: dict[str, Any] = json.loads(file.read_text("utf-8"))
        if value["toolkit"] != __version__:
            raise UsageError(f"--resume {file.parent}: it was begun by version {value['toolkit']}, and this is {__version__}")
        settings = Settings.model_validate_json(json.dumps(value["settings"]))
        return Checkpoint(
            settings, value["started"], value["seconds"], Findings.from_json(value["findings"]), frozenset(value["done"])
        )
    except (OSError, ValueError, KeyError, TypeError, ValidationError) as error:
        raise UsageError(f"--resume {file.parent}: {file.name} in it cannot be read: {type(error).__name__}") from None


def forget(output: Path) -> None:
    """Take away what only a run that goes on would need."""
    for file in output.glob(_file(output, "*").name):
        file.unlink()


def _file(output: Path, worker: str) -> Path:
    # The controller's comes first in order.
    return output / f".checkpoint.{worker or '0'}.json"


# The exchanges of each process, while a run goes on and until it is resumed.


def partial(output: Path, worker: str, attempt: int) -> Path:
    """Return where a process writes its exchanges while the run goes on."""
    return output / f"exchanges.{attempt:03}.{worker or 'main'}.partial.jsonl"


def partials(output: Path) -> list[Path]:
    """Return the files of exchanges that no end of a run has joined yet, in the order of their attempts."""
    return sorted(file for file in output.glob("exchanges.*.partial.jsonl") if _PARTIAL.fullmatch(file.name))


def has_exchanges(output: Path) -> bool:
    """Whether the exchanges of earlier attempts are there."""
    return bool(partials(output)) or (output / EXCHANGES).exists()


def take_up(output: Path, attempt: int) -> None:
    """Make the exchanges of a run that goes on ready to be added to: whole lines, in files of earlier attempts.

    Raises:
        OSError: the folder cannot be written to.

    """
    left = partials(output)
    if not left and (output / EXCHANGES).exists():
        left = [_expand(output / EXCHANGES, partial(output, "", attempt - 1))]
    for file in left:
        _cut_half_a_line(file)


def _cut_half_a_line(file: Path) -> None:
    with file.open("rb+") as opened:
        data_end = opened.seek(0, 2)
        position = data_end
        while position > 0:
            start = max(0, position - 65_536)
            opened.seek(start)
            line_end = opened.read(position - start).rfind(b"\n")
            if line_end >= 0:
                opened.truncate(start + line_end + 1)
                return
            position = start
        opened.truncate(0)


def exchanges(output: Path, operations: Mapping[str, Operation]) -> Iterator[Exchange]:
    """Yield what earlier attempts sent and got, without contexts: one at a time, for there may be many."""
    for file in partials(output):
        with file.open(encoding="utf-8", errors="replace") as opened:
            for line in opened:
                with suppress(ValueError, KeyError):  # a line that a crash of the machine has damaged
                    yield record.read_line(line, operations)


def join_exchanges(output: Path) -> Path:
    """Make one record of what the processes wrote, in place of an older one; return its path."""
    first, *others = partials(output)
    if others:
        _join(first, others)
    return _compress(first, output / EXCHANGES)


def _compress(file: Path, place: Path) -> Path:
    """Put a file's compressed content into its place, whole or not at all, the same bytes for the same content."""
    unfinished = place.with_suffix(".unfinished")
    with file.open("rb") as source, unfinished.open("wb") as target, GzipFile("", "wb", _LEVEL, target, mtime=0) as packed:
        shutil.copyfileobj(source, packed)
    unfinished.replace(place)
    file.unlink()
    return place


def _expand(file: Path, place: Path) -> Path:
    with gzip.open(file) as packed, place.open("wb") as target:
        shutil.copyfileobj(packed, target)
    file.unlink()
    return place


def _join(first: Path, others: list[Path]) -> None:
    """Append the others, without what an earlier try that was killed has appended already."""
    with first.open("rb+") as joined:
        there = set(map(_number, joined))
        for part in others:
            with part.open("rb") as lines:
                joined.writelines(line for line in lines if _number(line) not in there)
            part.unlink()


def _number(line: bytes) -> bytes:
    """Return how a line begins: with the number of its exchange."""
    return line.partition(b",")[0]
