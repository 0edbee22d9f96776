"""Work: which trials a run of the banks consists of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conformance.contracts.collections.reference.faults import FAULTS
from fault_detection.trial import Caught, Freed, drawn_freedoms, fault, freedom

_DRAWN = 5
# The budgets at which a fault is judged with one seed only: there a run takes minutes.
_QUICK = "quick"


@dataclass(frozen=True, slots=True)
class Faulty:
    """A fault at a budget with a seed; at quick by the whole contract, so that it shows what else is named."""

    name: str
    budget: str
    seed: str

    def done(self) -> Caught:
        """Judge it."""
        return fault(self.name, self.budget, self.seed, whole=self.budget == _QUICK)

    def failed(self, error: str) -> Caught:
        """Return the trial as one that an error ended."""
        one = FAULTS[self.name]
        return Caught(self.name, one.trigger, one.breaks, self.budget, self.seed, self.budget == _QUICK, error=error)


@dataclass(frozen=True, slots=True)
class Free:
    """A freedom, or several drawn by the seed, at quick."""

    name: str
    seed: str

    def done(self) -> Freed:
        """Judge it."""
        from variants import VARIANTS

        variant = VARIANTS[self.name] if self.name in VARIANTS else drawn_freedoms(self.seed, _DRAWN)
        return Freed(variant.name, self.seed, freedom(variant, _QUICK, self.seed))

    def failed(self, error: str) -> Freed:
        """Return the trial as one that an error ended."""
        return Freed(self.name, self.seed, error=error)


Work = Faulty | Free
Outcome = Caught | Freed


def faulty(names: Sequence[str], budgets: Sequence[str], seeds: int) -> Iterator[Faulty]:
    """Yield what to judge of some faults: at quick with so many seeds, elsewhere with the first, and at thorough the rare ones."""
    for budget in budgets:
        for seed in range(1, (seeds if budget == _QUICK else 1) + 1):
            yield from (Faulty(name, budget, str(seed)) for name in names
                        if budget != "thorough" or FAULTS[name].trigger == "rare")  # fmt: skip


def free(seeds: int) -> Iterator[Free]:
    """Yield every benign variant, and some at once, with so many seeds."""
    from variants import VARIANTS

    for seed in range(1, seeds + 1):
        yield from (Free(name, str(seed)) for name in (*VARIANTS, f"{_DRAWN} drawn"))
