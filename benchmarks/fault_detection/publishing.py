"""Write results to files: to a folder while a run goes on, and to reports/ and docs/ once it is complete."""

from dataclasses import dataclass
from pathlib import Path

from atomic_file import write_atomically
from json_format import one_line_per_row

from fault_detection.html_report import html_report
from fault_detection.markdown_report import markdown_report
from fault_detection.results import Results


@dataclass(frozen=True, slots=True)
class ResultsFolder:
    """A folder for faults.json and faults.html, or those of an edition."""

    path: Path
    edition: str = ""

    @property
    def name(self) -> str:
        """The name of the files, without their suffix."""
        return f"faults-{self.edition}" if self.edition else "faults"

    def save(self, results: Results) -> None:
        """Write the results so far, without the page."""
        write_atomically(self.path / f"{self.name}.json", one_line_per_row(results.to_json()))

    def save_with_page(self, results: Results) -> None:
        """Write the results and the page."""
        self.save(results)
        write_atomically(self.path / f"{self.name}.html", html_report(results))


def publish(results: Results, root: Path, edition: str) -> None:
    """Write the results to reports/, and to docs/faults.md, or that of an edition, if any fault was run at quick."""
    folder = ResultsFolder(root / "reports", edition)
    folder.save_with_page(results)
    if any(result.budget == "quick" for result in results.faults):
        write_atomically(root / "docs" / f"{folder.name}.md", markdown_report(results))
