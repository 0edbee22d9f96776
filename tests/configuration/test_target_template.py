"""Drafts of target files are target files, and lose nothing of the one they began with."""

import re
from datetime import date

import pytest

from conformance.configuration import target_file
from conformance.configuration.target_file import (
    Deviation,
    Limits,
    Namespaces,
    Network,
    Profiles,
    Target,
    TargetFile,
)
from conformance.configuration.target_template import TargetTemplate
from conformance.contracts.collections.vocabulary import VocabularyTable


def parsed(tmp_path, text):
    path = tmp_path / "t.toml"
    path.write_text(text, encoding="utf-8")
    return target_file.read(path, VocabularyTable)


def test_an_empty_draft_is_a_target_file(tmp_path):
    assert parsed(tmp_path, TargetTemplate(TargetFile(), VocabularyTable).text()).target.url == "http://127.0.0.1:8080"


def test_every_comment_of_a_draft_is_a_key_that_can_be_used(tmp_path):
    text = TargetTemplate(TargetFile(), VocabularyTable).text()
    used = "\n".join(line.removeprefix("# ") if re.match(r"# (\[|[a-z_]+ = )", line) else line for line in text.split("\n"))
    file = parsed(tmp_path, used)
    assert (file.auth.token_env, file.namespaces.primary, file.vocabulary["buckets"]) == (
        "ACME_TOKEN",
        "ns_conformance_a",
        ["bkt_demo"],
    )
    assert file.deviations[0].expires == date(2027, 6, 30)
    assert file.flaky[0].requirement == "robustness.concurrent-creates"
    assert file.network.proxy is not None


def test_a_draft_keeps_what_the_file_before_had_and_adds_what_was_seen(tmp_path):
    before = TargetFile(
        target=Target(name='A "quoted" name', app="acme.api:app"),
        namespaces=Namespaces(primary="a", secondary="b"),
        profiles=Profiles(declared=("read",)),
        vocabulary={"buckets": ["b1"], "feature_extractors": [{"name": "x", "version": "v1"}]},
        limits=Limits(requests_per_second=5, timeout_seconds=2.5),
        network=Network(proxy="http://127.0.0.1:1"),
        deviations=(Deviation(requirement="list.*", reason="known", expires=date(2030, 1, 1)),),
        flaky=(Deviation(requirement="robustness.*", reason="sometimes"),),
    )
    draft = TargetTemplate(
        before, VocabularyTable, "MY_TOKEN", absent=("blobs",), refused=(("taxonomies", "422 [[x]]"),), list_delay=0.4
    )
    file = parsed(tmp_path, draft.text())
    assert file.auth.token_env == "MY_TOKEN"
    assert file.profiles == Profiles(declared=("read",), absent=("blobs",))
    assert file.limits.list_delay_seconds == 0.4
    for table in ("target", "namespaces", "vocabulary", "network", "deviations", "flaky"):
        assert getattr(file, table) == getattr(before, table), table


@pytest.mark.parametrize("text", ['"; x = 1', "a\\b", "é\x7f", "Acme 😀", "tab\t and \x01"])
def test_any_text_of_a_person_survives_in_a_draft(tmp_path, text):
    assert parsed(tmp_path, TargetTemplate(TargetFile(target=Target(name=text)), VocabularyTable).text()).target.name == text
