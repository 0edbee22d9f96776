"""Sets of truths follow three-valued logic, document by document."""

from itertools import product

import pytest

from conformance.contracts.collections.truth_sets import ALWAYS, NEVER, TruthSet, all_of, any_of, of_truths

TRUTHS = (True, False, None)
PAIRS = list(product(TRUTHS, repeat=2))
FIRST, SECOND = (of_truths(column) for column in zip(*PAIRS, strict=True))


def spelled(truths: TruthSet, count: int = len(PAIRS)) -> list[bool | None]:
    return [truths.of(number) for number in range(count)]


def test_a_set_has_the_truths_that_it_was_made_of():
    assert list(zip(spelled(FIRST), spelled(SECOND), strict=True)) == PAIRS


def test_and_or_and_not_are_those_of_three_valued_logic():
    assert spelled(all_of([FIRST, SECOND])) == [False if False in pair else None if None in pair else True for pair in PAIRS]
    assert spelled(any_of([FIRST, SECOND])) == [True if True in pair else None if None in pair else False for pair in PAIRS]
    assert spelled(~FIRST) == [None if first is None else not first for first, _second in PAIRS]


@pytest.mark.parametrize(("join", "of_nothing"), [(all_of, ALWAYS), (any_of, NEVER)])
def test_of_nothing_all_holds_and_none_does(join, of_nothing):
    assert join([]) == of_nothing
    assert spelled(of_nothing) == [of_nothing is ALWAYS] * len(PAIRS)
    assert join([of_nothing, FIRST]) == FIRST


def test_truths_can_be_taken_among_some_documents_and_compared():
    assert spelled(FIRST.among(0b101)) == [FIRST.of(0), None, FIRST.of(2), *[None] * 6]
    assert [bool(FIRST.differs(SECOND) >> number & 1) for number in range(len(PAIRS))] == [one is not other for one, other in PAIRS]
