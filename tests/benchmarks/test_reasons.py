"""Reasons for survivors are found by what is changed, and told when they are old."""

import pytest
from mutation import page, reasons
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
    record = {"mutants": rows, "sample": None, "seed": 1, "possible": 4, "python": "3.11", "seconds": 4.0}
    told = page.page(record, {("m", "b"): reasons.Reason("free", "any order will do")})
    assert "Of 3 that ran, 1 (33.3%) were noticed." in told
    assert "1 of 2 (50.0%)" in told
    assert "any order will do" in told
    assert "## Unexplained" in told
