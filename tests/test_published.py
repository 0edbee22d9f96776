"""The published records are fit to be published, and each is of an implementation that is here."""

from pathlib import Path

from conformance import records
from conformance.reporting import submission

ROOT = Path(__file__).parent.parent


def test_published_records_are_whole_unedited_and_say_how_to_make_them_again():
    published = submission.read(ROOT / "reports", records.read)
    assert len(published) >= 6
    assert len({each.slug for each in published}) == len(published)
    for each in published:
        assert each.steps[-1].startswith("conformance run http://127.0.0.1:8080 --target examples/")


def test_each_published_record_is_of_an_example():
    examples = {file.parent.name for file in (ROOT / "examples").glob("*/example.toml")}
    assert {folder.parent.parent.name for folder in (ROOT / "reports").glob("*/*/results.json")} <= examples
