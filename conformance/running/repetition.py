"""Sending a counterexample again: the same payloads with fresh names, and with the ids that this time's answers give."""

import re
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from conformance.checks import registry
from conformance.checks.registry import History
from conformance.contract import jsontext
from conformance.contract.jsontext import Json
from conformance.contract.pointers import MISSING
from conformance.evidence.exchange import Exchange
from conformance.evidence.ledger import Counterexample, Violation, chain
from conformance.running.run import Plan, Run
from conformance.running.tags import TAG


def again(run: Run, requirement: str, exchanges: tuple[Exchange, ...], *, first: int = 0) -> Counterexample | None:
    """Repeat the exchanges of a counterexample; return the new proof, or None if the violation did not show.

    Those before `first` are taken as they are: what they made on the target is still there.

    Raises:
        ConformanceError: the run cannot go on.

    """
    rewrite = _Rewriter(run)
    history = History(clock_skew=run.history.clock_skew)
    repeated: dict[int, Exchange] = {}
    violation: Violation | None = None
    for index, old in enumerate(exchanges):
        if index < first:
            repeated[old.number] = old
            history.remember(old)
            continue
        context = tuple(repeated[one.number] for one in old.context if one.number in repeated)
        new = run.repeat(_plan(old, rewrite, context))
        repeated[old.number] = new
        violation = registry.outcome(requirement, new, history)
        history.remember(new)
        rewrite.learn(old, new)
    if violation is None:
        return None
    return Counterexample(violation, chain(repeated[exchanges[-1].number], violation), reproduced=True)


def _plan(old: Exchange, rewrite: "_Rewriter", context: tuple[Exchange, ...]) -> Plan:
    case, request = old.case, old.request
    request = replace(request, path=rewrite.text(request.path))
    if case.body is MISSING or request.body is None or not isinstance(case.body, dict | list):
        body = request.body if request.body is None else rewrite.raw(request.body)
        return Plan(case, replace(request, body=body), context)
    value = rewrite.json(case.body)
    return Plan(replace(case, body=value), replace(request, body=jsontext.dumps(value)), context)


class _Rewriter:
    """Replaces the tags and ids of the first time by those of this time."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._new: dict[str, str] = {}

    def learn(self, old: Exchange, new: Exchange) -> None:
        if old.created_id is not None and new.created_id is not None:
            self._new[old.created_id] = new.created_id
            # As it stands in a path, where it may be written otherwise.
            self._new[quote(old.created_id, safe="")] = quote(new.created_id, safe="")

    def text(self, text: str) -> str:
        for old, new in self._new.items():
            text = text.replace(old, new)
        return TAG.sub(self._tag, text)

    def _tag(self, match: re.Match[str]) -> str:
        # The digits after the tag may run on: what is replaced has the same length, so boundary lengths stay.
        return self._new.setdefault(match[0], self._run.tags.new())

    def raw(self, body: bytes) -> bytes:
        return self.text(body.decode("latin-1")).encode("latin-1")

    def json(self, value: Json) -> Any:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {key: self.json(member) for key, member in value.items()}
        if isinstance(value, list):
            return [self.json(item) for item in value]
        return value
