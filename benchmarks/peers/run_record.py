"""The record of a run: how it was made, and its rows. A file may have the records of several runs."""

import json
import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

FORMAT = 2
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run of the comparison. The names of the members are those in reports/peers.json, where a record is one of the `parts`.

    - `command`, `seed`, `seconds`, `sample`, `variants`, `told`: what was asked for on the command line.
    - `planned`: how many rows there are when the run is not stopped.
    - `tools`: the version of each tool.
    - `python`, `machine`, `niceness`, `load`: the machine when the run began; `load` is the average of a minute.
    - `commands`: which command lines were run, by tool.
    - `runs`: one row for each tool on each server.
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

    def with_row(self, row: Row, command: str) -> "RunRecord":
        """Return the record with one more row, and the command line that was run for it."""
        known = self.commands.get(row["tool"], [])
        commands = {**self.commands, row["tool"]: known if command in known else [*known, command]}
        return replace(self, commands=commands, runs=[*self.runs, row])


def start_record(asked: Mapping[str, Any], tools: dict[str, str], planned: int) -> RunRecord:
    """Return a record without rows, with what was asked for and the state of the machine now."""
    return RunRecord(
        **asked, tools=tools, planned=planned, python=platform.python_version(),
        machine=f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores", niceness=os.nice(0), load=round(os.getloadavg()[0], 2),
    )  # fmt: skip


def to_json(records: Iterable[RunRecord]) -> str:
    """Return records as the text of a file."""
    return json.dumps({"format": FORMAT, "parts": [asdict(record) for record in records]}, indent=1) + "\n"


def from_json(text: str) -> tuple[RunRecord, ...]:
    """Return the records in the text of a file.

    Raises:
        ValueError: the text has no records, or another format.

    """
    content = json.loads(text)
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ValueError(f"not a record of format {FORMAT}")
    return tuple(RunRecord(**record) for record in content["parts"])


def all_rows(records: Sequence[RunRecord]) -> list[Row]:
    """Return the rows of all records."""
    return [row for record in records for row in record.runs]
