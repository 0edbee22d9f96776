"""The report of a run: a card for each cause, how much a passed requirement was tried, and how old a deviation is."""

import re
from dataclasses import replace

import pytest
from recorded import example, exchange, results, row

from conformance.evidence.results import Cause, Declared, Level, ShownBy, Status
from conformance.reporting import html, messages


def named(name, status=Status.FAILED, level=Level.MUST, **more):
    shown = (
        example(exchange(1, answer='{"a": {"b": 1}}'), message=f"what {name} shows", at="/a/b")
        if status is not Status.PASSED
        else None
    )
    return replace(row(status, level, counterexample=shown, **more), id=name)


def page(*rows, causes=()):
    return html.render(replace(results(), requirements=rows, causes=causes))


def cards(text):
    return [(re.search(r"<h3>(.*?)</h3>", card)[1], re.findall(r'<a href="#([\w.-]+)"><code>', card)) for card in re.findall(r"<article.*?</article>", text, re.DOTALL)]  # fmt: skip


def test_a_cause_has_one_card_with_all_requirements_that_show_it():
    shown = (ShownBy("a.one", 0), ShownBy("b.two", 0))
    text = page(
        named("a.one"),
        named("b.two"),
        named("c.three", level=Level.SHOULD),
        causes=(Cause("one thing is wrong", Level.MUST, ("a.one", "b.two"), shown),),
    )
    assert cards(text) == [("One thing is wrong", ["a.one", "b.two"]), ("What c.three shows", ["c.three"])]
    assert "b.two: what b.two shows at /a/b: expected" in text
    assert "Begin with the first cause below: one thing is wrong. 2 requirements show it." in text


def test_what_binds_comes_before_what_does_not_and_what_is_declared_comes_last():
    declared = named("d.known", Status.DEVIATION, declared=Declared("known", "2025-12-22", "2026-01-11", "https://example.com/1"))
    text = page(declared, named("c.mild", level=Level.SHOULD), named("a.one"))
    assert [ids for _title, ids in cards(text)] == [["a.one"], ["c.mild"], ["d.known"]]
    assert "declared 10 days before the run, on 2025-12-22; expires on 2026-01-11, in 10 days; https://example.com/1" in text


def test_the_part_of_the_answer_that_matters_is_marked():
    *_of_the_request, marked = re.findall(r"<mark>(.*?)</mark>", page(named("a.one")))
    assert marked == '    <span class="k">&#34;b&#34;</span>: <span class="n">1</span>'


@pytest.mark.parametrize(
    ("checks", "words"),
    [
        (1, "held in 1 check: it was shown, and hardly explored"),
        (4, "held in 4 checks: it was shown, and hardly explored"),
        (59, "held in 59 checks; a fault that shows in 5 % of such requests would have been seen with 95 %"),
        (149, "held in 149 checks; a fault that shows in 2 % of such requests would have been seen with 95 %"),
        (3000, "held in 3,000 checks; a fault that shows in 0.1 % of such requests would have been seen with 95 %"),
    ],
)
def test_how_much_a_passed_requirement_was_tried_is_said_in_words(checks, words):
    assert messages.evidence(replace(named("a.one", Status.PASSED), checks=checks)) == words


def test_operations_are_shown_with_their_answers_and_latencies():
    text = page(named("a.one", Status.PASSED))
    assert "8 × 200, 1 × no answer" in text
    assert "7 within 4 ms; 1 within 8 ms" in text


def test_a_bound_of_latency_is_the_least_power_of_two():
    from conformance.evidence.ledger import _bound

    assert [_bound(seconds) for seconds in (0.0, 0.0002, 0.001, 0.0011, 0.3)] == ["0.25", "0.25", "1", "2", "512"]
