"""Every named fault of the edition's reference is caught by the requirement that it breaks, and the faithful reference by none."""

import pytest
from harness import Harness, explained

from conformance.contracts.collections.contract import CONTRACT as FIRST
from conformance.contracts.collections_2026_01.contract import CONTRACT

EDITION = Harness(CONTRACT)
FAULTS = CONTRACT.reference.faults()


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_caught_by_the_requirement_that_it_breaks_and_the_proof_shows_on_no_faithful_server(name):
    counterexample = EDITION.caught(FAULTS[name])
    assert counterexample is not None
    assert EDITION.shows(FAULTS[name].breaks, counterexample) is None


@pytest.mark.parametrize("seed", ["1", "20", "333"])
def test_the_faithful_reference_breaks_nothing_and_shows_every_requirement(seed):
    run = EDITION.judged(EDITION.reference(), seed=seed)
    assert explained(run) == ""
    assert {name for name, finding in run.ledger.tallies.items() if finding.checks} == CONTRACT.api.checks.requirements()


def test_each_requirement_has_a_fault_that_breaks_it_and_a_check_that_judges_it():
    assert {fault.breaks for fault in FAULTS.values()} == set(CONTRACT.api.requirements) == CONTRACT.api.checks.requirements()


def test_the_bank_has_80_faults_of_what_is_new_or_different():
    first = FIRST.reference.faults()
    assert len([name for name in FAULTS if name not in first]) >= 80
