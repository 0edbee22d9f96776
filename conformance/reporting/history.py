"""A target's runs over time: a picture of what failed when, and what broke and was mended between two runs."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from conformance.evidence.results import Results, Status
from conformance.reporting import messages, pages
from conformance.reporting.comparison import Change, Comparison, compare

_STEP = 18


@dataclass(frozen=True, slots=True)
class _Turn:
    """What happened between a run and the one before it."""

    results: Results
    comparison: Comparison | None
    broke: list[str]
    mended: list[str]


@dataclass(frozen=True, slots=True)
class Series:
    """The runs of one target by one contract, the oldest first."""

    name: str
    runs: tuple[Results, ...]

    def turns(self) -> list[_Turn]:
        """Return each run with what changed since the one before, the newest first."""
        turns = [_Turn(self.runs[0], None, [], [])]
        for before, after in zip(self.runs, self.runs[1:], strict=False):
            comparison = compare(before, after)
            broke = [changed.requirement for changed in comparison.changes if changed.change is Change.NEWLY_FAILING]
            mended = [changed.requirement for changed in comparison.changes if changed.change is Change.NEWLY_PASSING]
            turns.append(_Turn(after, comparison, broke, mended))
        return turns[::-1]

    def ever_failing(self) -> list[str]:
        """Return the requirements that failed, or were excused, in any run, in the contract's order."""
        names = [row.id for run in self.runs[::-1] for row in run.requirements]
        failing = {
            row.id for run in self.runs for row in run.requirements if row.status in (Status.FAILED, Status.DEVIATION, Status.ERROR)
        }
        return [name for name in dict.fromkeys(names) if name in failing]

    def picture(self) -> list[tuple[str, list[tuple[int, str, str]]]]:
        """Return for each requirement that ever failed its squares: (x in pixels, status, words)."""
        return [
            (name, [(index * _STEP, *_square(run, name)) for index, run in enumerate(self.runs)]) for name in self.ever_failing()
        ]


def series(runs: Sequence[Results]) -> list[Series]:
    """Return runs in series, a series for each target and contract, each sorted by time.

    Runs by another edition of the contract are another series, which its name then says: what only one edition asks for is no news.
    """
    by_target: dict[tuple[str, str], list[Results]] = {}
    for run in sorted(runs, key=lambda run: run.manifest.started):
        by_target.setdefault((run.manifest.target.name, run.manifest.contract.name), []).append(run)
    series_of = Counter(name for name, _contract in by_target)
    return [
        Series(f"{name}, by {contract}" if series_of[name] > 1 else name, tuple(of_target))
        for (name, contract), of_target in sorted(by_target.items())
    ]


def text(all_series: Sequence[Series]) -> str:
    """Return in lines what broke when."""
    lines = []
    for of_target in all_series:
        lines.append(f"{of_target.name}: {len(of_target.runs)} run{'' if len(of_target.runs) == 1 else 's'}")
        for turn in of_target.turns():
            lines.append(f"  {turn.results.manifest.started}  {messages.verdict_text(turn.results)}")
            lines += [f"    broke    {name}" for name in turn.broke] + [f"    mended   {name}" for name in turn.mended]
    return "\n".join(lines) + "\n"


def html(all_series: Sequence[Series]) -> str:
    """Return the page."""
    values = {"series": all_series, "step": _STEP, "verdict": messages.verdict_text}
    return pages.render("history.html", values, styles=("page.css", "matrix.css", "history.css"), scripts=())


def _square(run: Results, name: str) -> tuple[str, str]:
    row = run.row(name)
    status = "absent" if row is None else str(row.status)
    return status, f"{run.manifest.started}: {status.replace('-', ' ')}"
