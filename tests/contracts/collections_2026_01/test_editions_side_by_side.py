"""Two editions that are judged in one process do not take anything from each other."""

from harness import FIRST, Harness

from conformance.contracts.collections_2026_01.contract import CONTRACT

EDITION = Harness(CONTRACT)


def test_a_fault_of_one_edition_is_caught_after_the_other_one_was_judged():
    faults, first = EDITION.contract.reference.faults(), FIRST.contract.reference.faults()
    FIRST.judged(FIRST.reference(), only="feature-extractors.echoes-in-order")
    assert EDITION.caught(faults["extractor-version-is-latest"]) is not None
    assert FIRST.caught(first["zero-ttl-is-default"]) is not None
