"""The requirements file has the same requirements as the contract's table."""

import re
from pathlib import Path

import pytest

from conformance.contracts.collections.checks import CHECKS
from conformance.contracts.collections.contract import PROFILES
from conformance.contracts.collections.requirements import SOURCES, requirements
from conformance.contracts.collections.vocabulary import VocabularyTable
from conformance.evidence.requirements import Level

CONTRACT = Path(__file__).parents[4] / "shared" / "contract" / "CONTRACT.md"


def test_every_requirement_has_a_check_or_says_why_it_is_not_tested():
    checked = CHECKS.requirements()
    assert {
        requirement.id
        for requirement in requirements().values()
        if (requirement.id in checked) == (requirement.not_tested is not None)
    } == set()


def test_no_check_names_a_requirement_that_the_contract_lacks():
    assert CHECKS.requirements() <= requirements().keys()


def test_each_requirement_has_sources_and_a_sentence():
    for requirement in requirements().values():
        assert requirement.source
        assert set(requirement.source) <= SOURCES.keys()
        assert requirement.text.endswith(".")


@pytest.mark.skipif(not CONTRACT.exists(), reason="the contract lies beside the checkout, and only there")
def test_ids_and_levels_are_exactly_those_of_the_contract():
    stated = {}
    for line in CONTRACT.read_text("utf-8").partition("## Requirements")[2].splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) > 2 and cells[1] in list(Level):
            first, *endings = cells[0].split(" / ")
            base = first.rpartition(".")[0]
            stated |= dict.fromkeys((first, *(base + ending for ending in endings)), cells[1])
    assert {requirement.id: requirement.level.value for requirement in requirements().values()} == stated


def test_what_a_requirement_needs_are_other_profiles():
    for requirement in requirements().values():
        assert {name for need in requirement.needs for name in need.split("|")} <= set(PROFILES) - {"core", requirement.profile}


def test_what_a_requirement_names_is_a_list_of_the_vocabulary():
    assert {requirement.names for requirement in requirements().values()} - {None} <= VocabularyTable.model_fields.keys()


def test_ids_are_lower_case_words_joined_by_dots_and_dashes():
    assert [name for name in requirements() if not re.fullmatch(r"[a-z]+(-[a-z]+)*(\.[a-z]+(-[a-z]+)*)+", name)] == []
