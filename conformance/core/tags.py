"""Tags: the short unique text that begins every name a run gives, so that what it made can be found, and sent again under a new one."""

import hashlib
import re
import secrets

from conformance.core.json_text import Json

TAG = re.compile(r"cf_[0-9a-f]{6}_[0-9a-f]{4}_\d{5}_")
# What a target may answer to a name that it has already (CONTRACT, what an implementation is free to do).
TAKEN = frozenset({400, 409, 422})


class Tags:
    """Tags of one run, in one order for one seed: `cf_<run>_<scenario>_<number>_`.

    A run that goes on after it was cut short, its `attempt` above 0, must not give a name twice.
    """

    def __init__(self, seed: str, attempt: int = 0) -> None:
        self._run = _digest(seed, 6)
        self._series = f" {attempt}" if attempt else ""
        self.begin("")

    @property
    def prefix(self) -> str:
        """What every tag of the run begins with."""
        return f"cf_{self._run}_"

    def begin(self, scenario: str) -> None:
        """Start a scenario's own series."""
        self._name = scenario
        self._scenario = _digest(scenario + self._series, 4)
        self._number = 0

    def new(self) -> str:
        """Return the next tag."""
        self._number += 1
        return f"{self.prefix}{self._scenario}_{self._number:05}_"

    def renew(self) -> None:
        """Go on with tags by chance, for those that the seed gives are taken; the numbers count on."""
        self._series = f" {secrets.token_hex(8)}"
        self._scenario = _digest(self._name + self._series, 4)

    def chance(self) -> str:
        """Return a tag by chance, of no series; several threads may ask for one."""
        return f"{self.prefix}{secrets.token_hex(2)}_{secrets.randbelow(100_000):05}_"


class Retagging:
    """Puts new tags of the same length in place of those in a text or a value, each the same wherever it stands."""

    def __init__(self, tags: Tags) -> None:
        self._tags = tags
        self._new: dict[str, str] = {}

    def text(self, text: str) -> str:
        """Return a text with other tags."""
        return TAG.sub(lambda found: self._new.setdefault(found[0], self._tags.chance()), text)

    def json(self, value: Json) -> Json:
        """Return a JSON value with other tags in its texts."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {key: self.json(member) for key, member in value.items()}
        return [self.json(item) for item in value] if isinstance(value, list) else value


def _digest(text: str, length: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:length]
