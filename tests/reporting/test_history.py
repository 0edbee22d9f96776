"""What broke when: the runs of a target in their order."""

from dataclasses import replace

from recorded import example, results, row

from conformance.evidence.results import Level, Status, Target
from conformance.reporting import history


def run(day, status, name="a"):
    outcome = results()
    manifest = replace(outcome.manifest, started=f"2026-01-{day:02}T00:00:00+00:00", target=Target(name, None, None))
    shown = example() if status is Status.FAILED else None
    return replace(outcome, manifest=manifest, requirements=(row(status, Level.MUST, counterexample=shown),))


RUNS = [run(3, Status.PASSED), run(1, Status.PASSED), run(2, Status.FAILED), run(1, Status.PASSED, "b")]


def test_runs_are_in_series_by_target_and_time():
    first, second = history.series(RUNS)
    assert (first.name, second.name) == ("a", "b")
    assert [run.manifest.started[:10] for run in first.runs] == ["2026-01-01", "2026-01-02", "2026-01-03"]


def test_what_broke_and_what_was_mended_is_told_between_two_runs():
    first, _second = history.series(RUNS)
    assert [(turn.broke, turn.mended) for turn in first.turns()] == [
        ([], ["source.type-enum"]),
        (["source.type-enum"], []),
        ([], []),
    ]
    text = history.text([first])
    assert text.index("mended   source.type-enum") < text.index("broke    source.type-enum")


def test_the_picture_has_a_square_for_each_run_of_what_ever_failed():
    first, second = history.series(RUNS)
    ((name, squares),) = first.picture()
    assert (name, [status for _x, status, _words in squares]) == ("source.type-enum", ["passed", "failed", "passed"])
    assert second.picture() == []
    assert "Nothing failed in any run" in history.html([first, second])
