"""Long runs: what scenarios do by chance goes on in rounds, until the time is over."""

import gc
import importlib
import inspect
import re
import sys
from dataclasses import replace
from pathlib import Path
from zlib import crc32

import pytest
from command import conformance
from recorded import read_exchanges, read_results

from conformance.configuration.settings import Settings
from conformance.configuration.target_file import Target, TargetFile
from conformance.contracts.collections.contract import CONTRACT
from conformance.contracts.collections.generation import collections, documents
from conformance.core.errors import OutOfTime
from conformance.engine import budget
from conformance.engine.budget import BUDGETS
from conformance.evidence.exchange import Exchange
from conformance.runner import checkpoint, contracts, rounds, scenario_function
from conformance.runner.controller import Controller
from conformance.runner.judging import _goes_on
from conformance.runner.performing import perform_all

TOY = Path(__file__).parents[1] / "toy"
SITE = """
import dataclasses
from conformance.engine.budget import BUDGETS
BUDGETS["quick"] = dataclasses.replace(BUDGETS["quick"], seconds=0.1)
"""


@pytest.fixture
def toy(monkeypatch):
    """Return the toy's module, and let any time be more than quick ever takes."""
    monkeypatch.syspath_prepend(str(TOY))
    monkeypatch.setitem(BUDGETS, "quick", replace(BUDGETS["quick"], seconds=0.001))
    return importlib.import_module("keyvalue")


class Server:
    """The toy's server, which keeps what it was sent; of every so many values it answers one wrong, if a number is given."""

    def __init__(self, toy, one_in=0):
        self._toy, self.sent = toy.Server(), []
        self._answer, self._toy.answer, self._one_in = self._toy.answer, self.answer, one_in

    async def __call__(self, scope, receive, send):
        await self._toy(scope, receive, send)

    def answer(self, method, name, body):
        self.sent.append((method, body))
        status, entry = self._answer(method, name, body)
        is_made = method == "POST" and status == 200 and self._one_in
        return status, {**entry, "value": "wrong"} if is_made and crc32(entry["value"].encode()) % self._one_in == 7 else entry


def judged(app, contract="keyvalue:KEY_VALUE", *, ends=None, on_round=lambda _number: None, before=None, most=None, **settings):
    """Judge an application; when that round begins, the time is over."""
    by = contracts.load(contract)
    given = Settings(contract=contract, seed="1", file=TargetFile(target=Target(app="given:app")), profiles=by.profiles,
                     **{"max_time": 60, "output": None, **settings})  # fmt: skip
    controller = Controller(given if before is None else before.settings, by, given=app, before=before)
    begin_round, begun = controller.begin_round, []

    def begin():
        begun.append(1)
        begin_round()
        on_round(len(begun))
        if len(begun) == ends:
            raise OutOfTime("over")

    controller.begin_round = begin
    controller.open(judges=True)
    try:
        # As -x and --maxfail do it.
        perform_all(controller, goes_on=lambda: most is None or _goes_on(controller, most))
    except KeyboardInterrupt:
        assert controller.conclude().results.verdict == "incomplete"
        raise
    finally:
        controller.close()
    return controller.conclude().results


@pytest.mark.parametrize(("name", "seconds", "wanted"), [
    ("quick", None, False), ("quick", 600, False), ("quick", 601, True), ("standard", 3600, False), ("thorough", 3600, False),
    ("thorough", 28800, True),
])  # fmt: skip
def test_more_time_than_the_budget_ever_takes_is_used_and_less_is_a_limit(name, seconds, wanted):
    assert rounds.are_wanted(Settings(budget=name, max_time=seconds)) is wanted


def test_a_run_that_is_to_end_after_the_first_failures_ends_in_a_round_too(toy):
    results = judged(Server(toy, 300), ends=60, most=1)
    assert results.verdict == "incomplete"
    assert "-x, --maxfail" in results.manifest.incomplete_because
    assert 0 < results.exploration.rounds < 60


def test_what_takes_luck_is_missed_by_one_pass_and_found_by_rounds(toy):
    assert judged(Server(toy, 300), ends=1).verdict == "conforming"
    results = judged(Server(toy, 300), ends=30)
    assert results.verdict == "not conforming"
    row = results.row("entries.create.echoes-value")
    assert (row.status, row.flaky, row.counterexample.reproduced) == ("failed", False, True)


def test_the_end_of_the_time_leaves_the_verdict_as_it_is_once_all_scenarios_were_run(toy):
    results = judged(Server(toy), max_time=1.5)
    assert (results.verdict, results.manifest.incomplete_because) == ("conforming", None)
    assert results.exploration.rounds >= 1
    assert results.cleaned["left"] == 0


def test_the_end_of_the_time_in_the_first_pass_leaves_the_run_incomplete(monkeypatch):
    from conformance.contracts.collections.reference.app import Reference

    monkeypatch.setitem(BUDGETS, "quick", replace(BUDGETS["quick"], seconds=0.001))
    results = judged(Reference().app, "collections", max_time=0.5)
    assert (results.verdict, results.exploration) == ("incomplete", None)
    assert "time limit" in results.manifest.incomplete_because


def test_the_same_seed_sends_the_same_in_each_round_and_no_two_rounds_the_same(toy):
    one, other = Server(toy), Server(toy)
    starts = []
    judged(one, ends=4, on_round=lambda _number: starts.append(len(one.sent)))
    judged(other, ends=4)
    assert one.sent == other.sent
    values = [
        {body for method, body in one.sent[start:end] if method == "POST"} for start, end in zip(starts, starts[1:], strict=False)
    ]
    assert len(values) == 3
    assert all(len(first & second) < len(first) / 2 for first, second in zip(values, values[1:], strict=False))


def test_a_run_of_many_rounds_holds_no_more_than_one_of_few(toy, tmp_path, monkeypatch):
    """Exchanges, ids, names and lines of the record of a round are gone when the next one begins, but for what was new."""
    monkeypatch.setattr(budget, "_ROUND", (40, 1, 1, 1, 1))
    exchanges, things, lines = [], [], []

    def look(_number):
        gc.collect()
        objects = gc.get_objects()
        exchanges.append(sum(isinstance(thing, Exchange) for thing in objects))
        things.append(len(objects))
        (record,) = tmp_path.glob("exchanges.*.partial.jsonl")
        lines.append(len(record.read_text().splitlines()))

    results = judged(toy.Server(), ends=20, on_round=look, output=tmp_path)
    assert results.exploration.requests > 1000
    assert exchanges[-1] <= exchanges[3]
    assert things[-1] < 1.01 * things[3]
    assert lines[-1] - lines[3] < 10
    assert (results.cleaned["left"], results.cleaned["deleted"] > 500) == (0, True)


def test_what_is_remembered_of_a_rounds_vocabulary_is_forgotten_some_rounds_later():
    """Each round makes collections of its own, and what is drawn may name them."""
    for module in (collections, documents):
        for function in (module.valid, module.boundaries):
            assert function.cache_info().maxsize < 20


def test_an_interrupted_round_leaves_the_run_incomplete_and_it_goes_on_with_the_next_one(toy, tmp_path):
    def interrupt(number):
        if number == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        judged(Server(toy), output=tmp_path, on_round=interrupt)
    before = checkpoint.read(tmp_path)
    assert before.findings.kinds.rounds == 2  # as it was written down last
    resumed = judged(Server(toy), before=before, ends=2)
    assert (resumed.verdict, resumed.manifest.incomplete_because) == ("conforming", None)
    assert resumed.exploration.rounds == 4


def test_workers_explore_too_each_with_seeds_of_its_own(tmp_path):
    (tmp_path / "sitecustomize.py").write_text(SITE)
    done = conformance("run", "--contract", "keyvalue:KEY_VALUE", "-n", "2", "--max-time", "4s", "--seed", "1", "--output", str(tmp_path / "out"),
                       cwd=TOY, env={"PYTHONPATH": f"{tmp_path}:{':'.join(sys.path)}"})  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    results = read_results(tmp_path / "out")
    assert results["exploration"]["rounds"] >= 2
    assert "kinds of answers seen" in done.stdout
    bodies = [
        exchange["request"].get("body")
        for exchange in read_exchanges(tmp_path / "out")
        if exchange["scenario"] == "core/entries/values"
    ]
    assert len(bodies) > len(set(bodies)) / 2


def test_each_scenario_that_draws_what_it_sends_is_performed_in_rounds():
    """But for one whose conditions are a fixed catalogue, and few more."""
    scenarios = [scenario for paths in CONTRACT.suites.values() for path in paths for scenario in scenario_function.of_file(path)]
    drawing = {
        each.scenario for each in scenarios if re.search(r"run\.(explore|draw)\(|run\.seed", inspect.getsource(each.function))
    }
    by_chance = {each.scenario for each in scenarios if each.by_chance}
    assert drawing - by_chance == {"query/filters/conditions"}
    assert len(by_chance) == 8
