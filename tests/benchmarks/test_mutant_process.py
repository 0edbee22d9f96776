"""The process of a mutant may reach its limits or crash. Both are outcomes."""

import os

import pytest
from mutation import mutant_process
from mutation.mutant import find_mutants
from mutation.scenario_runner import Outcome

MUTANT = next(iter(find_mutants("m", "def f(a):\n    return a < 1\n")))


def test_a_process_that_reached_its_limit_is_distinguished_from_one_that_crashed():
    assert mutant_process.outcome_of_exit(-24).kind == "timeout"
    assert mutant_process.outcome_of_exit(-11) == Outcome("crashed", ("its process ended with -11",))
    assert mutant_process.outcome_of_exit(1).kind == "crashed"


def loop_forever(*_):
    mutant_process._limit_resources()
    while True:
        pass


def crash(*_):
    os.kill(os.getpid(), 11)


@pytest.mark.parametrize(("run_mutant", "kind"), [(loop_forever, "timeout"), (crash, "crashed")])
def test_a_process_that_ends_without_an_outcome_gets_one(run_mutant, kind, monkeypatch):
    monkeypatch.setattr(mutant_process, "CPU_SECONDS", 1)
    monkeypatch.setattr(mutant_process, "_run_mutant", run_mutant)
    assert [outcome.kind for _mutant, outcome in mutant_process.run_mutants([MUTANT], (), 1)] == [kind]
