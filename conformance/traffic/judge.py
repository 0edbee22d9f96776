"""Judging a recording: every check that needs no control of the request, over every exchange of it."""

from collections.abc import Iterable
from typing import Any

from conformance.engine.checks import History
from conformance.engine.contract import Contract
from conformance.evidence.exchange import Exchange
from conformance.evidence.ledger import Ledger, Violation
from conformance.evidence.operation import Expect
from conformance.evidence.record import Recorder
from conformance.traffic.exchanges import Recorded
from conformance.traffic.visibility import visible


def judge(exchanges: Iterable[Recorded], recorder: Recorder, contract: Contract[Any]) -> tuple[Ledger, int]:
    """Return what the exchanges show, and how many there are; each is recorded."""
    ledger, history, count = Ledger(), History(), 0
    for exchange in exchanges:
        count += 1
        recorder.write(exchange)
        ledger.exchanged(exchange)
        requirements = visible(exchange, history, contract)
        contract.api.checks.judge(exchange, history, ledger, only=requirements)
        if exchange.case.expect is Expect.EITHER:
            _judge_alone(exchange, ledger, requirements, contract)
    return ledger, count


def _judge_alone(exchange: Exchange, ledger: Ledger, requirements: tuple[str, ...], contract: Contract[Any]) -> None:
    """Note what an exchange shows by itself, with nothing known of the others."""
    for in_error, shown_by in contract.recordings.self_contained.items():
        try:
            outcomes = list(shown_by(exchange))
        except Exception as error:  # noqa: BLE001 - a crash of a check is the toolkit's error, not the target's
            ledger.crashed(in_error, f"{type(error).__name__}: {error}")
            continue
        for requirement, outcome in outcomes:
            if requirement in requirements and isinstance(outcome, Violation):
                ledger.broken(requirement, outcome, exchange)
            elif requirement in requirements and outcome is not None:
                ledger.held(requirement)
