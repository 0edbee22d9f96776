"""How far the workers of a run are: each tells it in a file of the folder that they share, and the leading process reads them."""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from conformance.core import timing
from conformance.core.whole_files import write_whole
from conformance.engine.run import Run

_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class WorkerProgress:
    """What one worker does, how many exchanges it has recorded, and which requirements it has seen violated."""

    stage: str
    exchanges: int
    violated: Sequence[str]

    @classmethod
    def of(cls, run: Run) -> "WorkerProgress":
        """Return how far a run in this process is."""
        return cls(run.stage, run.exchanges, sorted(run.ledger.failed()))


class ProgressFile:
    """The file in which one worker tells how far it is, twice a second."""

    def __init__(self, folder: Path, worker: str) -> None:
        self._file = folder / f"{worker}.progress"
        self._next = 0.0

    def tell(self, run: Run) -> None:
        """Tell it, if it is time; where that is not possible, nobody sees it, and the run goes on."""
        now = timing.monotonic()
        if now < self._next:
            return
        self._next = now + _SECONDS
        with suppress(OSError):
            write_whole(self._file, json.dumps(asdict(WorkerProgress.of(run))))


def read(folder: Path) -> list[WorkerProgress]:
    """Return what the workers have told last, in the order of their names."""
    return [WorkerProgress(**json.loads(file.read_text("utf-8"))) for file in sorted(folder.glob("*.progress"))]
