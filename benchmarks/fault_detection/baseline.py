"""A baseline: the results of an earlier run, with which a new run is compared."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fault_detection.trial import FaultResult

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Baseline:
    """Whether each trial of an earlier run named the broken requirement, by fault, budget and seed."""

    is_right: dict[Key, bool]

    def regressions(self, results: Sequence[FaultResult]) -> list[str]:
        """Return the trials that named the broken requirement in the baseline and do not now."""
        return [result.label for result in results if not result.is_right and self.is_right.get(_key(result))]

    def new_faults(self, results: Sequence[FaultResult]) -> list[str]:
        """Return the faults that the baseline does not have."""
        known = {name for name, _budget, _seed in self.is_right}
        return list(dict.fromkeys(result.name for result in results if result.name not in known))

    def count_missing(self, results: Sequence[FaultResult]) -> int:
        """Return how many results have no counterpart in the baseline, with the same fault, budget and seed."""
        return sum(_key(result) not in self.is_right for result in results)


def read_baseline(path: Path) -> Baseline:
    """Read the results of an earlier run.

    Raises:
        OSError: the file cannot be read.
        ValueError: the file does not contain results of benchmarks/faults.py.

    """
    try:
        rows = json.loads(path.read_text("utf-8"))["faults"]
        return Baseline({(row["name"], row["budget"], row["seed"]): row["breaks"] in row["named"] for row in rows})
    except (KeyError, TypeError) as error:
        raise ValueError(f"not results of benchmarks/faults.py: {error!r}") from error


def _key(result: FaultResult) -> Key:
    return result.name, result.budget, result.seed
