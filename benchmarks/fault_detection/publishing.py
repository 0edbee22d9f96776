"""A shelf: where results are put, as they come for whoever runs them, and published once they are whole."""

from dataclasses import dataclass
from pathlib import Path

from atomic_file import replace
from json_format import lines

from fault_detection.html_report import html
from fault_detection.markdown_report import markdown
from fault_detection.results import Record


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder for faults.json and faults.html."""

    folder: Path

    def keep(self, record: Record) -> None:
        """Write what there is so far."""
        replace(self.folder / "faults.json", lines(record.to_json()))

    def close(self, record: Record) -> None:
        """Write all of it, with the page."""
        self.keep(record)
        replace(self.folder / "faults.html", html(record))


def publish(record: Record, root: Path) -> None:
    """Write the results where everybody looks: reports/, and docs/faults.md if any fault was run at quick."""
    Shelf(root / "reports").close(record)
    if any(one.budget == "quick" for one in record.trials):
        replace(root / "docs" / "faults.md", markdown(record))
