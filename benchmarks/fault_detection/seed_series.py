"""A series: one fault at one budget, with each of its seeds."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fault_detection.trial import Caught


@dataclass(frozen=True, slots=True)
class Series:
    """The trials of one fault at one budget, in the order of their seeds."""

    trials: tuple[Caught, ...]

    @property
    def first(self) -> Caught:
        """The trial of the first seed: the one whose counterexample is shown and measured."""
        return self.trials[0]

    @property
    def caught(self) -> int:
        """With how many seeds anything was named."""
        return sum(bool(one.named) for one in self.trials)

    @property
    def right(self) -> int:
        """With how many seeds the broken requirement was named."""
        return sum(one.is_right for one in self.trials)

    @property
    def rightly(self) -> str:
        """How often the broken requirement was named where anything was."""
        return "" if not self.caught else "always" if self.right == self.caught else f"{self.right} of {self.caught}"

    @property
    def others(self) -> list[str]:
        """What else was named, with any seed."""
        return sorted({name for one in self.trials for name in one.named} - {self.first.breaks})

    @property
    def errors(self) -> list[str]:
        """What ended trials of it."""
        return [f"seed {one.seed}: {one.error}" for one in self.trials if one.error]


def series(trials: Iterable[Caught]) -> list[Series]:
    """Return trials gathered by fault and budget, in the order in which these come."""
    gathered: dict[tuple[str, str], list[Caught]] = {}
    for one in trials:
        gathered.setdefault((one.budget, one.name), []).append(one)
    return [Series(tuple(_by_seed(some))) for some in gathered.values()]


def _by_seed(trials: Iterable[Caught]) -> Iterator[Caught]:
    yield from sorted(trials, key=lambda one: int(one.seed))
