"""No freedom of the contract is reported."""

import pytest
from harness import explained, judged, reference
from variants import VARIANTS


@pytest.mark.parametrize("name", VARIANTS)
def test_a_benign_variant_is_not_reported(name):
    run = judged(reference(VARIANTS[name]), seed=name)
    assert explained(run) == ""
