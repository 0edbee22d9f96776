"""Kinds of answers: how many a long run has seen, and how many it is likely not to have seen yet.

Testing a program is like looking for species: each request shows some, and most are rare. What has been seen once or twice tells how much has
not been seen at all. The estimators are those of ecology, as M. Böhme applies them to fuzzing ("STADS: Software testing as species
discovery", ACM TOSEM 27(2), 2018): A. Chao's lower bound of the number of unseen species ("Nonparametric estimation of the number of classes
in a population", Scandinavian Journal of Statistics 11, 1984; here for samples that show several each, Biometrics 43, 1987), and the chance
that the next request shows a new one (I. J. Good, "The population frequencies of species and the estimation of population parameters",
Biometrika 40, 1953).
They speak of kinds of answers to requests like those that were drawn, and of no faults.
"""

from collections import Counter
from dataclasses import dataclass, field

from conformance.core import timing
from conformance.evidence.results import Exploration

# A target that answers something new each time must not fill the memory.
_MOST = 100_000


@dataclass(slots=True)
class AnswerKinds:
    """How many requests showed each kind of answer: `at_first` those of scenarios that were run once, and `later` those of the rounds after.

    `requests` counts the judged requests of the rounds; `last_new` is how many there had been when a kind was new for the last time, at the
    POSIX time `last_new_at`.
    """

    rounds: int = 0
    requests: int = 0
    last_new: int = 0
    last_new_at: float = 0.0
    at_first: dict[str, int] = field(default_factory=dict)
    later: dict[str, int] = field(default_factory=dict)

    def saw(self, kinds: set[str]) -> list[str]:
        """Count the kinds that one answer shows; return those that are new."""
        if self.rounds:
            self.requests += 1
        counted = self.later if self.rounds else self.at_first
        new = [kind for kind in kinds if kind not in self.later and kind not in self.at_first]
        if len(self.at_first) + len(self.later) >= _MOST:
            kinds, new = kinds.difference(new), []
        for kind in kinds:
            counted[kind] = counted.get(kind, 0) + 1
        if new:
            self.last_new, self.last_new_at = self.requests, timing.now()
        return new

    def merge(self, other: "AnswerKinds") -> None:
        """Add what another process has seen."""
        self.rounds += other.rounds
        self.requests += other.requests
        if other.last_new_at > self.last_new_at:
            self.last_new, self.last_new_at = other.last_new, other.last_new_at
        self.at_first = dict(Counter(self.at_first) + Counter(other.at_first))
        self.later = dict(Counter(self.later) + Counter(other.later))

    def exploration(self) -> Exploration | None:
        """Return what the rounds have seen, and an estimate of what they have not; None if there was no round."""
        if not self.rounds or not self.requests:
            return None
        # What the scenarios have shown already is new to nobody.
        only_later = {kind: times for kind, times in self.later.items() if kind not in self.at_first}
        once, twice = (sum(times == number for times in only_later.values()) for number in (1, 2))
        return Exploration(
            rounds=self.rounds,
            requests=self.requests,
            kinds=len(self.at_first) + len(only_later),
            new_kinds=len(only_later),
            last_new=self.last_new,
            seconds_since_new=round(max(0.0, timing.now() - self.last_new_at), 1),
            unseen_at_least=round(unseen(self.requests, once, twice), 1),
            chance_of_new=min(1.0, once / self.requests),
        )


def unseen(samples: int, once: int, twice: int) -> float:
    """Return the lower bound of how many species were not seen in so many samples, by how many were in one and in two of them (Chao)."""
    pairs = once * once / (2 * twice) if twice else once * (once - 1) / 2
    return pairs * (samples - 1) / samples
