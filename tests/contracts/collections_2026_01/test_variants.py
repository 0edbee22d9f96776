"""A server of the edition that uses a freedom is not reported."""

import pytest
from harness import Harness, explained
from variants_2026_01 import OWN, VARIANTS

from conformance.contracts.collections_2026_01.contract import CONTRACT
from conformance.evidence.requirements import Level

EDITION = Harness(CONTRACT)


@pytest.mark.parametrize("name", VARIANTS)
def test_a_benign_variant_is_not_reported(name):
    run = EDITION.judged(EDITION.reference(VARIANTS[name]), seed=name)
    assert explained(run) == ""
    assert unjudged(run) == []


def unjudged(run):
    """Return the MUSTs that nothing has shown: with one of them a run is incomplete, and a freedom must not make it so."""
    promised = CONTRACT.api.requirements.values()
    musts = [one.id for one in promised if one.level is Level.MUST and one.not_tested is None]
    return [name for name in musts if name not in run.ledger.tallies or not run.ledger.tallies[name].checks]


def test_the_edition_has_variants_of_its_own():
    assert len(OWN) >= 15
