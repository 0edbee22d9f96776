"""The registry of checks, and the judge that shows each exchange to every check that applies to it."""

from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import import_module
from typing import Literal, TypeAlias

from conformance.contracts.collections.operations import Expect, Operation
from conformance.core.json_text import Json
from conformance.evidence.exchange import Exchange
from conformance.evidence.ledger import Ledger, Violation

# None: the exchange shows nothing about the requirement. "held": it does, and keeps it.
Outcome: TypeAlias = Literal["held"] | Violation | None
_RECENT = 256
_SENT = 64
HELD: Literal["held"] = "held"
Check: TypeAlias = Callable[[Exchange], Outcome]
HistoryCheck: TypeAlias = Callable[[Exchange, "History"], Outcome]


# What an answer fails that cannot be read: of what it should have said, nothing is known.
_OF_UNREADABLE = frozenset({
    "collections.create.response-schema", "documents.create.response-schema", "list.response-schema", "collections.get.equals-created",
    "documents.get.equals-created", "documents.patch.merges", "documents.put.replaces",
})  # fmt: skip
# What rests on the answers of earlier exchanges: nothing, where one of them is murky.
_BY_CONTEXT = ("list.", "filters.eval.", "filters.laws.", "documents.get.", "documents.update.", "documents.patch.", "documents.put.",
               "documents.delete.", "collections.get.", "collections.delete.", "lineage.extends-parent", "namespaces.", "auth.no-effect",
               "errors.rejected-leaves-nothing", "internal.")  # fmt: skip


class When(StrEnum):
    """Which exchanges of an operation a check wants to see."""

    ALWAYS = "always"  # every exchange, answered or not
    ANSWERED = "answered"
    REFUSED = "refused"  # a status of 400 and above
    ACCEPTED = "accepted"  # a 200 to a body that may be accepted
    ECHOED = "echoed"  # an accepted body that must come back verbatim, and is about no acc/rej requirement of its own


class History:
    """What a check may know of the run: who was given each id, who sent what of late, and by how many seconds the target's clock may be off."""

    def __init__(self, clock_skew: float = 5.0) -> None:
        self.clock_skew = clock_skew
        self._ids: dict[str, int] = {}
        # A proof shows both exchanges; those long past are known by their ids alone, so that memory stays bounded.
        self._recent: OrderedDict[int, Exchange] = OrderedDict()
        self._creates: deque[Exchange] = deque(maxlen=_SENT)

    def remember(self, exchange: Exchange) -> None:
        """Note the id of what an exchange made, unless an earlier one was given it."""
        identifier = exchange.created_id
        if identifier is not None and identifier not in self._ids:
            self._ids[identifier] = exchange.number
            self._recent[exchange.number] = exchange
            if len(self._recent) > _RECENT:
                self._recent.popitem(last=False)

        if exchange.case.operation in CREATES:
            self._creates.append(exchange)

    def sender(self, operation: Operation, key: str, is_it: Callable[[Json], bool]) -> Exchange | None:
        """Return the last of the recent creates that sent such a value in a top-level field, or None."""
        creates = (one for one in reversed(self._creates) if one.case.operation is operation and isinstance(one.case.body, dict))
        return next((one for one in creates if key in one.case.body and is_it(one.case.body[key])), None)

    def earlier(self, exchange: Exchange) -> tuple[Exchange, ...] | None:
        """Return the exchange that was given the same id before (nothing, if it is long past), or None if there is none."""
        number = self._ids.get(exchange.created_id or "")
        if number is None or number == exchange.number:
            return None
        return (self._recent[number],) if number in self._recent else ()


@dataclass(frozen=True, slots=True)
class _Entry:
    requirement: str
    check: Check | HistoryCheck
    wants_history: bool


_TABLE: dict[tuple[Operation | None, When], list[_Entry]] = {}
_PROMISES: dict[tuple[Expect, str], Check] = {}
_CHAPTERS = ("http", "json", "errors", "auth", "namespaces", "collections", "source", "filters", "feature_extractors", "cache_config",
             "lineage", "documents", "internal", "reading", "lists", "pages", "filter_evaluation", "metamorphic", "updates", "robustness",
             "leaks", "side_effects")  # fmt: skip
ALL_OPERATIONS = tuple(one for one in Operation if one is not Operation.OUTSIDE)
CREATES = (Operation.CREATE_COLLECTION, Operation.CREATE_DOCUMENT)
# The operations that answer with one document.
SHOWING = (Operation.CREATE_DOCUMENT, Operation.GET_DOCUMENT, Operation.PUT_DOCUMENT, Operation.PATCH_DOCUMENT)


def check(requirement: str, *operations: Operation, when: When, history: bool = False) -> Callable[[Check], Check]:
    """Register a check of a requirement for exchanges of these operations (of any, if none is named)."""

    def register(function: Check) -> Check:
        for operation in operations or (None,):
            _TABLE.setdefault((operation, when), []).append(_Entry(requirement, function, history))
        return function

    return register


def promise(requirement: str, expect: Expect) -> Callable[[Check], Check]:
    """Register the check of exchanges that are sent as the test of one requirement with one expectation."""

    def register(function: Check) -> Check:
        _PROMISES[expect, requirement] = function
        return function

    return register


@cache
def load() -> None:
    """Import every chapter's checks, once."""
    for chapter in _CHAPTERS:
        import_module(f"conformance.contracts.collections.checks.{chapter}")


def checked() -> frozenset[str]:
    """Return the requirements that have a check."""
    load()
    in_table = {entry.requirement for entries in _TABLE.values() for entry in entries}
    return frozenset(in_table | {requirement for _expect, requirement in _PROMISES})


def judge(exchange: Exchange, history: History, ledger: Ledger, *, only: tuple[str, ...] | None = None) -> list[str]:
    """Show an exchange to every check that applies, or to those of some requirements; return the requirements it breaks."""
    broken = []
    for entry in _applicable(exchange):
        if only is not None and entry.requirement not in only:
            continue
        try:
            outcome = entry.check(exchange, history) if entry.wants_history else entry.check(exchange)  # type: ignore[call-arg]
        except Exception as error:  # noqa: BLE001 - a crash of a check is the toolkit's error, not the target's
            ledger.crashed(entry.requirement, _named(error))
            continue
        if isinstance(outcome, Violation):
            ledger.broken(entry.requirement, outcome, exchange)
            broken.append(entry.requirement)
        elif outcome is not None:
            ledger.held(entry.requirement)
    history.remember(exchange)
    exchange.forget()
    return broken


def outcome(requirement: str, exchange: Exchange, history: History) -> Violation | None:
    """Judge one exchange by one requirement alone; return its weightiest violation."""
    found: list[Violation] = []
    for entry in _applicable(exchange):
        if entry.requirement == requirement:
            result = entry.check(exchange, history) if entry.wants_history else entry.check(exchange)  # type: ignore[call-arg]
            found += [result] if isinstance(result, Violation) else []
    return min(found, key=lambda violation: violation.level is not None, default=None)


def _applicable(exchange: Exchange) -> list[_Entry]:
    load()
    case = exchange.case
    general = _of(case.operation, *_states(exchange))
    if is_put_off(exchange):
        return [one for one in general if one.requirement.startswith("http.")]
    named = [name for name in case.about if (case.expect, name) in _PROMISES]
    promised = [_Entry(name, _PROMISES[case.expect, name], wants_history=False) for name in named]
    if exchange.is_unreadable:
        read = [one for one in general if one.requirement in _OF_UNREADABLE or one.requirement.startswith("http.")]
        # That it was not refused, the status alone tells.
        return [*promised, *read] if case.expect is Expect.REFUSE else read
    if any(one.is_murky for one in exchange.context):
        return [one for one in general if not one.requirement.startswith(_BY_CONTEXT)]
    return [*promised, *general]


def is_put_off(exchange: Exchange) -> bool:
    """Whether the target asked to come back later, and still did after the client had waited: that shows nothing."""
    return exchange.response is not None and exchange.response.puts_off


@cache
def _of(operation: Operation, *states: When) -> tuple[_Entry, ...]:
    load()
    return tuple(entry for state in states for scope in (None, operation) for entry in _TABLE.get((scope, state), ()))


def _states(exchange: Exchange) -> tuple[When, ...]:
    case = exchange.case
    if exchange.response is None:
        return (When.ALWAYS,)
    if exchange.response.status >= 400:  # noqa: PLR2004
        return (When.ALWAYS, When.ANSWERED, When.REFUSED)
    if not exchange.accepted or case.expect is Expect.REFUSE:
        return (When.ALWAYS, When.ANSWERED)
    if case.expect is Expect.ANY:
        return (When.ALWAYS, When.ANSWERED)
    if case.operation not in CREATES:
        return (When.ALWAYS, When.ANSWERED, When.ACCEPTED)
    if not isinstance(case.body, dict) or (case.expect is Expect.EITHER and case.about):
        return (When.ALWAYS, When.ANSWERED, When.ACCEPTED)
    return (When.ALWAYS, When.ANSWERED, When.ACCEPTED, When.ECHOED)


def _named(error: Exception) -> str:
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    where = f" ({frame.tb_frame.f_code.co_filename.rpartition('/')[2]}:{frame.tb_lineno})" if frame is not None else ""
    return f"{type(error).__name__}: {error}{where}"
