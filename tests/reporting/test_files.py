"""A report that cannot be made costs neither the record, nor another report, nor another row."""

import pytest
from recorded import read_results
from recorded import results as outcome

from conformance.reporting import badge, files, html, junit, messages


@pytest.mark.parametrize(("module", "name"), [(junit, "junit.xml"), (html, "report.html"), (badge, "badge.json")])
def test_a_report_that_cannot_be_made_is_named_and_the_others_are_written(tmp_path, monkeypatch, module, name):
    def broken(*_arguments, **_options):
        raise TypeError("no such value")

    monkeypatch.setattr(module, "render", broken)
    (tmp_path / name).write_text("of an earlier run")
    written = files.write(outcome(), tmp_path)
    assert written.lacking == {name: "TypeError: no such value"}
    assert not (tmp_path / name).exists()
    assert read_results(tmp_path)["verdict"]
    assert {file.name for file in tmp_path.iterdir()} == {
        "results.json",
        "junit.xml",
        "report.html",
        "badge.json",
        "results.sarif",
    } - {name}


def test_a_row_that_cannot_be_put_into_words_costs_no_other(tmp_path, monkeypatch):
    monkeypatch.setattr(messages, "flakiness", lambda _found: 1 / 0)
    written = files.write(outcome(), tmp_path)
    assert written.lacking == {}
    assert "the toolkit failed to put it into words" in (tmp_path / "junit.xml").read_text()
    assert "the toolkit failed to show the counterexample" in (tmp_path / "report.html").read_text()
