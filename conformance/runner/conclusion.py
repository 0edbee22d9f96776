"""The end of a run: its record and its reports."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from conformance.core import resources
from conformance.core.errors import Exit
from conformance.evidence.results import Results
from conformance.runner import checkpoint
from conformance.runner.ending import Ending


@dataclass(slots=True)
class Conclusion:
    """The results, the files that were written, and why a report is not there, by its file's name."""

    results: Results
    files: list[Path] = field(default_factory=list)
    lacking: dict[str, str] = field(default_factory=dict)


def conclude(results: Results, output: Path | None, ending: Ending, text_file: str | None = None) -> Conclusion:
    """Write the record and the reports into a folder, if one is given, and the contract in words, if there is such a file."""
    conclusion = Conclusion(results)
    if output is not None:
        _write(conclusion, output, ending, text_file)
    return conclusion


def _write(conclusion: Conclusion, output: Path, ending: Ending, text_file: str | None) -> None:
    """Write the reports; a run whose record is lost is incomplete, whatever it saw."""
    from conformance.reporting import files

    try:
        text = None if text_file is None else resources.find(text_file).read_text("utf-8")
        with ThreadPoolExecutor(1) as pool:  # compressing needs no turn of Python's
            exchanges = pool.submit(checkpoint.join_exchanges, output)
            written = files.write(conclusion.results, output, text)
        conclusion.files = [*written.paths, exchanges.result()]
        if written.lacking:
            conclusion.lacking, ending.exit_code = written.lacking, Exit.INCOMPLETE
        if ending.because is None:
            checkpoint.forget(output)
    except (OSError, ValueError) as error:
        because = f"the record could not be written into {output}: {getattr(error, 'strerror', None) or error}"
        ending.fail(because, Exit.INCOMPLETE)
        conclusion.results = conclusion.results.incomplete(because)
