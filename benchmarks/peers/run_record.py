"""A part of the record: one run of the comparison, with all that must be known of how it was made."""

import json
import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

FORMAT = 2
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """What was asked for, on which machine and in which state of it, what was run, and what became of it.

    `niceness` and `load`, the average of a minute, were measured when it began. `commands` are those that were run, by tool; fewer
    `runs` than were `planned` mean that it was stopped.
    """

    command: str
    seed: int
    seconds: int
    sample: int | None
    variants: int | None
    told: bool
    planned: int
    tools: dict[str, str]
    python: str
    machine: str
    niceness: int
    load: float
    commands: dict[str, list[str]] = field(default_factory=dict)
    runs: list[Row] = field(default_factory=list)

    def after(self, row: Row, command: str) -> "Part":
        """Return the part with one more run."""
        known = self.commands.get(row["tool"], [])
        commands = {**self.commands, row["tool"]: known if command in known else [*known, command]}
        return replace(self, commands=commands, runs=[*self.runs, row])


def begun(asked: Mapping[str, Any], tools: dict[str, str], planned: int) -> Part:
    """Return a part without runs yet, of what was asked for and of the machine as it is now."""
    return Part(
        **asked, tools=tools, planned=planned, python=platform.python_version(),
        machine=f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores", niceness=os.nice(0), load=round(os.getloadavg()[0], 2),
    )  # fmt: skip


def written(parts: Iterable[Part]) -> str:
    """Return parts as the text of a record."""
    return json.dumps({"format": FORMAT, "parts": [asdict(one) for one in parts]}, indent=1) + "\n"


def read(text: str) -> tuple[Part, ...]:
    """Return the parts of a record.

    Raises:
        ValueError: it is none, or of another format.

    """
    found = json.loads(text)
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise ValueError(f"no record of format {FORMAT}")
    return tuple(Part(**one) for one in found["parts"])


def runs(parts: Sequence[Part]) -> list[Row]:
    """Return the runs of all parts."""
    return [row for part in parts for row in part.runs]
