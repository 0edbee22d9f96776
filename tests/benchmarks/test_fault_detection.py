"""A run of the fault bank: what is planned, what is kept of it, what is said, and where it is put."""

import dataclasses
import json
import os

import faults
import pytest
from fault_detection import html_report as page
from fault_detection.baseline import older
from fault_detection.counterexample_size import Size
from fault_detection.jobs import Faulty, Free
from fault_detection.markdown_report import markdown
from fault_detection.publishing import Shelf
from fault_detection.results import record
from fault_detection.run_summary import scope
from fault_detection.trial import Caught, Freed
from fault_detection.worker_pool import outcomes

from conformance.contracts.collections.reference.faults import FAULTS

HOW = {"command": "c", "toolkit": "0", "date": "d", "python": "3", "processes": 2, "seconds": 1.0, "planned": 2}


def trial(name="a", named=("source.type-enum",), budget="quick", seed="1", **more):
    size = Size(2, 1, 0, 9, ["POST / <script>"]) if named else None
    return Caught(name, "edge", "source.type-enum", budget, seed, budget == "quick", list(named), size=size, **more)


def test_quick_is_run_with_every_seed_and_the_larger_budgets_with_the_first():
    rare = next(name for name, one in FAULTS.items() if one.trigger == "rare")
    given = faults.options(
        [rare, "created-201", "--seeds", "2", "--budget", "quick", "--budget", "standard", "--budget", "thorough"]
    )
    assert faults.planned(given) == [
        *(Faulty(name, "quick", seed) for seed in "12" for name in (rare, "created-201")),
        Faulty(rare, "standard", "1"), Faulty("created-201", "standard", "1"), Faulty(rare, "thorough", "1"),
    ]  # fmt: skip


def test_which_sample_is_apart_from_the_seeds_of_the_runs():
    one, other = (faults.planned(faults.options(["--sample", "9", "--seed", seed])) for seed in "12")
    assert {work.seed for work in one + other} == {"1"}
    assert {work.name for work in one} != {work.name for work in other}


@pytest.mark.parametrize(
    "words",
    [["nothing-such"], ["--sample", "-1"], ["--sample", "0"], ["--seeds", "0"], ["--freedoms", "-1"], ["-n", "0"], ["--seed", "x"],
     ["--against", "missing.json"], ["--against", __file__]],
)  # fmt: skip
def test_what_makes_no_sense_is_said_in_one_line(words, capsys):
    with pytest.raises(SystemExit) as ended:
        faults.options(words)
    assert ended.value.code == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "is_whole"),
    [([], False), (["--budget", "quick", "--budget", "standard", "--budget", "thorough", "--freedoms", "1"], True),
     (["--budget", "quick", "--budget", "standard", "--budget", "thorough", "--freedoms", "1", "created-201"], False)],
)  # fmt: skip
def test_only_a_whole_run_is_published(words, is_whole):
    assert faults.is_whole(faults.options(words)) is is_whole


def test_a_trial_that_crashes_is_a_result(monkeypatch):
    def crash(*_args, **_more):
        raise ValueError("no")

    monkeypatch.setattr("fault_detection.jobs.fault", crash)
    monkeypatch.setattr("fault_detection.jobs.freedom", crash)
    found = dict(outcomes([Faulty("created-201", "quick", "2"), Free("status DONE", "1")], 1))
    assert (found[0].error, found[0].seed, found[0].named) == ("ValueError: no", "2", [])
    assert found[1] == Freed("status DONE", "1", error="ValueError: no")


def test_a_process_that_is_killed_ends_its_own_trial_alone(monkeypatch):
    monkeypatch.setattr(
        "fault_detection.jobs.fault",
        lambda name, *_args, **_more: os.kill(os.getpid(), 9) if name == "created-201" else trial(name),
    )
    work = [Faulty(name, "quick", "1") for name in ("html-label", "created-201", *["html-label"] * 20)]
    found = dict(outcomes(work, 2))
    assert len(found) == len(work)
    assert [number for number, one in found.items() if one.error] == [1]
    assert found[1].error == "its process ended with -9"


def test_an_error_makes_the_run_fail_and_is_said(capsys):
    made = record(HOW, [trial(), trial("b", named=(), error="ValueError: no")])
    assert faults.told(made, None) == 1
    assert "ERROR    b at quick, seed 1: ValueError: no" in capsys.readouterr().out
    assert "error, seed 1: ValueError: no" in page.html(made)
    assert faults.told(record(HOW, [trial()]), None) == 0


def test_each_result_is_kept_as_it_comes(tmp_path, monkeypatch):
    def stopped(_work, _processes):
        yield 1, trial("b")
        yield 0, trial("a")
        raise KeyboardInterrupt

    monkeypatch.setattr(faults, "outcomes", stopped)
    with pytest.raises(KeyboardInterrupt):
        faults.ran(faults.options([]), Shelf(tmp_path))
    kept = json.loads((tmp_path / "faults.json").read_text("utf-8"))
    assert [one["name"] for one in kept["faults"]] == ["a", "b"]
    assert kept["how"]["planned"] == len(FAULTS)


def test_the_page_says_what_was_run_and_nothing_else():
    text = scope(record(HOW, [trial(), trial(seed="2")]))
    assert text == f"At quick 1 of {len(FAULTS)} faults (none but edge) with seeds 1, 2; each run is whole. No freedom was run."
    text = scope(record({**HOW, "planned": 3}, [trial(budget="standard"), Freed("v", "1")]))
    assert text.startswith(f"At standard 1 of {len(FAULTS)} faults (none but edge) with seed 1; the scenarios that can show")
    assert text.endswith("1 runs of freedoms, with seed 1. It was stopped after 2 of 3 runs.")


def test_the_page_shows_what_was_missed_and_nothing_as_markup():
    made = record(HOW, [trial(), trial("b", named=()), Freed("v", "1", ["list.limit"])])
    text = page.html(made)
    assert made.to_json()["totals"]["by trigger"]["edge"]["quick"] == {"faults": 2, "runs": 2, "caught": 1, "right": 1}
    assert "missed" in text
    assert "not run" in text
    assert "<script>" not in text


def test_in_how_many_of_its_runs_a_fault_was_caught_is_shown():
    made = record(HOW, [trial(), trial(seed="2", named=("list.limit",)), trial(seed="3", named=())])
    assert "| a | edge | source.type-enum | 2 of 3 | 1 of 2 |" in markdown(made)
    assert "2&nbsp;of&nbsp;3" in page.html(made)
    assert "list.<wbr>limit" in page.html(made)


def test_what_older_results_caught_is_lost_and_what_they_do_not_have_is_said(tmp_path, capsys):
    path = tmp_path / "old.json"
    path.write_text(json.dumps({"faults": [dataclasses.asdict(trial("a")), dataclasses.asdict(trial("b", named=()))]}), "utf-8")
    made = record(HOW, [trial("a", named=()), trial("b", named=()), trial("c"), trial("a", seed="2", named=())])
    assert older(path).lost(made.trials) == ["a at quick, seed 1"]
    assert older(path).unknown(made.trials) == ["c"]
    assert older(path).uncompared(made.trials) == 2
    new = record(HOW, [trial("c")])
    assert faults.told(new, older(path)) == 0
    assert "NEW      c is not in the older results" in capsys.readouterr().out


def test_a_part_changes_nothing_that_is_published(tmp_path, monkeypatch):
    monkeypatch.setattr(faults, "ROOT", tmp_path)
    monkeypatch.setattr(faults, "outcomes", lambda work, _processes: ((number, trial(one.name)) for number, one in enumerate(work)))
    monkeypatch.setattr("sys.argv", ["faults.py", "created-201"])
    faults.main()
    assert sorted(str(one.relative_to(tmp_path)) for one in tmp_path.rglob("*.*")) == [
        "reports/local/faults.html",
        "reports/local/faults.json",
    ]
    monkeypatch.setattr("sys.argv", ["faults.py", "created-201", "--publish"])
    faults.main()
    assert {"docs/faults.md", "reports/faults.json", "reports/faults.html"} <= {
        str(one.relative_to(tmp_path)) for one in tmp_path.rglob("*.*")
    }


def test_the_published_results_are_of_the_faults_that_there_are():
    published = json.loads((faults.ROOT / "reports" / "faults.json").read_text("utf-8"))["faults"]
    assert {one["name"] for one in published} == set(FAULTS), "renew them: tox -e faults"
