"""The terminal: the progress of a run, and its results."""

import os
import sys
from typing import IO, cast

from rich.console import Console
from rich.markup import escape
from rich.text import Text

from conformance.core import timing
from conformance.core.display import visible, wrapped
from conformance.core.streams import LenientStream
from conformance.evidence.results import Results, Row, Status, Verdict
from conformance.reporting.messages import (
    count_of_causes,
    counts,
    effort,
    exploration,
    left_behind,
    not_judged,
    notes,
    selection,
    shared_causes,
    summary,
    verdict_text,
)

_STYLES = {Verdict.CONFORMING: "bold green", Verdict.NOT_CONFORMING: "bold red", Verdict.INCOMPLETE: "bold yellow"}
# Values of TERM for terminals without cursor control, as in rich.
_DUMB = ("dumb", "unknown")
_LIVE_SECONDS = 0.1
_PLAIN_SECONDS = 10.0


class Progress:
    """The current scenario and the numbers of exchanges and violated requirements.

    One live line where a person watches, a plain line every ten seconds in CI (the environment variable CI is set), else nothing.
    """

    def __init__(self, stream: IO[str]) -> None:
        # A stream that cannot be written to must not end the run.
        self._stream = cast("IO[str]", LenientStream(stream))
        self._live = stream.isatty() and os.environ.get("TERM", "").lower() not in _DUMB
        self._is_watched = self._live or stream.isatty() or bool(os.environ.get("CI"))
        self._next = timing.monotonic() + (0.0 if self._live else _PLAIN_SECONDS)

    @property
    def is_due(self) -> bool:
        """Whether somebody watches, and enough time has passed since the last time."""
        return self._is_watched and timing.monotonic() >= self._next

    def show(self, scenario: str, exchanges: int, violated: int) -> None:
        """Show the progress, if it is due."""
        if not self.is_due:
            return
        self._next = timing.monotonic() + (_LIVE_SECONDS if self._live else _PLAIN_SECONDS)
        line = f"{exchanges} exchanges, {violated} violated | {scenario}"
        if self._live:
            width = Console(file=self._stream).width - 1
            self._stream.write(f"\r\x1b[2K{line[:width]}")
        else:
            self._stream.write(line + "\n")
        self._stream.flush()

    def clear(self) -> None:
        """Clear the live line."""
        if self._live:
            self._stream.write("\r\x1b[2K")
            self._stream.flush()


def show(results: Results, *, files: list[str], stream: IO[str] | None = None) -> None:
    """Print the verdict and the results, to standard output if no stream is given; `files` are the paths of the reports."""
    stream = stream or sys.stdout
    # Lines are not wrapped outside a terminal, so that they can be searched, unless the user sets COLUMNS.
    is_unwrapped = not stream.isatty() and "COLUMNS" not in os.environ
    console = Console(file=stream, highlight=False, soft_wrap=is_unwrapped)
    manifest, rows = results.manifest, results.requirements
    _headline(console, results)
    for row in rows:
        if row.status in (Status.FAILED, Status.ERROR):
            _failure(console, row, strict=manifest.strict)
    for line in shared_causes(results):
        console.print(Text(f"\n{line}"))
    _declared(console, rows, manifest.stale_deviations)
    for line in _figures(results):
        _print_line(console, line)
    for name in files:
        # A wrapped path cannot be clicked or copied.
        console.print(Text(name), soft_wrap=True)


def _figures(results: Results) -> list[str]:
    """Return the numbers of a run, the profiles that were not judged, and notes for the user."""
    manifest, rows, selected = results.manifest, results.requirements, selection(results.manifest)
    number = ", ".join(f"{count} {status}" for status, count in counts(results).items() if count)
    lines = [f"\n{number}  of {len(rows)} requirements", count_of_causes(results), visible(effort(results))]
    lines += [visible(f"selected: {selected}; the rest of the contract was not judged")] if selected else []
    lines += exploration(results)
    lines += [f"{share.hits} of {share.cases} {name}" for name, share in results.shares.items()]
    lines += [
        f"not judged: {name} ({visible(capability.why)})"
        for name, capability in manifest.capabilities.items()
        if not capability.served
    ]
    return [line for line in (*lines, *map(visible, (left_behind(results), *notes(results)))) if line]


def _headline(console: Console, results: Results) -> None:
    """Print the verdict, the target, the profiles that were not judged, and why the run is incomplete."""
    verdict, manifest = results.verdict, results.manifest
    name, without = visible(manifest.target.name), not_judged(results)
    declared = verdict_text(results).removeprefix(verdict)
    parts = (verdict.upper(), _STYLES[verdict]), (declared, "yellow"), f"  {name}", (f"  ({without})" if without else "", "yellow")
    console.print(Text.assemble(*parts))
    if manifest.incomplete_because:
        console.print(f"  {escape(visible(manifest.incomplete_because))}")


def _declared(console: Console, rows: tuple[Row, ...], stale: tuple[str, ...]) -> None:
    """Print the declared deviations, and those that are stale."""
    lines = [
        Text.assemble(("deviation ", "yellow"), f"{row.level:<7}", (row.id, "bold"), f"  {visible(row.reason or '')}")
        for row in rows
        if row.status == Status.DEVIATION
    ]
    lines += [Text(f"declared deviation {visible(name)} does not show any more: remove it", style="yellow") for name in stale]
    for line in [Text(), *lines] if lines else []:
        console.print(line)


def _failure(console: Console, row: Row, *, strict: bool) -> None:
    style = "red" if row.weighs(strict=strict) else "yellow"
    console.print()
    console.print(
        Text.assemble((f"{row.status:<7}", style), f"{row.level:<7}", (row.id, "bold"), ("  flaky" if row.flaky else "", "yellow"))
    )
    text = f"the toolkit failed: {visible(row.reason or '')}" if row.status == Status.ERROR else summary(row)
    for line in text.split("\n"):
        _print_line(console, f"  {line}")


def _print_line(console: Console, line: str) -> None:
    console.print(Text(line if console.soft_wrap else wrapped(line, console.width, breaks_words=True)), soft_wrap=True)
