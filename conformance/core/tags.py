"""Tags: a short unique prefix of every name that a run gives.

By its tag, a resource of the run can be found, and a request can be sent again with new names.
"""

import hashlib
import re
import secrets

from conformance.core.json_text import Json

TAG = re.compile(r"cf_[0-9a-f]{6}_[0-9a-f]{4}_\d{5}_")
# Statuses with which a target may refuse a name that exists already.
TAKEN = frozenset({400, 409, 422})


class Tags:
    """The tags of one run: `cf_<run>_<scenario>_<number>_`. The same seed gives the same tags in the same order.

    A resumed run has an `attempt` above 0, which changes the tags, because no name may be given twice.
    """

    def __init__(self, seed: str, attempt: int = 0) -> None:
        self._run = _digest(seed, 6)
        self._series = f" {attempt}" if attempt else ""
        self.begin("")

    @property
    def prefix(self) -> str:
        """The text that every tag of the run begins with."""
        return f"cf_{self._run}_"

    def begin(self, scenario: str) -> None:
        """Start the tags of a scenario at number 1."""
        self._name = scenario
        self._scenario = _digest(scenario + self._series, 4)
        self._number = 0

    def new(self) -> str:
        """Return the next tag."""
        self._number += 1
        return f"{self.prefix}{self._scenario}_{self._number:05}_"

    def renew(self) -> None:
        """Use random tags from now on, because the target already has the names that follow from the seed; the numbers continue."""
        self._series = f" {secrets.token_hex(8)}"
        self._scenario = _digest(self._name + self._series, 4)

    def random_tag(self) -> str:
        """Return a random tag outside the numbered series; safe to call from several threads."""
        return f"{self.prefix}{secrets.token_hex(2)}_{secrets.randbelow(100_000):05}_"


class Retagging:
    """Replaces the tags in texts and JSON values by new tags of the same length; equal tags get equal replacements."""

    def __init__(self, tags: Tags) -> None:
        self._tags = tags
        self._new: dict[str, str] = {}

    def text(self, text: str) -> str:
        """Return the text with new tags."""
        return TAG.sub(lambda match: self._new.setdefault(match[0], self._tags.random_tag()), text)

    def json(self, value: Json) -> Json:
        """Return the JSON value with new tags in its strings."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {key: self.json(member) for key, member in value.items()}
        return [self.json(item) for item in value] if isinstance(value, list) else value


def _digest(text: str, length: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:length]
