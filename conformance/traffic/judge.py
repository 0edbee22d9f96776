"""Judging a recording: every check that needs no control of the request, over every exchange of it."""

from collections.abc import Iterable

from conformance.contracts.collections.checks import CHECKS, self_contained
from conformance.engine.checks import History
from conformance.evidence.exchange import Exchange
from conformance.evidence.ledger import Ledger, Violation
from conformance.evidence.operation import Expect
from conformance.evidence.record import Recorder
from conformance.traffic.exchanges import Recorded
from conformance.traffic.visibility import shown


def judge(exchanges: Iterable[Recorded], recorder: Recorder) -> tuple[Ledger, int]:
    """Return what the exchanges show, and how many there are; each is recorded."""
    ledger, history, count = Ledger(), History(), 0
    for exchange in exchanges:
        count += 1
        recorder.write(exchange)
        requirements = shown(exchange, history)
        CHECKS.judge(exchange, history, ledger, only=requirements)
        if exchange.case.expect is Expect.EITHER:
            _judge_alone(exchange, ledger, requirements)
    return ledger, count


def _judge_alone(exchange: Exchange, ledger: Ledger, requirements: tuple[str, ...]) -> None:
    try:
        found = list(self_contained.shown(exchange))
    except Exception as error:  # noqa: BLE001 - a crash of a check is the toolkit's error, not the target's
        ledger.crashed("list.limit", f"{type(error).__name__}: {error}")
        return
    for requirement, outcome in found:
        if requirement not in requirements:
            continue
        if isinstance(outcome, Violation):
            ledger.broken(requirement, outcome, exchange)
        elif outcome is not None:
            ledger.held(requirement)
