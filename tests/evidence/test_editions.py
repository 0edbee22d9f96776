"""What becomes of a requirement from edition to edition."""

from dataclasses import replace

from conformance.evidence.editions import everywhere, fate
from conformance.evidence.requirements import Level, Requirement

ROW = Requirement("a.b", Level.MUST, "core", ("C",), "create", "A thing is made.")
SOFTER = replace(ROW, level=Level.SHOULD, text="A thing is made, or not.", source=("C", "I"), needs=("read",))


def what_became(*rows):
    editions = {f"x@{year}": {} if row is None else {"a.b": row} for year, row in enumerate(rows, 1)}
    return [what for _name, what in fate("a.b", editions)]


def test_what_is_kept_new_and_gone_is_told():
    assert what_became(ROW, ROW) == ["has it", "the same"]
    assert what_became(None, ROW) == ["not in it", "new"]
    assert what_became(ROW, None) == ["has it", "gone"]
    assert what_became(ROW, None, None, ROW) == ["has it", "gone", "not in it", "new"]


def test_what_changed_is_told_against_the_edition_before():
    changed = (
        'level SHOULD instead of MUST; source C I instead of C; text "A thing is made, or not." instead of "A thing is made."; '
        "needs read instead of none"
    )
    assert what_became(ROW, SOFTER, SOFTER) == ["has it", changed, "the same"]


def test_all_editions_together_have_each_requirement_once_in_the_oldest_words():
    other = replace(ROW, id="c.d")
    assert everywhere({"x": {"a.b": ROW}, "x@2": {"a.b": SOFTER, "c.d": other}}) == {"a.b": ROW, "c.d": other}
