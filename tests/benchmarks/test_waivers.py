"""Reasons for survivors are found by what is changed, and told when they are old."""

import os

import mutants as mutants_command
import pytest
from mutation import markdown_report as page
from mutation import mutant_process as trial
from mutation import waivers as reasons
from mutation.mutant import mutants

SOURCE = "def f(a):\n    return a < 1\n"
TEXT = '[[explained]]\nmodule = "m"\nkind = "free"\nwhy = "any order will do"\n[explained.changes]\n{} = "- a < 1   + a <= 1"\n'


def test_a_reason_is_found_by_module_and_fingerprint():
    mutant = next(iter(mutants("m", SOURCE)))
    known = reasons.read(TEXT.format(mutant.fingerprint))
    assert known == {("m", mutant.fingerprint): reasons.Reason("free", "any order will do")}
    assert reasons.stale(known, mutants("m", SOURCE)) == []


def test_a_reason_for_what_is_no_mutant_any_more_is_stale():
    mutant = next(iter(mutants("m", SOURCE)))
    known = reasons.read(TEXT.format(mutant.fingerprint))
    assert reasons.stale(known, mutants("m", SOURCE.replace("< 1", "< 2"))) == [("m", mutant.fingerprint)]


@pytest.mark.parametrize("text", ['kind = "whim"\nwhy = "so"', 'kind = "free"\nwhy = ""'])
def test_an_entry_needs_a_kind_and_a_reason(text):
    with pytest.raises(SystemExit):
        reasons.read(f'[[explained]]\nmodule = "m"\n{text}\n[explained.changes]\nabc = ""\n')


def test_nothing_is_explained_twice():
    with pytest.raises(SystemExit, match="twice"):
        reasons.read(TEXT.format("abc") + TEXT.format("abc"))


def test_the_file_that_is_kept_can_be_read():
    assert reasons.read(reasons.FILE.read_text("utf-8"))


def row(fingerprint, kind="survived", about=()):
    return {"module": "m", "line": 2, "scope": "f", "operator": "comparison", "change": f"- {fingerprint}", "fingerprint": fingerprint,
            "kind": kind, "about": list(about), "requests": 7, "scenario": "", "seconds": 1.0}  # fmt: skip


def test_the_page_counts_what_a_check_could_notice():
    rows = [row("a", "noticed", ["list.limit"]), row("b"), row("c"), row("d", "timeout")]
    record = {
        "mutants": rows,
        "sample": None,
        "seed": 1,
        "possible": 4,
        "only": None,
        "scenario_seed": "1",
        "python": "3.11",
        "seconds": 4.0,
    }
    told = page.page(record, {("m", "b"): reasons.Reason("free", "any order will do")})
    assert "Of 3 that ran, 1 (33.3%) were noticed." in told
    assert "1 of 2 (50.0%)" in told
    assert "any order will do" in told
    assert "## Unexplained" in told


MUTANT = next(iter(mutants("m", SOURCE)))
GAP, FREE = reasons.Reason("gap", "a check should notice"), reasons.Reason("free", "any order will do")


def told(kind, known, *, is_whole=True):
    made = {"mutants": [row(MUTANT.fingerprint, kind)], "sample": None if is_whole else 1}
    return mutants_command.told(made, list(mutants("m", SOURCE)), known)


@pytest.mark.parametrize("is_whole", [True, False])
@pytest.mark.parametrize(
    ("kind", "reason", "word"),
    [("survived", None, "unexplained: m"), ("crashed", None, "unexplained: m"), ("survived", GAP, "gap: m"), ("noticed", FREE, "noticed now: m")],
)  # fmt: skip
def test_what_is_to_be_done_is_said_and_fails(kind, reason, word, is_whole, capsys):
    known = {} if reason is None else {("m", MUTANT.fingerprint): reason}
    assert told(kind, known, is_whole=is_whole) == 1
    assert word in capsys.readouterr().out


def test_what_is_explained_by_no_fault_of_ours_does_not_fail():
    assert told("survived", {("m", MUTANT.fingerprint): FREE}) == 0
    assert told("noticed", {}) == 0


def test_a_stale_reason_is_said_and_fails_where_all_were_judged(capsys):
    assert told("noticed", {("m", "old"): FREE}, is_whole=False) == 0
    assert told("noticed", {("m", "old"): FREE}) == 1
    assert "stale: m old" in capsys.readouterr().out


def test_no_reason_that_is_kept_is_stale():
    found = mutants_command.possible(mutants_command.MODULES)
    known = reasons.read(reasons.FILE.read_text("utf-8"))
    stale = [f"{module} {fingerprint}: {known[module, fingerprint].why}" for module, fingerprint in reasons.stale(known, found)]
    assert not stale, "take these out of benchmarks/mutants.toml: what they explained has been written anew"


@pytest.mark.parametrize("words", [["--sample", "-1"], ["--sample", "0"], ["-n", "none"], ["--only", "nothing"]])
def test_what_makes_no_sense_is_said_in_one_line(words, capsys):
    with pytest.raises(SystemExit) as end:
        mutants_command.options(words)
    assert end.value.code == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_process_that_was_ended_by_its_limit_is_told_from_one_that_crashed():
    assert trial.ended(-24).kind == "timeout"
    assert trial.ended(-11) == trial.Outcome("crashed", ("its process ended with -11",))
    assert trial.ended(1).kind == "crashed"


@pytest.mark.parametrize(("words", "published"), [(["--sample", "1"], False), (["--only", "refusals"], False), ([], True),
                                                  (["--sample", "1", "--publish"], True)])  # fmt: skip
def test_only_all_mutants_are_published(words, published, tmp_path, monkeypatch):
    for name, path in (("RECORD", "reports/mutants.json"), ("PAGE", "docs/mutants.md"), ("LOCAL", "reports/local")):
        monkeypatch.setattr(mutants_command, name, tmp_path / path)
    monkeypatch.setattr(mutants_command, "warmed", lambda: ())
    monkeypatch.setattr(
        mutants_command, "trials", lambda picked, *_: ((one, trial.Outcome("noticed", ("list.limit",))) for one in picked[:2])
    )
    monkeypatch.setattr("sys.argv", ["mutants.py", *words])
    mutants_command.main()
    assert (tmp_path / "reports/mutants.json").exists() is (tmp_path / "docs/mutants.md").exists() is published
    assert (tmp_path / "reports/local/mutants.json").exists()


def loops(*_):
    trial._limit()
    while True:
        pass


@pytest.mark.parametrize(("attempt", "kind"), [(loops, "timeout"), (lambda *_: os.kill(os.getpid(), 11), "crashed")])
def test_the_process_of_a_trial_that_says_nothing_is_looked_at(attempt, kind, monkeypatch):
    monkeypatch.setattr(trial, "CPU_SECONDS", 1)
    monkeypatch.setattr(trial, "_attempt", attempt)
    assert [outcome.kind for _mutant, outcome in trial.trials([MUTANT], (), 1)] == [kind]
