"""Judging a recording: every check that needs no control of the request, over every exchange of it."""

from collections.abc import Iterable

from conformance.checks import alone, registry
from conformance.checks.registry import History
from conformance.contract.operations import Expect
from conformance.contract.requirements import registry as requirements
from conformance.evidence.exchange import Exchange
from conformance.evidence.ledger import Ledger, Violation
from conformance.evidence.record import Recorder
from conformance.traffic.exchanges import names_itself_otherwise

_NAMES_COLLECTION = "documents.create.collection-id"
# The clock of whoever recorded may be wrong by anything.
_CLOCK = "internal.created-now"


def judge(exchanges: Iterable[Exchange], recorder: Recorder) -> tuple[Ledger, int]:
    """Return what the exchanges show, and how many there are; each is recorded."""
    ledger, history, count = Ledger(), History(), 0
    shown = tuple(name for name in requirements() if name != _CLOCK)
    of_a_name = tuple(name for name in shown if name != _NAMES_COLLECTION)
    for exchange in exchanges:
        count += 1
        recorder.write(exchange)
        registry.judge(exchange, history, ledger, only=of_a_name if names_itself_otherwise(exchange) else shown)
        if exchange.case.expect is Expect.EITHER:
            _judge_alone(exchange, ledger)
    return ledger, count


def _judge_alone(exchange: Exchange, ledger: Ledger) -> None:
    try:
        shown = list(alone.shown(exchange))
    except Exception as error:  # noqa: BLE001 - a crash of a check is the toolkit's error, not the target's
        ledger.crashed("list.limit", f"{type(error).__name__}: {error}")
        return
    for requirement, outcome in shown:
        if isinstance(outcome, Violation):
            ledger.broken(requirement, outcome, exchange)
        elif outcome is not None:
            ledger.held(requirement)
