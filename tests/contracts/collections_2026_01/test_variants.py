"""A server of the edition that uses a freedom is not reported."""

import pytest
from harness import Harness, explained
from variants_2026_01 import OWN, VARIANTS

from conformance.contracts.collections_2026_01.contract import CONTRACT

EDITION = Harness(CONTRACT)


@pytest.mark.parametrize("name", VARIANTS)
def test_a_benign_variant_is_not_reported(name):
    run = EDITION.judged(EDITION.reference(VARIANTS[name]), seed=name)
    assert explained(run) == ""


def test_the_edition_has_variants_of_its_own():
    assert len(OWN) >= 15
