"""Findings for a person, 80 columns wide."""

import textwrap
from collections.abc import Iterator
from pathlib import Path

from conformance.core.pointers import MISSING, text
from conformance.openapi_lint.check import Judged
from conformance.openapi_lint.finding import Finding, Grade, Kind
from conformance.openapi_lint.schemas import Unjudged
from conformance.reporting.messages import short, visible

_WIDTH = 80
_MOST = 3
_INDENT = " " * 12
_TITLES = {
    Kind.KEY: "KEYS that stand twice",
    Kind.REFERENCE: "REFERENCES that lead nowhere",
    Kind.SCHEMA: "SCHEMAS that say what nobody can read",
    Kind.EXAMPLE: "EXAMPLES that contradict their schema",
    Kind.DEFAULT: "DEFAULTS that their schema refuses",
    Kind.UNION: "UNIONS that let broken objects through",
    Kind.OPERATION: "OPERATIONS of the contract that are missing or different",
}


def lines(file: Path, judged: Judged) -> Iterator[str]:
    """Yield the report line by line: the findings by kind, and how many there are of each at the end."""
    yield from _wrapped(f"{file}: OpenAPI {judged.version}{_reading(judged)}, {_number(judged.operations, 'operation')}, "
                        f"{judged.contract} of the contract's {judged.of_contract}", "")  # fmt: skip
    for kind in Kind:
        found = [one for one in judged.findings if one.kind == kind]
        if found:
            yield from ("", _TITLES[kind])
            yield from _listed([one for one in found if one.grade != Grade.NOTE])
            yield from _notes([one for one in found if one.grade == Grade.NOTE])
    yield ""
    yield from _unjudged(judged.unjudged)
    yield from _counts(judged.findings)


def _reading(judged: Judged) -> str:
    return "" if judged.version.startswith(judged.read_as) else f" (judged as far as {judged.read_as} goes)"


def _listed(found: list[Finding]) -> Iterator[str]:
    """Yield findings under what they are about, in the order in which that comes first."""
    by_subject: dict[str, list[Finding]] = {}
    for one in found:
        by_subject.setdefault(one.subject, []).append(one)
    for subject, same in by_subject.items():
        yield ""
        yield from _wrapped(subject, "  ", "    ")
        for one in same:
            yield from _finding(one)


def _finding(one: Finding) -> Iterator[str]:
    yield from _wrapped(f"{one.grade:<8}{one.message}", "    ", _INDENT)
    if one.witness is not MISSING:
        yield from _wrapped(f"value {short(one.witness)}", _INDENT, f"{_INDENT}  ")
    yield from (f"{_INDENT}at {visible(text(place)) or '/'}" for place in (one.place, *one.also[: _MOST - 1]))
    if len(one.also) >= _MOST:
        yield f"{_INDENT}and in {_number(len(one.also) - _MOST + 1, 'more place')}"
    if used := _used(one):
        yield f"{_INDENT}{used}"


def _used(one: Finding) -> str:
    """Say how many operations have the fault, if that says more than where it stands."""
    if one.kind == Kind.OPERATION:
        return f"in {len(one.operations)} of the contract's operations" if len(one.operations) > 1 else ""
    if not one.operations:
        return "" if one.kind == Kind.KEY else "used by no operation"
    if one.operations == {one.subject}:
        return ""
    return f"used by {_number(len(one.operations), 'operation')}" + (", the contract's among them" if one.contract else "")


def _notes(notes: list[Finding]) -> Iterator[str]:
    if notes:
        names = dict.fromkeys(one.subject for one in notes)
        yield ""
        yield from _wrapped(f"{_number(len(notes), 'note')} about {', '.join(names)} (--output lists them)", "  ", "    ")


def _unjudged(unjudged: list[Unjudged]) -> Iterator[str]:
    """Say how many schemas were judged in part only: what cannot be judged fits, and a reader takes silence for praise."""
    for reason in dict.fromkeys(one.reason for one in unjudged):
        places = {one.place for one in unjudged if one.reason == reason}
        yield from _wrapped(f"{_number(len(places), 'schema')} not judged in full: {reason}", "")


def _counts(findings: list[Finding]) -> Iterator[str]:
    for kind in Kind:
        by_grade = [(grade, sum(one.kind == kind and one.grade == grade for one in findings)) for grade in Grade]
        said = ", ".join(_number(count, grade) for grade, count in by_grade if count)
        if said:
            yield f"{kind:<10} {said}"
    if not findings:
        yield "nothing found"


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" + ("" if count == 1 else "s")


def _wrapped(said: str, first: str, following: str = "  ") -> list[str]:
    """Break text at spaces only: a pointer that is cut in two cannot be searched for."""
    return textwrap.wrap(visible(said), _WIDTH, initial_indent=first, subsequent_indent=following,
                         break_long_words=False, break_on_hyphens=False)  # fmt: skip
