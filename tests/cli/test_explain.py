"""`conformance explain` names the editions of the contract that have a requirement."""

import pytest

from conformance.cli.main import main

LATER = "collections@2026-01"


def explained(capsys, *arguments):
    code = main(["explain", *arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.mark.parametrize("contract", [(), ("--contract", "collections"), ("--contract", LATER)])
@pytest.mark.parametrize(
    ("requirement", "first", "later"),
    [
        ("http.unknown-path", "has it", "the same"),
        ("source.type-enum", "has it", "gone"),
        ("source.type-known", "not in it", "new"),
    ],
)
def test_each_edition_says_what_became_of_it_whichever_is_asked_for(requirement, first, later, contract, capsys):
    code, said, _errors = explained(capsys, requirement, *contract)
    assert code == 0
    assert said.startswith(f"{requirement}  MUST\n")
    assert said.endswith(f"edition  collections: {first}\nedition  {LATER}: {later}\n")


def test_where_it_comes_from_is_explained_by_the_edition_that_has_it(capsys):
    assert "source   the vendor's OpenAPI document of 2026-01" in explained(capsys, "source.type-known")[1]


@pytest.mark.parametrize(
    ("requirement", "hint"),
    [
        ("source.type-knwon", "did you mean 'source.type-known'?"),
        ("source.type-enun", "did you mean 'source.type-enum'?"),
        ("feature-extractor", "is a chapter; its requirements are feature-extractor.echoes"),
        ("cache-config.*", "is a chapter; its requirements are cache-config."),
    ],
)
@pytest.mark.parametrize("contract", [(), ("--contract", LATER)])
def test_what_there_is_not_is_suggested_from_all_editions(requirement, hint, contract, capsys):
    code, said, errors = explained(capsys, requirement, *contract)
    assert (code, said) == (2, "")
    assert hint in errors
    assert errors.count("\n") == 1


def test_a_contract_without_editions_says_nothing_of_them(capsys, monkeypatch, request):
    monkeypatch.chdir(request.config.rootpath / "tests" / "toy")
    code, said, _errors = explained(capsys, "entries.create.accepts-valid", "--contract", "keyvalue:KEY_VALUE")
    assert code == 0
    assert "edition" not in said
