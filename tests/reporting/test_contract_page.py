"""The contract in words and the rows of its requirements say the same, in each edition."""

import re
from pathlib import Path

import pytest
from command import conformance

from conformance.contracts.collections.contract import CONTRACT
from conformance.contracts.collections_2026_01.contract import CONTRACT as LATER
from conformance.core import resources
from conformance.evidence.requirement_tables import filled

EDITIONS = (CONTRACT, LATER)


@pytest.fixture(params=EDITIONS, ids=lambda contract: contract.name)
def edition(request):
    return request.param


@pytest.fixture
def text(edition):
    return resources.find(edition.text_file).read_text("utf-8")


def test_what_the_document_says_of_a_requirement_is_what_its_row_says(edition, text):
    assert filled(text, edition.api.requirements) == text, "python docs/_site/contract_tables.py writes the tables"


def test_every_requirement_stands_in_it_once(edition, text):
    assert sorted(re.findall(r'<a id="([^"]+)">', text)) == sorted(edition.api.requirements)


def test_it_names_every_profile_that_is_new_in_it_and_what_is_free(edition, text):
    words = ("starts_with", "is_null", "X-Namespace", "256 KiB", "Retry-After") if edition is CONTRACT else ("free to do",)
    new = edition.profiles if edition is CONTRACT else set(edition.profiles) - set(CONTRACT.profiles)
    for name in (*new, *words):
        assert f"`{name}`" in text or f" {name}" in text, name


def test_each_reading_of_the_later_edition_says_why_it_is_one():
    text = resources.find(LATER.text_file).read_text("utf-8")
    said = text.partition("## Readings")[2].partition("## What is left out")[0]
    read = [row for row in LATER.api.requirements.values() if row.id not in CONTRACT.api.requirements and "I" in row.source]
    assert read
    lacking = [row.id for row in read if f"`{row.id}`" not in said and f"`.{row.id.rpartition('.')[2]}`" not in said]
    assert not lacking, "the table of readings in specs/collections-2026-01/contract.md says why each is one"


def test_what_the_later_edition_does_not_have_any_more_is_named():
    text = resources.find(LATER.text_file).read_text("utf-8").partition("## Profiles")[0]
    gone = CONTRACT.api.requirements.keys() - LATER.api.requirements.keys()
    chapters = {"cache-config", "feature-extractors"}
    replaced = {
        "collections.create.requires-feature-extractors",
        "source.bucket-needs-bucket-id",
        "source.collection-needs-collection-id",
    }
    for name in gone - replaced:
        assert (f"`{name.partition('.')[0]}.*`" if name.partition(".")[0] in chapters else f"`{name}`") in text, name


def test_a_row_that_changes_is_written_into_its_table(edition, text):
    changed = text.replace("A source without type: 400 or 422.", "Something else.")
    assert changed != text
    assert filled(changed, edition.api.requirements) == text


def test_a_report_links_each_failure_and_the_whole_to_the_page_beside_it(edition, tmp_path):
    done = conformance("run", "--contract", edition.name, "--only", "source.*", "--output", "out", cwd=tmp_path)
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
