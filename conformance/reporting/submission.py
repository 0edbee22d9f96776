"""A record that somebody submits: `results.json`, the target file, and `report.toml`, which says what it is and how to make it again."""

import json
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.core.errors import UsageError
from conformance.evidence import results_file
from conformance.evidence.results import Results, Verdict
from conformance.evidence.results_file import RESULTS
from conformance.reporting.messages import selection

ABOUT, TARGET = "report.toml", "target.toml"
_MOST_TOLD = 3


@dataclass(frozen=True, slots=True)
class Submission:
    """A record with what is said of it: who made the target, its version, what it is, and the shell lines that make the record again.

    `is_edited` tells that the record is not as the toolkit wrote it; it is None for older records, which cannot tell.
    """

    results: Results
    vendor: str
    version: str
    about: str
    steps: tuple[str, ...]
    is_edited: bool | None

    @property
    def name(self) -> str:
        """What it is called on a page."""
        return f"{self.vendor} {self.version}".strip()

    @property
    def slug(self) -> str:
        """Its name in files and addresses."""
        return "-".join("".join(letter if letter.isalnum() else " " for letter in self.name.lower()).split()) or "target"


def read(path: Path, read_results: Callable[[Path], Results]) -> list[Submission]:
    """Return the record of a file, or those of a folder, each of which must be fit to be published.

    Raises:
        UsageError: a record cannot be read, a folder has none, or what is in it is not fit.

    """
    if not path.is_dir():
        return [_record(path, read_results)]
    files = sorted(path.glob(f"*/*/{RESULTS}"))
    if not files:
        raise UsageError(f"{path}: no record is in it; they are looked for in VENDOR/VERSION/{RESULTS}")
    submissions = [_record(file, read_results) for file in files]
    reasons = {file.parent: faults(submission, file.parent) for file, submission in zip(files, submissions, strict=True)}
    refused = [f"{folder}: {', '.join(why)}" for folder, why in reasons.items() if why]
    if refused:
        more = f"; and {len(refused) - _MOST_TOLD} more" if len(refused) > _MOST_TOLD else ""
        raise UsageError(f"not fit to be published: {'; '.join(refused[:_MOST_TOLD])}{more}")
    return submissions


def faults(submission: Submission, folder: Path) -> list[str]:
    """Return why a record in a folder is not fit to be published: it was edited, is partial, or does not say how to make it again."""
    results = submission.results
    chosen, recording = selection(results.manifest), results.manifest.recording
    return [
        why
        for why, holds in (
            ("its record was edited after the run", submission.is_edited is True),
            (
                "its record is of an older version of the toolkit, which cannot tell whether it was edited",
                submission.is_edited is None,
            ),
            (f"its run is incomplete ({results.manifest.incomplete_because})", results.verdict is Verdict.INCOMPLETE),
            (f"only a part was judged ({chosen})", bool(chosen)),
            ("recorded traffic was judged, and nobody can record the same again", recording is not None),
            (
                f"{ABOUT} does not say who made the target (vendor) and what it is (about)",
                not (submission.vendor and submission.about),
            ),
            (f"{ABOUT} does not say how to make the record again (steps)", not submission.steps),
            (f"its target file, {TARGET}, is not there", not (folder / TARGET).exists()),
        )
        if holds
    ]


def _record(file: Path, read_results: Callable[[Path], Results]) -> Submission:
    results = read_results(file)
    about = _about(file.parent / ABOUT)
    record = json.loads(file.read_text("utf-8"))
    stated = record.get("digest")
    return Submission(
        results=results,
        vendor=str(about.get("vendor", "")) or results.manifest.target.name,
        version=str(about.get("version", "")),
        about=str(about.get("about", "")),
        steps=tuple(map(str, about.get("steps", ()))),
        is_edited=None if stated is None else stated != results_file.digest(record),
    )


def _about(file: Path) -> dict[str, Any]:
    """Return what a submission says of itself; nothing if it says nothing.

    Raises:
        UsageError: the file cannot be read.

    """
    try:
        return tomllib.loads(file.read_text("utf-8")) if file.exists() else {}
    except (OSError, ValueError) as error:
        raise UsageError(f"{file}: {' '.join(str(error).split())}") from None
