"""Tables of checks, and the judge that shows each exchange to every check that applies to it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypeAlias, TypeVar

from conformance.core.errors import describe_error
from conformance.core.json_text import Json
from conformance.evidence.exchange import Exchange
from conformance.evidence.ledger import Ledger, Violation
from conformance.evidence.operation import Expect, Operation

# None: the exchange shows nothing about the requirement. "held": it does, and keeps it.
Outcome: TypeAlias = Literal["held"] | Violation | None
# A requirement, and what a check of it said of an exchange: "held", "broken" or "crashed".
Judged: TypeAlias = tuple[str, str]
_RECENT = 256
_SENT = 64
# Bytes of bodies that are kept to be compared with later ones. What was parsed of them takes several times that.
_ROOM = 2**20
HELD: Literal["held"] = "held"
Check: TypeAlias = Callable[[Exchange], Outcome]
HistoryCheck: TypeAlias = Callable[[Exchange, "History"], Outcome]
C = TypeVar("C", bound=Callable[..., Outcome])


class When(StrEnum):
    """Which exchanges of an operation a check wants to see."""

    ALWAYS = "always"  # every exchange, answered or not
    ANSWERED = "answered"
    REFUSED = "refused"  # a status of 400 and above
    ACCEPTED = "accepted"  # a 200 to a body that may be accepted
    ECHOED = "echoed"  # an accepted body that must come back verbatim, and is about no acc/rej requirement of its own


@dataclass(frozen=True, slots=True)
class _Entry:
    requirement: str
    check: Check | HistoryCheck
    wants_history: bool = False

    def outcome(self, exchange: Exchange, history: "History") -> Outcome:
        return self.check(exchange, history) if self.wants_history else self.check(exchange)  # type: ignore[call-arg]


@dataclass(frozen=True, slots=True)
class Scope:
    """Which requirements an exchange can still show when a part of the evidence is missing, as ids or beginnings of ids.

    `protocol` are about every exchange, also one that asks to come back later; `general` are too, and their words are the same whatever
    is wrong. `unreadable` are what an answer breaks that cannot be
    read. `by_context` rest on the answers of earlier exchanges, and are left out where one of those cannot be read.
    """

    protocol: tuple[str, ...] = ()
    general: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    by_context: tuple[str, ...] = ()


class Checks:
    """A table of checks: that of a chapter, filled by the decorators below, or that of a contract, joined of its chapters'."""

    def __init__(self, *chapters: "Checks", scope: Scope = Scope(), without: frozenset[str] = frozenset()) -> None:
        """Join the tables of chapters, in their order, leaving out the checks of some requirements."""
        self.scope = scope
        self._table: dict[tuple[Operation | None, When], list[_Entry]] = {}
        self._promises: dict[tuple[Expect, str], Check] = {}
        self._applicable: dict[tuple[Operation, tuple[When, ...]], tuple[_Entry, ...]] = {}
        for chapter in chapters:
            promises = chapter._promises.items()  # noqa: SLF001 - of the same class
            self._promises |= {key: check for key, check in promises if key[1] not in without}
            for key, entries in chapter._table.items():  # noqa: SLF001
                self._table.setdefault(key, []).extend(entry for entry in entries if entry.requirement not in without)

    def check(self, requirement: str, *operations: Operation, when: When, history: bool = False) -> Callable[[C], C]:
        """Add a check of a requirement for exchanges of these operations (of any, if none is named)."""

        def add(function: C) -> C:
            for operation in operations or (None,):
                self._table.setdefault((operation, when), []).append(_Entry(requirement, function, history))
            return function

        return add

    def promise(self, requirement: str, expect: Expect) -> Callable[[Check], Check]:
        """Add the check of exchanges that are sent as the test of one requirement with one expectation."""

        def add(function: Check) -> Check:
            self._promises[expect, requirement] = function
            return function

        return add

    def requirements(self) -> frozenset[str]:
        """Return the requirements that have a check."""
        in_table = {entry.requirement for entries in self._table.values() for entry in entries}
        return frozenset(in_table | {requirement for _expect, requirement in self._promises})

    def judge(self, exchange: Exchange, history: "History", ledger: Ledger, *, only: tuple[str, ...] | None = None) -> list[Judged]:
        """Show an exchange to every check that applies, or to those of some requirements; note and return what those say that it shows."""
        judged: list[Judged] = []
        for entry in self._of(exchange):
            if only is None or entry.requirement in only:
                said = _note(entry, exchange, history, ledger)
                if said is not None:
                    judged.append((entry.requirement, said))
        history.remember(exchange)
        exchange.forget()
        return judged

    def outcome(self, requirement: str, exchange: Exchange, history: "History") -> Violation | None:
        """Judge one exchange by one requirement alone; return its weightiest violation."""
        return next(iter(self.violations(requirement, exchange, history)), None)

    def violations(self, requirement: str, exchange: Exchange, history: "History") -> tuple[Violation, ...]:
        """Judge one exchange by one requirement alone; return its violations, the weightiest first."""
        outcomes = [entry.outcome(exchange, history) for entry in self._of(exchange) if entry.requirement == requirement]
        violations = [outcome for outcome in outcomes if isinstance(outcome, Violation)]
        return tuple(sorted(violations, key=lambda violation: violation.level is not None))

    def _of(self, exchange: Exchange) -> list[_Entry]:
        general = self._general(exchange.case.operation, _states(exchange))
        if is_put_off(exchange):
            return [entry for entry in general if entry.requirement.startswith(self.scope.protocol)]
        promised = list(self._promised(exchange))
        if exchange.is_unreadable:
            shown = [entry for entry in general if entry.requirement.startswith(self.scope.unreadable + self.scope.protocol)]
            # That it was not refused, the status alone tells.
            return [*promised, *shown] if exchange.case.expect is Expect.REFUSE else shown
        if any(earlier.is_murky for earlier in exchange.context):
            return [entry for entry in general if not entry.requirement.startswith(self.scope.by_context)]
        return [*promised, *general]

    def _promised(self, exchange: Exchange) -> Iterator[_Entry]:
        for requirement in exchange.case.about:
            check = self._promises.get((exchange.case.expect, requirement))
            if check is not None:
                yield _Entry(requirement, check)

    def _general(self, operation: Operation, states: tuple[When, ...]) -> tuple[_Entry, ...]:
        entries = self._applicable.get((operation, states))
        if entries is None:
            entries = tuple(
                entry for state in states for scope in (None, operation) for entry in self._table.get((scope, state), ())
            )
            self._applicable[operation, states] = entries
        return entries


class History:
    """What a check may know of the run: who was given each id, who sent what of late, and by how many seconds the target's clock may be off."""

    def __init__(self, clock_skew: float = 5.0) -> None:
        self.clock_skew = clock_skew
        self._ids: dict[str, int] = {}
        # A proof shows both exchanges; those long past are known by their ids alone.
        self._recent = _Latest(_RECENT)
        self._creates = _Latest(_SENT)

    def remember(self, exchange: Exchange) -> None:
        """Note the id of what an exchange made, unless an earlier one was given it."""
        identifier = exchange.created_id
        if identifier is not None and identifier not in self._ids:
            self._ids[identifier] = exchange.number
            self._recent.add(exchange)
        if exchange.case.operation.is_create:
            self._creates.add(exchange)

    def sender(self, operation: Operation, key: str, is_it: Callable[[Json], bool]) -> Exchange | None:
        """Return the last of the recent creates that sent such a value in a top-level field, or None."""
        creates = (
            create
            for create in self._creates.newest_first()
            if create.case.operation == operation and isinstance(create.case.body, dict)
        )
        return next((create for create in creates if key in create.case.body and is_it(create.case.body[key])), None)

    def earlier(self, exchange: Exchange) -> tuple[Exchange, ...] | None:
        """Return the exchange that was given the same id before (nothing, if it is long past), or None if there is none."""
        number = self._ids.get(exchange.created_id or "")
        if number is None or number == exchange.number:
            return None
        known = self._recent.get(number)
        return () if known is None else (known,)


class _Latest:
    """The latest exchanges that were added: `most` of them, and no more than memory has room for, but always the last one."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._by_number: dict[int, Exchange] = {}
        self._bytes = 0

    def add(self, exchange: Exchange) -> None:
        self._by_number[exchange.number] = exchange
        self._bytes += exchange.size
        while len(self._by_number) > self._most or (self._bytes > _ROOM and len(self._by_number) > 1):
            self._bytes -= self._by_number.pop(next(iter(self._by_number))).size

    def get(self, number: int) -> Exchange | None:
        return self._by_number.get(number)

    def newest_first(self) -> Iterator[Exchange]:
        return reversed(self._by_number.values())


def is_put_off(exchange: Exchange) -> bool:
    """Whether the target asked to come back later, and still did after the client had waited: that shows nothing."""
    return exchange.response is not None and exchange.response.puts_off


def _note(entry: _Entry, exchange: Exchange, history: History, ledger: Ledger) -> str | None:
    try:
        outcome = entry.outcome(exchange, history)
    except Exception as error:  # noqa: BLE001 - a crash of a check is the toolkit's error, not the target's
        ledger.crashed(entry.requirement, describe_error(error))
        return "crashed"
    if outcome is None:
        return None
    if outcome == HELD:
        ledger.held(entry.requirement)
        return HELD
    if isinstance(outcome, Violation):
        ledger.broken(entry.requirement, outcome, exchange)
        return "broken"
    ledger.crashed(entry.requirement, f"its check returned {outcome!r}, which is neither HELD, nor a Violation, nor None")
    return "crashed"


def _states(exchange: Exchange) -> tuple[When, ...]:
    case = exchange.case
    if exchange.response is None:
        return (When.ALWAYS,)
    if exchange.response.status >= 400:  # noqa: PLR2004
        return (When.ALWAYS, When.ANSWERED, When.REFUSED)
    if not exchange.accepted or case.expect in (Expect.REFUSE, Expect.ANY):
        return (When.ALWAYS, When.ANSWERED)
    is_echoed = case.operation.is_create and isinstance(case.body, dict) and not (case.expect is Expect.EITHER and case.about)
    return (When.ALWAYS, When.ANSWERED, When.ACCEPTED, *((When.ECHOED,) if is_echoed else ()))
