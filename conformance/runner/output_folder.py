"""The folder of a record: held by one run at a time, and known to be writable before anything is sent."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from conformance.core.errors import UsageError

_LOCK = ".lock"


@contextmanager
def held(output: Path) -> Iterator[None]:
    """Hold a folder, made if it is not there; the lock ends with the process, however that ends.

    Raises:
        UsageError: another run holds it, or it cannot be written to.

    """
    try:
        output.mkdir(parents=True, exist_ok=True)
        lock = FileLock(output / _LOCK, timeout=0)
        lock.acquire()
    except Timeout:
        raise UsageError(f"--output {output}: another run is writing there; give this one a folder of its own") from None
    except OSError as error:
        raise UsageError(f"--output {output}: {error.strerror or error}") from None
    try:
        yield
    finally:
        # Before it is let go: whoever comes next makes a new one, and nothing of ours is left in the folder.
        with suppress(OSError):
            (output / _LOCK).unlink()
        lock.release()
