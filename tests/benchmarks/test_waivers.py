"""Waivers explain mutants that are not noticed. They are found by what is changed, and reported when they are out of date."""

import mutants as mutants_command
import pytest
from mutation.markdown_report import markdown_report
from mutation.mutant import find_mutants
from mutation.scenario_runner import Outcome
from mutation.waivers import WAIVERS_FILE, Waiver, read_waivers, stale_keys

SOURCE = "def f(a):\n    return a < 1\n"
TEXT = '[[explained]]\nmodule = "m"\nkind = "free"\nwhy = "any order will do"\n[explained.changes]\n{} = "- a < 1   + a <= 1"\n'
MUTANT = next(iter(find_mutants("m", SOURCE)))
GAP, FREE = Waiver("gap", "a check should notice"), Waiver("free", "any order will do")


def test_a_waiver_is_found_by_module_and_fingerprint():
    waivers = read_waivers(TEXT.format(MUTANT.fingerprint))
    assert waivers == {("m", MUTANT.fingerprint): FREE}
    assert stale_keys(waivers, find_mutants("m", SOURCE)) == []


def test_a_waiver_is_stale_if_its_mutant_does_not_exist_any_more():
    waivers = read_waivers(TEXT.format(MUTANT.fingerprint))
    assert stale_keys(waivers, find_mutants("m", SOURCE.replace("< 1", "< 2"))) == [("m", MUTANT.fingerprint)]


@pytest.mark.parametrize("text", ['kind = "whim"\nwhy = "so"', 'kind = "free"\nwhy = ""'])
def test_an_entry_needs_a_known_kind_and_a_reason(text):
    with pytest.raises(SystemExit):
        read_waivers(f'[[explained]]\nmodule = "m"\n{text}\n[explained.changes]\nabc = ""\n')


def test_a_mutant_cannot_have_two_waivers():
    with pytest.raises(SystemExit, match="twice"):
        read_waivers(TEXT.format("abc") + TEXT.format("abc"))


def test_the_waivers_file_can_be_read():
    assert read_waivers(WAIVERS_FILE.read_text("utf-8"))


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
    text = markdown_report(record, {("m", "b"): FREE})
    assert "Of 3 that ran, 1 (33.3%) were noticed." in text
    assert "1 of 2 (50.0%)" in text
    assert "any order will do" in text
    assert "## Unexplained" in text


def report(kind, waivers, *, is_whole=True):
    record = {"mutants": [row(MUTANT.fingerprint, kind)], "sample": None if is_whole else 1}
    return mutants_command.report(record, list(find_mutants("m", SOURCE)), waivers)


@pytest.mark.parametrize("is_whole", [True, False])
@pytest.mark.parametrize(
    ("kind", "waiver", "line"),
    [("survived", None, "unexplained: m"), ("crashed", None, "unexplained: m"), ("survived", GAP, "gap: m"), ("noticed", FREE, "noticed now: m")],
)  # fmt: skip
def test_a_mutant_that_needs_work_is_reported_and_fails_the_run(kind, waiver, line, is_whole, capsys):
    waivers = {} if waiver is None else {("m", MUTANT.fingerprint): waiver}
    assert report(kind, waivers, is_whole=is_whole) == 1
    assert line in capsys.readouterr().out


def test_explained_and_noticed_mutants_do_not_fail_the_run():
    assert report("survived", {("m", MUTANT.fingerprint): FREE}) == 0
    assert report("noticed", {}) == 0


def test_a_stale_waiver_is_reported_and_fails_a_run_of_all_mutants(capsys):
    assert report("noticed", {("m", "old"): FREE}, is_whole=False) == 0
    assert report("noticed", {("m", "old"): FREE}) == 1
    assert "stale: m old" in capsys.readouterr().out


def test_the_waivers_file_has_no_stale_waiver():
    waivers = read_waivers(WAIVERS_FILE.read_text("utf-8"))
    stale = [f"{module} {fingerprint}: {waivers[module, fingerprint].why}"
             for module, fingerprint in stale_keys(waivers, mutants_command.all_mutants(mutants_command.MODULES))]  # fmt: skip
    assert not stale, "remove these from benchmarks/mutants.toml: the code that they explained has changed"


@pytest.mark.parametrize("words", [["--sample", "-1"], ["--sample", "0"], ["-n", "none"], ["--only", "nothing"]])
def test_wrong_arguments_are_reported_in_one_line(words, capsys):
    with pytest.raises(SystemExit) as ended:
        mutants_command.parse_arguments(words)
    assert ended.value.code == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize(("words", "published"), [(["--sample", "1"], False), (["--only", "refusals"], False), ([], True),
                                                  (["--sample", "1", "--publish"], True)])  # fmt: skip
def test_only_a_run_of_all_mutants_is_published(words, published, tmp_path, monkeypatch):
    for name, path in (("RECORD", "reports/mutants.json"), ("PAGE", "docs/mutants.md"), ("LOCAL", "reports/local")):
        monkeypatch.setattr(mutants_command, name, tmp_path / path)
    monkeypatch.setattr(mutants_command, "warm_up", lambda: ())
    monkeypatch.setattr(
        mutants_command, "run_mutants", lambda sample, *_: ((mutant, Outcome("noticed", ("list.limit",))) for mutant in sample[:2])
    )
    monkeypatch.setattr("sys.argv", ["mutants.py", *words])
    mutants_command.main()
    assert (tmp_path / "reports/mutants.json").exists() is (tmp_path / "docs/mutants.md").exists() is published
    assert (tmp_path / "reports/local/mutants.json").exists()
