"""What a process of a run writes while it goes on: its exchanges, and checkpoints from which the run can go on."""

import io
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO

from conformance.core import timing
from conformance.runner import assemble, checkpoint, output_folder
from conformance.runner.checkpoint import Checkpoint

# Between two checkpoints: so many seconds at least, and so many times as long as the last one took.
_SAVE_SECONDS, _PAUSES = 1.0, 20


class RecordFolder:
    """The folder of a record, or nothing if `output` is None; `worker` is the name of the process, empty for the one that leads."""

    def __init__(self, output: Path | None, worker: str, attempt: int) -> None:
        self._output = output
        self._worker = worker
        self._attempt = attempt
        self._held = ExitStack()
        self._has_begun = False
        self._saved_at = 0.0
        self._save_took = 0.0

    def hold(self) -> None:
        """Keep other runs out of the folder until `let_go`; the leading process does.

        Raises:
            UsageError: another run is writing there, or it cannot be written to.

        """
        if self._output is not None and not self._worker:
            self._held.enter_context(output_folder.held(self._output))

    def let_go(self) -> None:
        """Let other runs in; again is harmless."""
        self._held.close()

    def has_lost_exchanges(self) -> bool:
        """Whether the exchanges of earlier attempts are gone."""
        return bool(self._attempt) and self._output is not None and not checkpoint.has_exchanges(self._output)

    def open_exchanges(self) -> IO[str]:
        """Return the file that exchanges are appended to.

        Raises:
            UsageError: the folder cannot be written to.

        """
        if self._output is None:
            return io.StringIO()
        file = assemble.open_exchanges(self._output, self._worker, self._attempt)
        self._has_begun = True
        return file

    def discard(self) -> None:
        """Take away a record that was begun and then could not be; what an earlier run left stays."""
        if self._has_begun and self._output is not None and not self._attempt:
            with suppress(OSError):
                checkpoint.partial(self._output, self._worker, 0).unlink()

    def is_due(self) -> bool:
        """Whether a checkpoint is worth its time: one was not written a moment ago, and all of them take a small part of the run."""
        pause = max(_SAVE_SECONDS, _PAUSES * self._save_took)
        return self._output is not None and timing.monotonic() - self._saved_at > pause

    def save(self, make: Callable[[], Checkpoint]) -> None:
        """Write a checkpoint, which `make` gives."""
        if self._output is None:
            return
        begun = timing.monotonic()
        with suppress(OSError):  # a full disk ends a run by what it cannot be without: the exchanges and the results
            make().write(self._output, self._worker)
        self._saved_at = timing.monotonic()
        self._save_took = self._saved_at - begun
