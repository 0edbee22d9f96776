"""The findings as text for a person, 80 columns wide."""

import textwrap
from collections.abc import Iterator
from pathlib import Path

from conformance.core.display import short, visible
from conformance.core.pointers import MISSING, text
from conformance.openapi_lint.check import LintResult
from conformance.openapi_lint.finding import Finding, Grade, Kind
from conformance.openapi_lint.schemas import Unjudged

_WIDTH = 80
_MOST_PLACES = 3
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


def lines(file: Path, result: LintResult, contract: str = "", better: str | None = None) -> Iterator[str]:
    """Yield the report line by line: the findings by kind, and at the end how many there are of each.

    `contract` is the name of the contract that was to judge the document, and `better` that of an edition which it rather describes.
    """
    yield from _head(file, result, contract)
    if better is not None:
        yield from _wrapped(f"its paths are rather those of {better}; --contract {better} judges it by that", "")
    for kind in Kind:
        findings = [one for one in result.findings if one.kind == kind]
        if findings:
            yield from ("", _TITLES[kind])
            yield from _by_subject([one for one in findings if one.grade != Grade.NOTE])
            yield from _notes([one for one in findings if one.grade == Grade.NOTE])
    yield ""
    yield from _unjudged(result.unjudged)
    yield from _counts(result.findings)


def _head(file: Path, result: LintResult, contract: str) -> Iterator[str]:
    coverage = result.coverage
    read_as = "" if result.version.startswith(result.read_as) else f" (judged as far as {result.read_as} goes)"
    of_contract = "" if coverage is None else f", {coverage.present} of the contract's {coverage.operations}"
    yield from _wrapped(f"{file}: OpenAPI {result.version}{read_as}, {_number(result.operations, 'operation')}{of_contract}", "")
    if coverage is None:
        reason = f": contract {contract} says nothing to compare a document with" if contract else ""
        yield from _wrapped(f"judged by itself only{reason}", "")


def _by_subject(findings: list[Finding]) -> Iterator[str]:
    """Yield findings under their subjects, in the order in which those come first."""
    by_subject: dict[str, list[Finding]] = {}
    for one in findings:
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
    yield from (f"{_INDENT}at {visible(text(place)) or '/'}" for place in (one.place, *one.also[: _MOST_PLACES - 1]))
    if len(one.also) >= _MOST_PLACES:
        yield f"{_INDENT}and in {_number(len(one.also) - _MOST_PLACES + 1, 'more place')}"
    if users := _users(one):
        yield f"{_INDENT}{users}"


def _users(one: Finding) -> str:
    """Return how many operations have the fault, if that says more than its place."""
    if one.kind == Kind.OPERATION:
        return f"in {len(one.operations)} of the contract's operations" if len(one.operations) > 1 else ""
    if not one.operations:
        return "" if one.kind == Kind.KEY else "used by no operation"
    if one.operations == {one.subject}:
        return ""
    return f"used by {_number(len(one.operations), 'operation')}" + (", the contract's among them" if one.contract else "")


def _notes(notes: list[Finding]) -> Iterator[str]:
    if notes:
        subjects = dict.fromkeys(one.subject for one in notes)
        yield ""
        yield from _wrapped(f"{_number(len(notes), 'note')} about {', '.join(subjects)} (--output lists them)", "  ", "    ")


def _unjudged(unjudged: list[Unjudged]) -> Iterator[str]:
    """Yield how many schemas were not judged in full, because a reader would take them for correct."""
    for reason in dict.fromkeys(one.reason for one in unjudged):
        places = {one.place for one in unjudged if one.reason == reason}
        yield from _wrapped(f"{_number(len(places), 'schema')} not judged in full: {reason}", "")


def _counts(findings: list[Finding]) -> Iterator[str]:
    for kind in Kind:
        by_grade = [(grade, sum(one.kind == kind and one.grade == grade for one in findings)) for grade in Grade]
        counts = ", ".join(_number(count, grade) for grade, count in by_grade if count)
        if counts:
            yield f"{kind:<10} {counts}"
    if not findings:
        yield "nothing found"


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" + ("" if count == 1 else "s")


def _wrapped(line: str, first: str, following: str = "  ") -> list[str]:
    """Break a line at spaces only, so that a pointer can be searched for."""
    return textwrap.wrap(visible(line), _WIDTH, initial_indent=first, subsequent_indent=following,
                         break_long_words=False, break_on_hyphens=False)  # fmt: skip
