"""Drawing values with Hypothesis, the same ones for the same seed and scenario."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self, TypeVar
from unittest import SkipTest

from hypothesis import Phase, given, seed, settings
from hypothesis.control import current_build_context
from hypothesis.database import ExampleDatabase, choices_from_bytes, choices_to_bytes
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import SearchStrategy, tuples

from conformance.engine.drawing import DRAWN, by_seed_alone

T = TypeVar("T")
# Payloads drawn in one example: an example costs Hypothesis 260 µs whatever is drawn in it.
BATCH = 10
# Series of draws, each with a seed of its own, before what was drawn has to be enough.
_SERIES = 4


@dataclass(frozen=True, slots=True)
class Drawn:
    """How a value was drawn: by Hypothesis' choices for an example of `size` values, of which it is the one at `index`."""

    choices: tuple[Any, ...]
    size: int
    index: int

    def encoded(self) -> bytes:
        """Return it as Hypothesis writes choices into its databases, after two more of them."""
        return choices_to_bytes((self.size, self.index, *self.choices))

    @classmethod
    def decoded(cls, entry: bytes) -> Self | None:
        """Return what `encoded` wrote, or None for anything else."""
        match choices_from_bytes(entry):
            case (int(size), int(index), *choices) if 0 <= index < size <= BATCH:
                drawn = cls(tuple(choices), size, index)
                return drawn if drawn.encoded() == entry else None
        return None


@dataclass(frozen=True, slots=True)
class Drawer:
    """Draws as its name says: the seed of the run and the scenario."""

    name: str

    def draw(self, strategy: SearchStrategy[T], wanted: int, take: Callable[[T, Drawn], None], batch: int = BATCH) -> None:
        """Draw so many values, `batch` of them in one example, and hand each over, with how it was drawn.

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

    @staticmethod
    def again(strategy: SearchStrategy[T], drawn: Drawn) -> list[T]:
        """Return the value that a strategy makes of choices of an earlier run, or none if it would not choose so any more."""
        values: list[T] = []

        # Without a seed, which would turn the database off: where choices are missing Hypothesis adds some, and that value is not taken.
        @settings(**DRAWN | {"phases": [Phase.reuse], "database": _OneExample(choices_to_bytes(drawn.choices))})
        @given(tuples(*[strategy] * drawn.size))
        def each(drawn_again: tuple[T, ...]) -> None:
            if choices_to_bytes(current_build_context().data.choices) == choices_to_bytes(drawn.choices):
                values.append(drawn_again[drawn.index])

        with suppress(Unsatisfiable, SkipTest), by_seed_alone():  # the latter where the choices make no value
            each()
        return values[:1]

    def _draw_series(
        self, strategy: SearchStrategy[T], wanted: int, take: Callable[[T, Drawn], None], batch: int, series: int
    ) -> int:
        """Draw so many values, or as many as Hypothesis finds before it gives up; return their number."""
        size, drawn = min(batch, wanted), 0

        @seed(self.name + (f":{series}" if series else ""))
        @settings(max_examples=-(-wanted // size), **DRAWN)
        @given(tuples(*[strategy] * size))
        def each(values: tuple[T, ...]) -> None:
            nonlocal drawn
            drawn += len(values)
            choices = current_build_context().data.choices
            for index, value in enumerate(values):
                take(value, Drawn(choices, size, index))

        with suppress(Unsatisfiable), by_seed_alone():  # it rejected so many values of this series; the next one is another chance
            each()
        return drawn


class _OneExample(ExampleDatabase):
    """A database that has one example, by whatever key Hypothesis asks, and keeps nothing."""

    def __init__(self, example: bytes) -> None:
        super().__init__()
        self._example = example

    def fetch(self, key: bytes) -> Iterable[bytes]:  # noqa: ARG002 - there is no other example
        """Return the example."""
        return [self._example]

    def save(self, key: bytes, value: bytes) -> None:
        """Do nothing."""

    def delete(self, key: bytes, value: bytes) -> None:
        """Do nothing."""
