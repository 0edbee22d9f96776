"""A server that uses a freedom of the contract is not reported."""

from random import Random

import pytest
from harness import explained, judged, reference
from variants import RESHAPING, VARIANTS, combined


@pytest.mark.parametrize("name", VARIANTS)
def test_a_benign_variant_is_not_reported(name):
    run = judged(reference(VARIANTS[name]), seed=name)
    assert explained(run) == ""


@pytest.mark.parametrize("number", range(4))
def test_several_freedoms_at_once_are_not_reported(number):
    names = Random(number).sample(sorted(VARIANTS.keys() - RESHAPING), 5)
    run = judged(reference(combined(*names)), seed=str(number))
    assert explained(run) == "", names


def test_there_are_at_least_45_variants():
    assert len(VARIANTS) >= 45
