"""The contract in words and the rows of its requirements say the same."""

import re
from pathlib import Path

from command import conformance

from conformance.contracts.collections.contract import CONTRACT
from conformance.contracts.collections.requirements import requirements
from conformance.core import resources
from conformance.evidence.requirement_tables import filled

TEXT = resources.find(CONTRACT.text_file).read_text("utf-8")


def test_what_the_document_says_of_a_requirement_is_what_its_row_says():
    assert filled(TEXT, requirements()) == TEXT, (
        "python docs/_site/contract_tables.py writes the tables of specs/collections/contract.md"
    )


def test_every_requirement_stands_in_it_once():
    assert sorted(re.findall(r'<a id="([^"]+)">', TEXT)) == sorted(requirements())


def test_it_names_every_profile_operator_and_freedom():
    for name in (*CONTRACT.profiles, "starts_with", "is_null", "X-Namespace", "256 KiB", "Retry-After"):
        assert f"`{name}`" in TEXT or f" {name}" in TEXT, name


def test_a_row_that_changes_is_written_into_its_table():
    changed = TEXT.replace("A source without type: 400 or 422.", "Something else.")
    assert changed != TEXT
    assert filled(changed, requirements()) == TEXT


def test_a_report_links_each_failure_and_the_whole_to_the_page_beside_it(tmp_path):
    done = conformance("run", "--only", "source.*", "--output", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    page = (tmp_path / "out" / "contract.html").read_text()
    linked = re.findall(r'href="contract\.html#?([^"]*)"', (tmp_path / "out" / "report.html").read_text())
    assert "" in linked
    assert all(f'id="{name}"' in page for name in linked if name)
    assert "<script" not in page
    done = conformance("matrix", "out/results.json", "--output", "page", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (Path(tmp_path) / "page" / "contract.html").read_text() == page
    assert 'href="contract.html"' in (tmp_path / "page" / "index.html").read_text()
