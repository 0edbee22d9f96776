"""A shelf: where results are put, as they come for whoever runs them, and published once they are whole."""

import json
from dataclasses import dataclass
from pathlib import Path

from bank.document import markdown
from bank.page import html
from bank.record import Record


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder for faults.json and faults.html."""

    folder: Path

    def keep(self, record: Record) -> None:
        """Write what there is so far; whoever reads it meanwhile finds the one or the other, and no half."""
        _replace(self.folder / "faults.json", json.dumps(record.to_json(), indent=1) + "\n")

    def close(self, record: Record) -> None:
        """Write all of it, with the page."""
        self.keep(record)
        _replace(self.folder / "faults.html", html(record))


def publish(record: Record, root: Path) -> None:
    """Write the results where everybody looks: reports/, and docs/faults.md if any fault was run at quick."""
    Shelf(root / "reports").close(record)
    if any(one.budget == "quick" for one in record.trials):
        _replace(root / "docs" / "faults.md", markdown(record))


def _replace(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.part")
    beside.write_text(text, "utf-8")
    beside.replace(path)
