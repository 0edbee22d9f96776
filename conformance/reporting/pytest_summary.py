"""The end of a user's pytest run: the verdict, what failed and fails no run, and where the record is."""

from collections.abc import Sequence
from pathlib import Path

from conformance.evidence.results import Results, Row, Status
from conformance.reporting.messages import effort, left_behind, not_judged, notes, one_line, verdict_text


def lines(results: Results, files: Sequence[Path]) -> list[str]:
    """Return the lines."""
    without = not_judged(results)
    because = results.manifest.incomplete_because
    return [
        verdict_text(results).upper() + (f" {without}" if without else "") + (f": {because}" if because else ""),
        *(_line(row) for row in results.requirements if _fails_no_run(row, strict=results.manifest.strict)),
        effort(results),
        *notes(results),
        *([left] if (left := left_behind(results)) else []),
        *map(str, files),
    ]


def _fails_no_run(row: Row, *, strict: bool) -> bool:
    return row.status is Status.DEVIATION or (row.status is Status.FAILED and not row.weighs(strict=strict))


def _line(row: Row) -> str:
    what = f"deviation {row.id} ({row.reason})" if row.status is Status.DEVIATION else f"failed {row.level} {row.id}"
    return what if row.counterexample is None else f"{what}: {one_line(row.counterexample)}"
