"""Write the files of a run: the record and the reports."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from conformance.core.whole_files import write_whole
from conformance.evidence import results_file
from conformance.evidence.results import Results
from conformance.evidence.results_file import RESULTS
from conformance.reporting import badge, contract_page, html, junit, sarif
from conformance.reporting.contract_page import CONTRACT_PAGE

JUNIT, REPORT, SARIF, BADGE = "junit.xml", "report.html", "results.sarif", "badge.json"


@dataclass(frozen=True, slots=True)
class Written:
    """The paths to show to the user, the HTML report first; and why a report is missing, by its file name."""

    paths: list[Path]
    lacking: dict[str, str]


def write(results: Results, output: Path, contract_text: str | None = None, record: str = RESULTS) -> Written:
    """Write the record and the reports of a run; if one report cannot be made, the record and the other reports are written all the same.

    `contract_text` is the contract in words, if there is such a document; `record` is the name of the record's file.

    Raises:
        OSError: the folder cannot be written to.

    """
    place = output / record
    text = results_file.text(results)
    write_whole(place, text)
    reports: dict[str, Callable[[], str]] = {
        JUNIT: lambda: junit.render(results),
        SARIF: lambda: sarif.render(results, results_file=place.as_posix(), results_text=text),
        BADGE: lambda: badge.render(results),
        REPORT: lambda: html.render(results, results_file=str(place)),
    }
    if contract_text is not None:
        reports[CONTRACT_PAGE] = lambda: contract_page.render(contract_text)
    failed = {name: _write(output / name, render) for name, render in reports.items()}
    lacking = {name: reason for name, reason in failed.items() if reason is not None}
    paths = [output / name for name in (REPORT, record, JUNIT) if name not in lacking]
    return Written(paths, lacking)


def _write(path: Path, render: Callable[[], str]) -> str | None:
    """Write one report and return None, or return why it cannot be made and delete an older one."""
    try:
        write_whole(path, render())
    except OSError:
        raise
    except Exception as error:  # noqa: BLE001 - an error of the toolkit, which does not change the verdict
        path.unlink(missing_ok=True)
        return f"{type(error).__name__}: {error}"
    return None
