"""Sending a counterexample again: the same payloads with fresh names, and with the ids that this time's answers give."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, quote_plus

from conformance.core import json_text
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING
from conformance.core.tags import TAG
from conformance.engine.checks import History
from conformance.engine.plan import Plan
from conformance.engine.run import Run
from conformance.evidence.exchange import Exchange
from conformance.evidence.ledger import Counterexample, Violation, chain


@dataclass(frozen=True, slots=True)
class Repetition:
    """The exchanges of one repetition, and what the last of them violated, the weightiest first."""

    exchanges: tuple[Exchange, ...]
    violations: tuple[Violation, ...]

    @property
    def violation(self) -> Violation | None:
        """The weightiest violation, or None."""
        return self.violations[0] if self.violations else None

    @property
    def proof(self) -> Counterexample | None:
        """The counterexample that the repetition is, or None if no violation showed."""
        return None if self.violation is None else self._proof(self.violation)

    def proof_of(self, seen: Counterexample) -> Counterexample | None:
        """Return the counterexample of the violation that was seen, or None if it did not show; another one of its requirement is none.

        Where it differs in detail, its message and its weight tell it.
        """
        proofs = [self._proof(violation) for violation in self.violations]
        same = [proof for proof in proofs if proof.is_same_as(seen)]
        alike = [proof for proof in proofs if _is_alike(proof.violation, seen.violation)]
        return next(iter((*same, *alike)), None)

    def _proof(self, violation: Violation) -> Counterexample:
        return Counterexample(violation, chain(self.exchanges[-1], violation), shown=1)


def _is_alike(violation: Violation, seen: Violation) -> bool:
    return (violation.message, violation.level) == (seen.message, seen.level)


def replay(run: Run, requirement: str, exchanges: tuple[Exchange, ...], *, first: int = 0,
          renamed: Mapping[str, str] = MappingProxyType({})) -> Repetition:  # fmt: skip
    """Repeat the exchanges of a counterexample.

    Those before `first` are taken as they are: what they made on the target is still there. `renamed` has new names for what
    was made before the first of them.

    Raises:
        ConformanceError: the run cannot go on.

    """
    rewrite, checks = _Rewriter(run, renamed), run.api.checks
    history = History(clock_skew=run.history.clock_skew)
    repeated: dict[int, Exchange] = {}
    violations: tuple[Violation, ...] = ()
    for old in exchanges[:first]:
        repeated[old.number] = old
        history.remember(old)
    for group in _groups(exchanges[first:]):
        plans = [
            _plan(old, rewrite, tuple(repeated[earlier.number] for earlier in old.context if earlier.number in repeated))
            for old in group
        ]
        answers = [run.repeat(plans[0])] if len(plans) == 1 else run.send_concurrently(plans, judged=False)
        for old, new in zip(group, answers, strict=True):
            repeated[old.number] = new
            violations = checks.violations(requirement, new, history)
            history.remember(new)
            rewrite.learn(old, new)
    return Repetition(tuple(repeated[exchange.number] for exchange in exchanges), violations)


def judged(run: Run, requirement: str, exchanges: tuple[Exchange, ...]) -> Repetition:
    """Judge the last of some exchanges by one requirement, as if it had been sent for that; nothing is sent."""
    history = History(clock_skew=run.history.clock_skew)
    for exchange in exchanges[:-1]:
        history.remember(exchange)
    return Repetition(exchanges, run.api.checks.violations(requirement, exchanges[-1], history))


def _groups(exchanges: tuple[Exchange, ...]) -> Iterator[list[Exchange]]:
    """Yield exchanges one by one, those that were sent at once together."""
    for together, group in groupby(exchanges, key=lambda exchange: exchange.together):
        several = list(group)
        yield from [several] if together is not None else ([exchange] for exchange in several)


def _plan(old: Exchange, rewrite: "_Rewriter", context: tuple[Exchange, ...]) -> Plan:
    case, request = old.case, old.request
    request = replace(request, path=rewrite.path(old))
    if case.body is MISSING or request.body is None or not isinstance(case.body, dict | list):
        body = request.body if request.body is None else rewrite.raw(request.body)
        return Plan(case, replace(request, body=body), context)
    value = rewrite.json(case.body)
    is_spelled = request.body != json_text.dumps(case.body)  # otherwise than we write JSON, and that may be what it is about
    body = rewrite.raw(request.body) if is_spelled else json_text.dumps(value)
    return Plan(replace(case, body=value), replace(request, body=body), context)


class _Rewriter:
    """Replaces the tags and ids of the first time by those of this time."""

    def __init__(self, run: Run, renamed: Mapping[str, str]) -> None:
        self._run = run
        self._new: dict[str, str] = dict(renamed)
        self._tags: dict[str, str] = {}
        self._cursors: dict[str, str] = {}

    def learn(self, old: Exchange, new: Exchange) -> None:
        if old.created_id is not None and new.created_id is not None:
            self._new[old.created_id] = new.created_id
            # As it stands in a path, where it may be written otherwise.
            self._new[quote(old.created_id, safe="")] = quote(new.created_id, safe="")
        if (cursor := old.next_page) is not None:
            # A page that has no next one now is asked for once more: what comes is not what came.
            self._cursors[cursor] = new.next_page or ""

    def path(self, old: Exchange) -> str:
        """Return the path of a request; a cursor is replaced as a whole, for it may be as short as a number."""
        parameter = "" if old.case.operation.paging is None else old.case.operation.paging.parameter
        cursor = old.query.get(parameter)
        path = self.text(old.request.path)
        if cursor is None or cursor not in self._cursors:
            return path
        return path.replace(f"{parameter}={quote_plus(cursor)}", f"{parameter}={quote_plus(self._cursors[cursor])}")

    def text(self, text: str) -> str:
        """Replace names as wholes and all at once: ids may be short, and one's new form another's old one."""
        if self._new:
            names = "|".join(re.escape(name) for name in sorted(self._new, key=len, reverse=True))
            text = re.sub(rf"(?<![A-Za-z0-9_])(?:{names})(?![A-Za-z0-9_])", lambda match: self._new[match[0]], text)
        return TAG.sub(self._tag, text)

    def _tag(self, match: re.Match[str]) -> str:
        # The digits after the tag may run on: what is replaced has the same length, so boundary lengths stay.
        return self._tags.setdefault(match[0], self._run.tags.new())

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
