"""Shards: what they are called, and what each of them has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.evidence import shard
from conformance.evidence.shard import Shard


@given(count=st.integers(1, 40), number=st.integers(0, 10_000), what=st.text())
def test_one_shard_and_no_other_has_a_thing(count, number, what):
    assert sum(Shard(each, count).takes(number, what) for each in range(1, count + 1)) == 1


@pytest.mark.parametrize("count", [2, 3, 4, 8])
@pytest.mark.parametrize("every", [1, 2, 4, 5])
def test_no_shard_has_much_more_than_another_also_of_every_second_or_fourth_thing(count, every):
    numbers = range(0, 400 * every, every)
    taken = [sum(Shard(each, count).takes(number, "a/scenario") for number in numbers) for each in range(1, count + 1)]
    assert max(taken) <= 1.5 * len(numbers) / count


def test_of_as_many_in_a_row_as_there_are_shards_each_has_one():
    for begin in range(0, 80, 8):
        assert sum(Shard(3, 8).takes(number, "a/scenario") for number in range(begin, begin + 8)) == 1


@pytest.mark.parametrize("text", ["1/1", "3/8", "9999/9999"])
def test_a_shard_is_read_as_it_is_written(text):
    assert str(shard.read(text)) == text


@pytest.mark.parametrize(
    "text", ["", "3", "0/3", "4/3", "-1/3", "1/0", "1.5/3", "3/8/9", " 1/2", "1/٣", "1/10000", "9" * 5000 + "/3"]
)
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError, match="is no shard"):
        shard.read(text)
