"""What keeps a run inside somebody else's process apart from that process' own tests."""

import os
import random
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hypothesis.configuration import set_hypothesis_home_dir

_STORAGE = "HYPOTHESIS_STORAGE_DIRECTORY"


def hypothesis_folder() -> str:
    """Return where Hypothesis may keep its tables of characters: it would leave them in the folder that we are called from."""
    name = f"conformance-hypothesis-{os.getuid() if hasattr(os, 'getuid') else os.environ.get('USERNAME', '')}"
    return str(Path(tempfile.gettempdir()) / name)


@contextmanager
def isolated() -> Iterator[None]:
    """Keep the filters for warnings and the folder of Hypothesis of a project as they are, and away from the run."""
    before = os.environ.get(_STORAGE)
    os.environ[_STORAGE] = before or hypothesis_folder()
    state = random.getstate()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        random.setstate(state)  # strands that draw beside each other leave another one
        if before is None:
            os.environ.pop(_STORAGE, None)
            set_hypothesis_home_dir(None)  # it remembers what it has read
