"""A record is small: what stands in the exchanges' own file is not said again for each further kind of violation."""

from dataclasses import replace

from recorded import example, exchange, row

from conformance.evidence.results import Level, Status
from conformance.runner.assemble import _slim


def test_a_further_kind_has_its_offender_alone_and_no_long_texts():
    long = "x" * 100_000
    first = example(*(exchange(number) for number in range(1, 100)))
    further = example(
        *(exchange(number, body=f'"{long}"', answer=long) for number in range(1, 100)), expected=long, actual=["short"]
    )
    slim = _slim(replace(row(Status.FAILED, Level.MUST, counterexample=first), others=(further,)))
    assert slim.counterexample == first
    (short,) = slim.others
    assert [kept.n for kept in short.exchanges] == [99]
    assert len(short.offender.request.body) < 2_100
    assert len(short.offender.response.body) < 2_100
    assert short.expected == "(100,002 characters, which are left out here)"
    assert short.actual == ["short"]


def test_a_row_without_further_kinds_stays_as_it_is():
    only = row(Status.PASSED, Level.MUST)
    assert _slim(only) is only
