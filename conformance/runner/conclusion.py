"""The end of a run: its verdicts, its record and its reports."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conformance.configuration.settings import Settings
from conformance.core.errors import Exit
from conformance.engine.contract import Contract
from conformance.evidence.findings import Findings
from conformance.evidence.results import Results
from conformance.runner import assemble, checkpoint
from conformance.runner.assemble import Printed
from conformance.runner.ending import Ending


@dataclass(slots=True)
class Conclusion:
    """The results, the files that were written, and why a report is not there, by its file's name."""

    results: Results
    files: list[Path] = field(default_factory=list)
    lacking: dict[str, str] = field(default_factory=dict)


def conclude(settings: Settings, contract: Contract[Any], findings: Findings, ending: Ending, started: float,
             seconds: float, printed: Printed) -> Conclusion:  # fmt: skip
    """Give the verdicts, and write the record and the reports; `started` is a POSIX time."""
    results = assemble.results(
        settings, contract, findings, started=started, seconds=seconds, ended=ending.because, printed=printed
    )
    conclusion = Conclusion(results)
    if settings.output is not None:
        _write(conclusion, settings.output, ending)
    return conclusion


def _write(conclusion: Conclusion, output: Path, ending: Ending) -> None:
    """Write the reports; a run whose record is lost is incomplete, whatever it saw."""
    from conformance.reporting import files

    try:
        written = files.write(conclusion.results, output)
        conclusion.files = [*written.paths, checkpoint.join_exchanges(output)]
        if written.lacking:
            conclusion.lacking, ending.exit_code = written.lacking, Exit.INCOMPLETE
        if ending.because is None:
            checkpoint.forget(output)
    except (OSError, ValueError) as error:
        because = f"the record could not be written into {output}: {getattr(error, 'strerror', None) or error}"
        ending.fail(because, Exit.INCOMPLETE)
        conclusion.results = conclusion.results.incomplete(because)
