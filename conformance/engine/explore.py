"""Drawing values with Hypothesis, the same ones for the same seed and scenario."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from hypothesis import given, seed, settings
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import SearchStrategy, tuples

from conformance.engine.drawing import DRAWN, by_seed_alone

T = TypeVar("T")
# Payloads drawn in one example: an example costs Hypothesis 260 µs whatever is drawn in it.
BATCH = 10
# Series of draws, each with a seed of its own, before what was drawn has to be enough.
_SERIES = 4


@dataclass(frozen=True, slots=True)
class Drawer:
    """Draws as its name says: the seed of the run and the scenario."""

    name: str

    def draw(self, strategy: SearchStrategy[T], wanted: int, take: Callable[[T], None], batch: int = BATCH) -> None:
        """Draw so many values, `batch` of them in one example, and hand each over.

        A strategy that rejects many of its own values wants a batch of 1, for a rejected value takes all of its example with it.

        Raises:
            Unsatisfiable: nothing could be drawn.

        """
        drawn = 0
        for series in range(_SERIES):
            drawn += self._draw_series(strategy, wanted - drawn, take, batch, series)
            if drawn >= wanted:
                return
        if not drawn:
            raise Unsatisfiable(f"{_SERIES} series of draws gave no value")

    def _draw_series(self, strategy: SearchStrategy[T], wanted: int, take: Callable[[T], None], batch: int, series: int) -> int:
        """Draw so many values, or as many as Hypothesis finds before it gives up; return their number."""
        size, drawn = min(batch, wanted), 0

        @seed(self.name + (f":{series}" if series else ""))
        @settings(max_examples=-(-wanted // size), **DRAWN)
        @given(tuples(*[strategy] * size))
        def each(values: tuple[T, ...]) -> None:
            nonlocal drawn
            drawn += len(values)
            for value in values:
                take(value)

        with suppress(Unsatisfiable), by_seed_alone():  # it rejected so many values of this series; the next one is another chance
            each()
        return drawn
