"""Tags: the short unique text that begins every name a run gives, so that what it made can be found, and sent again under a new one."""

import hashlib
import re

TAG = re.compile(r"cf_[0-9a-f]{6}_[0-9a-f]{4}_\d{5}_")


class Tags:
    """Tags of one run, in one order for one seed: `cf_<run>_<scenario>_<number>_`.

    A run that goes on after it was cut short, its `attempt` above 0, must not give a name twice.
    """

    def __init__(self, seed: str, attempt: int = 0) -> None:
        self._run = _digest(seed, 6)
        self._attempt = f" {attempt}" if attempt else ""
        self.begin("")

    @property
    def prefix(self) -> str:
        """What every tag of the run begins with."""
        return f"cf_{self._run}_"

    def begin(self, scenario: str) -> None:
        """Start a scenario's own series."""
        self._scenario = _digest(scenario + self._attempt, 4)
        self._number = 0

    def new(self) -> str:
        """Return the next tag."""
        self._number += 1
        return f"{self.prefix}{self._scenario}_{self._number:05}_"


def _digest(text: str, length: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:length]
