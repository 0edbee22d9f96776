"""A run of benchmarks/faults.py: which jobs are planned, what is saved, what is printed, and what is published."""

import dataclasses
import json
import os

import faults
import pytest
from fault_detection.baseline import read_baseline
from fault_detection.counterexample_size import CounterexampleSize
from fault_detection.html_report import html_report
from fault_detection.jobs import FaultJob, VariantJob
from fault_detection.markdown_report import markdown_report
from fault_detection.publishing import ResultsFolder
from fault_detection.results import collect
from fault_detection.run_summary import summarize
from fault_detection.trial import FaultResult, VariantResult
from fault_detection.worker_pool import run_jobs

from conformance.contracts.collections.reference.faults import FAULTS

HOW = {"command": "c", "toolkit": "0", "date": "d", "python": "3", "processes": 2, "seconds": 1.0, "planned": 2}


def fault_result(name="a", named=("source.type-enum",), budget="quick", seed="1", **more):
    size = CounterexampleSize(2, 1, 0, 9, ["POST / <script>"]) if named else None
    return FaultResult(name, "edge", "source.type-enum", budget, seed, budget == "quick", list(named), size=size, **more)


def test_quick_runs_with_every_seed_and_the_larger_budgets_with_the_first():
    rare = next(name for name, fault in FAULTS.items() if fault.trigger == "rare")
    arguments = faults.parse_arguments(
        [rare, "created-201", "--seeds", "2", "--budget", "quick", "--budget", "standard", "--budget", "thorough"]
    )
    assert faults.plan_jobs(arguments) == [
        *(FaultJob(name, "quick", seed) for seed in "12" for name in (rare, "created-201")),
        FaultJob(rare, "standard", "1"), FaultJob("created-201", "standard", "1"), FaultJob(rare, "thorough", "1"),
    ]  # fmt: skip


def test_the_seed_of_the_sample_does_not_change_the_seeds_of_the_runs():
    first, second = (faults.plan_jobs(faults.parse_arguments(["--sample", "9", "--seed", seed])) for seed in "12")
    assert {job.seed for job in first + second} == {"1"}
    assert {job.name for job in first} != {job.name for job in second}


@pytest.mark.parametrize(
    "words",
    [["nothing-such"], ["--sample", "-1"], ["--sample", "0"], ["--seeds", "0"], ["--freedoms", "-1"], ["-n", "0"], ["--seed", "x"],
     ["--against", "missing.json"], ["--against", __file__]],
)  # fmt: skip
def test_wrong_arguments_are_reported_in_one_line(words, capsys):
    with pytest.raises(SystemExit) as ended:
        faults.parse_arguments(words)
    assert ended.value.code == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "is_whole"),
    [([], False), (["--budget", "quick", "--budget", "standard", "--budget", "thorough", "--freedoms", "1"], True),
     (["--budget", "quick", "--budget", "standard", "--budget", "thorough", "--freedoms", "1", "created-201"], False)],
)  # fmt: skip
def test_only_a_whole_run_is_published(words, is_whole):
    assert faults.is_whole(faults.parse_arguments(words)) is is_whole


def test_a_job_that_raises_has_the_error_as_its_result(monkeypatch):
    def crash(*_args, **_more):
        raise ValueError("no")

    monkeypatch.setattr("fault_detection.jobs.run_fault", crash)
    monkeypatch.setattr("fault_detection.jobs.run_variant", crash)
    results = dict(run_jobs([FaultJob("created-201", "quick", "2"), VariantJob("status DONE", "1")], 1))
    assert (results[0].error, results[0].seed, results[0].named) == ("ValueError: no", "2", [])
    assert results[1] == VariantResult("status DONE", "1", error="ValueError: no")


def test_a_worker_that_is_killed_ends_only_its_own_job(monkeypatch):
    def run_or_die(_bank, name, *_args, **_more):
        return os.kill(os.getpid(), 9) if name == "created-201" else fault_result(name)

    monkeypatch.setattr("fault_detection.jobs.run_fault", run_or_die)
    jobs = [FaultJob(name, "quick", "1") for name in ("html-label", "created-201", *["html-label"] * 20)]
    results = dict(run_jobs(jobs, 2))
    assert len(results) == len(jobs)
    assert [number for number, result in results.items() if result.error] == [1]
    assert results[1].error == "its process ended with -9"


def test_an_error_is_reported_and_makes_the_run_fail(capsys):
    results = collect(HOW, [fault_result(), fault_result("b", named=(), error="ValueError: no")])
    assert faults.report(results, None) == 1
    assert "ERROR    b at quick, seed 1: ValueError: no" in capsys.readouterr().out
    assert "error, seed 1: ValueError: no" in html_report(results)
    assert faults.report(collect(HOW, [fault_result()]), None) == 0


def test_results_are_saved_after_each_job(tmp_path, monkeypatch):
    def interrupted(_jobs, _processes):
        yield 1, fault_result("b")
        yield 0, fault_result("a")
        raise KeyboardInterrupt

    monkeypatch.setattr(faults, "run_jobs", interrupted)
    with pytest.raises(KeyboardInterrupt):
        faults.run_planned_jobs(faults.parse_arguments([]), ResultsFolder(tmp_path))
    saved = json.loads((tmp_path / "faults.json").read_text("utf-8"))
    assert [row["name"] for row in saved["faults"]] == ["a", "b"]
    assert saved["how"]["planned"] == len(FAULTS)


def test_the_summary_tells_what_was_run():
    text = summarize(collect(HOW, [fault_result(), fault_result(seed="2")]))
    assert text == f"At quick 1 of {len(FAULTS)} faults (none but edge) with seeds 1, 2; each run is whole. No freedom was run."
    text = summarize(collect({**HOW, "planned": 3}, [fault_result(budget="standard"), VariantResult("v", "1")]))
    assert text.startswith(f"At standard 1 of {len(FAULTS)} faults (none but edge) with seed 1; the scenarios that can show")
    assert text.endswith("1 runs of freedoms, with seed 1. It was stopped after 2 of 3 runs.")


def test_the_page_shows_missed_faults_and_escapes_markup():
    results = collect(HOW, [fault_result(), fault_result("b", named=()), VariantResult("v", "1", ["list.limit"])])
    text = html_report(results)
    assert results.to_json()["totals"]["by trigger"]["edge"]["quick"] == {"faults": 2, "runs": 2, "caught": 1, "right": 1}
    assert "missed" in text
    assert "not run" in text
    assert "<script>" not in text


def test_both_reports_show_in_how_many_runs_a_fault_was_caught():
    results = collect(HOW, [fault_result(), fault_result(seed="2", named=("list.limit",)), fault_result(seed="3", named=())])
    assert "| a | edge | source.type-enum | 2 of 3 | 1 of 2 |" in markdown_report(results)
    assert "2&nbsp;of&nbsp;3" in html_report(results)
    assert "list.<wbr>limit" in html_report(results)


def test_results_are_compared_with_a_baseline(tmp_path, capsys):
    path = tmp_path / "old.json"
    rows = [dataclasses.asdict(fault_result("a")), dataclasses.asdict(fault_result("b", named=()))]
    path.write_text(json.dumps({"faults": rows}), "utf-8")
    baseline = read_baseline(path)
    results = collect(
        HOW, [fault_result("a", named=()), fault_result("b", named=()), fault_result("c"), fault_result("a", seed="2", named=())]
    )
    assert baseline.regressions(results.faults) == ["a at quick, seed 1"]
    assert baseline.new_faults(results.faults) == ["c"]
    assert baseline.count_missing(results.faults) == 2
    assert faults.report(collect(HOW, [fault_result("c")]), baseline) == 0
    assert "NEW      c is not in the older results" in capsys.readouterr().out
    assert faults.report(results, baseline) == 1
    assert "LOST     a at quick, seed 1" in capsys.readouterr().out


def test_a_partial_run_does_not_change_what_is_published(tmp_path, monkeypatch):
    def files():
        return {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.*")}

    monkeypatch.setattr(faults, "ROOT", tmp_path)
    monkeypatch.setattr(
        faults, "run_jobs", lambda jobs, _processes: ((number, fault_result(job.name)) for number, job in enumerate(jobs))
    )
    monkeypatch.setattr("sys.argv", ["faults.py", "created-201"])
    faults.main()
    assert files() == {"reports/local/faults.html", "reports/local/faults.json"}
    monkeypatch.setattr("sys.argv", ["faults.py", "created-201", "--publish"])
    faults.main()
    assert files() >= {"docs/faults.md", "reports/faults.json", "reports/faults.html"}


def test_the_published_results_are_about_faults_that_there_are():
    # A fault that was added since need not be published for that; it is with the next: tox -e faults
    rows = json.loads((faults.ROOT / "reports" / "faults.json").read_text("utf-8"))["faults"]
    assert {row["name"] for row in rows} <= set(FAULTS), "publish them again: tox -e faults"
