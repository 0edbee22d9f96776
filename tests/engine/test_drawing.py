"""A scenario draws as many values as the budget says, also from a strategy that rejects most of them."""

import pytest
from harness import begun, reference
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable

from conformance.contracts.collections import openapi
from conformance.contracts.collections.operations import CREATES, Operations
from conformance.engine.budget import BUDGETS
from conformance.generation import schemathesis_adapter


def drawn(strategy, seed, batch=10):
    with reference() as transport:
        run = begun(transport, seed=seed)
        run.begin("drawing")
        values = []
        run.explore(strategy, values.append, 1.0, batch=batch)
        return values


def test_a_strategy_that_rejects_nine_in_ten_of_its_values_gives_all_that_were_asked_for():
    rare = st.integers(0, 2**30).filter(lambda number: number % 10 == 0)
    for seed in map(str, range(20)):
        assert len(drawn(rare, seed, batch=1)) == BUDGETS["quick"].examples


def test_the_same_seed_draws_the_same_values():
    rare = st.integers(0, 2**30).filter(lambda number: number % 20 == 0)
    assert drawn(rare, "3", batch=1) == drawn(rare, "3", batch=1)


def test_a_strategy_without_values_is_an_error_and_no_silent_pass():
    with pytest.raises(Unsatisfiable):
        drawn(st.nothing(), "1")


@pytest.mark.parametrize("seed", ["2", "5", "7", "8"])
def test_as_many_documents_are_derived_to_be_refused_as_the_budget_says(seed):
    bodies = schemathesis_adapter.bodies(openapi.DOCUMENT, CREATES, Operations.CREATE_DOCUMENT, "negative")
    assert len(drawn(bodies, seed, batch=1)) == BUDGETS["quick"].examples
