"""The scenarios of one run, shared by the workers of pytest-xdist through a folder: each is performed by whoever claims it first.

pytest-xdist shares out items, and the items are requirements; a scenario shows many of them. So a worker that comes to its first
requirement performs what nobody else has claimed, tells what it has found, and waits for what the others have to tell.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from filelock import FileLock

from conformance.configuration.settings import Settings
from conformance.core.whole_files import write_whole

_SETTINGS = "settings.json"


class SharedWork:
    """The folder, seen by one process; `worker` is its name, empty for the one that leads."""

    def __init__(self, folder: Path, worker: str = "") -> None:
        self._folder = folder
        self._worker = worker
        # The lock of a process ends with it: nobody waits for one that was killed.
        self._lock = FileLock(folder / f"{worker}.lock")

    @property
    def word(self) -> Path:
        """Where the word is that the run is to end."""
        return self._folder / "end"

    def publish(self, settings: Settings) -> None:
        """Tell the workers what is to be judged, and what the target was found to serve; the leading process does."""
        write_whole(self._folder / _SETTINGS, settings.model_dump_json())

    @property
    def is_published(self) -> bool:
        """Whether this process sees what the leading one has told."""
        return (self._folder / _SETTINGS).exists()

    def settings(self) -> Settings:
        """Return what was published."""
        return Settings.model_validate_json((self._folder / _SETTINGS).read_text("utf-8"))

    def join(self) -> None:
        """Take part; until `tell` the others wait for this process."""
        self._lock.acquire()
        (self._folder / f"{self._worker}.joined").touch()

    def claim(self, scenario: str) -> bool:
        """Whether a scenario is now this process's to perform."""
        try:
            (self._folder / f"{scenario.replace('/', ' ')}.claimed").touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    def tell(self, told: dict[str, Any]) -> None:
        """Tell the others what this process has found."""
        write_whole(self._folder / f"{self._worker}.told.json", json.dumps(told))
        self._lock.release()

    def told(self) -> Iterator[dict[str, Any] | None]:
        """Yield what each other process that takes part has found, as soon as it tells; None for one that was killed before."""
        for joined in sorted(self._folder.glob("*.joined")):
            if joined.stem == self._worker:
                continue
            with FileLock(joined.with_suffix(".lock")):
                file = joined.with_suffix(".told.json")
                yield json.loads(file.read_text("utf-8")) if file.exists() else None
