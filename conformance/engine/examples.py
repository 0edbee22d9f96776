"""Examples that failed: kept in a database of Hypothesis' for the next run, which tries them first.

What is kept is how Hypothesis drew them, not what was sent. So whatever a database holds, what is made of it is a value that the
exploration could have drawn today: it names what this target knows, and is promised what any other value is. Nothing of the target and
no secret is in it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar
from weakref import WeakKeyDictionary

from hypothesis.database import ExampleDatabase

from conformance.engine.checks import is_put_off
from conformance.engine.explore import Drawn
from conformance.evidence.exchange import Exchange
from conformance.evidence.ledger import Ledger

T = TypeVar("T")
# What a record says of the examples that were tried again.
FAILED_AGAIN = "examples that had failed in earlier runs failed again"
# Of each exploration: so many are kept, and none that is larger, in bytes.
_MOST, _LARGEST = 10, 65_536


@dataclass(slots=True, eq=False)
class Exploration:
    """One exploration of a scenario: what failed in it in earlier runs, by entry of the database, and of that what has held in this one."""

    key: bytes
    # The number of the exploration in its scenario, from 0.
    number: int = 0
    failed_before: dict[bytes, Drawn] = field(default_factory=dict)
    held: set[bytes] = field(default_factory=set)
    kept: set[bytes] = field(default_factory=set)


class Examples:
    """The examples of one process of a run; `name` is whose they are: those of other contracts and targets may be in the same database.

    A database that cannot be reached is not asked again, and is no reason to end a run: `is_lost` tells of it.
    """

    def __init__(self, database: ExampleDatabase | None = None, name: str = "") -> None:
        self.is_lost = False
        self._database = database
        self._name = name
        self._explorations: dict[str, list[Exploration]] = {}
        self._drawn: WeakKeyDictionary[Exchange, tuple[Exploration, Drawn]] = WeakKeyDictionary()

    def begin(self, scenario: str) -> None:
        """Start a scenario, maybe once more."""
        self._explorations[scenario] = []

    def exploration(self, scenario: str, *, is_first: bool = True) -> Exploration:
        """Start the next exploration of a scenario; if it is not the first time in this run, what failed in earlier runs stays as it is."""
        begun = self._explorations.setdefault(scenario, [])
        exploration = Exploration(f"conformance {self._name} {scenario} {len(begun)}".encode(), len(begun))
        begun.append(exploration)
        if not is_first:
            return exploration
        for entry in self._fetch(exploration.key):
            drawn = Drawn.decoded(entry) if len(entry) <= _LARGEST else None
            if drawn is None or len(exploration.failed_before) == _MOST:
                self._delete(exploration.key, entry)
            else:
                exploration.failed_before[entry] = drawn
        exploration.held.update(exploration.failed_before)
        exploration.kept.update(exploration.failed_before)
        return exploration

    def note(self, exchange: Exchange, exploration: Exploration, drawn: Drawn) -> None:
        """Note how what was sent was drawn."""
        if self._database is None:
            return
        self._drawn[exchange] = exploration, drawn
        if exploration.failed_before and is_put_off(exchange):
            exploration.held.discard(drawn.encoded())

    def failed_before(self, exchange: Exchange) -> bool:
        """Whether an exchange sent what failed in an earlier run."""
        exploration, drawn = self._drawn.get(exchange, (None, None))
        return exploration is not None and drawn is not None and drawn in exploration.failed_before.values()

    def failed(self, exchange: Exchange, *, is_news: bool) -> None:
        """Keep what was drawn for an exchange, or for what it builds on, that shows a violation: of a kind that was not seen before."""
        for shown in (exchange, *exchange.context):
            if shown not in self._drawn:
                continue
            exploration, drawn = self._drawn[shown]
            entry = drawn.encoded()
            exploration.held.discard(entry)
            if is_news and entry not in exploration.kept and len(exploration.kept) < _MOST and len(entry) <= _LARGEST:
                exploration.kept.add(entry)
                self._save(exploration.key, entry)

    def end(self, scenario: str, ledger: Ledger) -> None:
        """End a scenario: what has not failed again is deleted."""
        for exploration in self._explorations.pop(scenario, ()):
            tried = len(exploration.failed_before)
            if tried:
                ledger.measured(FAILED_AGAIN, tried - len(exploration.held), tried)
            for entry in exploration.held:
                self._delete(exploration.key, entry)

    # The database.

    def _fetch(self, key: bytes) -> list[bytes]:
        # The smallest first, as Hypothesis does; a database gives them in any order.
        entries = self._asked(lambda database: list(database.fetch(key))) or ()
        return sorted(entries, key=lambda entry: (len(entry), entry))

    def _save(self, key: bytes, entry: bytes) -> None:
        self._asked(lambda database: database.save(key, entry))

    def _delete(self, key: bytes, entry: bytes) -> None:
        self._asked(lambda database: database.delete(key, entry))

    def _asked(self, ask: Callable[[ExampleDatabase], T]) -> T | None:
        """Return what the database answers, or None if there is none, or it cannot be reached."""
        if self._database is None or self.is_lost:
            return None
        try:
            return ask(self._database)
        except Exception:  # noqa: BLE001 - whatever a database raises says nothing of the target
            self.is_lost = True
            return None
