"""Older results: what they caught, and what a run beside them lost or has that they do not."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fault_detection.trial import Caught

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Older:
    """The trials that older results have, by fault, budget and seed, and whether each was caught by the right requirement."""

    right: dict[Key, bool]

    def lost(self, trials: Sequence[Caught]) -> list[str]:
        """Return what was caught and is not any more."""
        return [_words(one) for one in trials if not one.is_right and self.right.get(_key(one))]

    def unknown(self, trials: Sequence[Caught]) -> list[str]:
        """Return the faults that the older results do not have at all."""
        known = {name for name, _budget, _seed in self.right}
        return list(dict.fromkeys(one.name for one in trials if one.name not in known))

    def uncompared(self, trials: Sequence[Caught]) -> int:
        """Return how many trials have none of the same fault, budget and seed among the older results."""
        return sum(_key(one) not in self.right for one in trials)


def older(path: Path) -> Older:
    """Read older results.

    Raises:
        OSError: there are none to read.
        ValueError: they are no results of this.

    """
    try:
        rows = json.loads(path.read_text("utf-8"))["faults"]
        return Older({(one["name"], one["budget"], one["seed"]): one["breaks"] in one["named"] for one in rows})
    except (KeyError, TypeError) as error:
        raise ValueError(f"no results of the fault bank: {error!r}") from error


def _key(one: Caught) -> Key:
    return one.name, one.budget, one.seed


def _words(one: Caught) -> str:
    return f"{one.name} at {one.budget}, seed {one.seed}"
