"""Every named fault of the reference is caught by the requirement that it breaks, and the faithful reference by none."""

from collections import Counter

import pytest
from harness import caught, explained, judged, reference, shows

from conformance.contracts.collections.checks import CHECKS
from conformance.contracts.collections.reference.faults import FAULTS
from conformance.contracts.collections.requirements import requirements


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_caught_by_the_requirement_that_it_breaks_and_the_proof_shows_on_no_faithful_server(name):
    counterexample = caught(FAULTS[name])
    assert counterexample is not None
    assert shows(FAULTS[name].breaks, counterexample) is None


@pytest.mark.parametrize("seed", ["1", "20", "333"])
def test_the_faithful_reference_breaks_nothing_and_shows_every_requirement(seed):
    run = judged(reference(), seed=seed)
    assert explained(run) == ""
    assert {name for name, finding in run.ledger.tallies.items() if finding.checks} == CHECKS.requirements()


def test_each_fault_names_a_requirement_that_a_check_judges():
    assert {fault.breaks for fault in FAULTS.values()} <= CHECKS.requirements()


def test_each_requirement_has_a_fault_that_breaks_it():
    assert {fault.breaks for fault in FAULTS.values()} == set(requirements())


def test_the_bank_has_200_faults_of_every_rarity():
    triggers = Counter(fault.trigger for fault in FAULTS.values())
    assert len(FAULTS) >= 200
    assert min(triggers[name] for name in ("always", "edge", "rare")) >= 40
