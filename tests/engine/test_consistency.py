"""A contract whose parts do not fit is refused, for a typing mistake in one of them would judge nothing."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.contracts.collections.contract import CONTRACT
from conformance.engine.checks import Checks, When
from conformance.engine.consistency import mistakes
from conformance.schema.openapi import OpenApiDocument

sys.path.insert(0, str(Path(__file__).parents[1] / "toy"))

from keyvalue import KEY_VALUE  # noqa: E402 - it lies beside its scenarios


def with_requirement(**changes):
    requirements = dict(KEY_VALUE.api.requirements)
    requirements["entries.get.unknown"] = replace(requirements["entries.get.unknown"], **changes)
    return replace(KEY_VALUE, api=replace(KEY_VALUE.api, requirements=requirements))


def with_operation(**changes):
    create, *others = KEY_VALUE.api.operations
    return replace(KEY_VALUE, api=replace(KEY_VALUE.api, operations=(replace(create, **changes), *others)))


def with_check():
    typo = Checks()
    typo.check("entries.get.unkown", when=When.ALWAYS)(lambda _exchange: None)
    return replace(KEY_VALUE, api=replace(KEY_VALUE.api, checks=Checks(KEY_VALUE.api.checks, typo)))


def with_document(tmp_path, old, new):
    file = tmp_path / "openapi.yaml"
    file.write_text(Path(KEY_VALUE.api.document.file).read_text().replace(old, new))
    return replace(KEY_VALUE, api=replace(KEY_VALUE.api, document=OpenApiDocument(str(file))))


@pytest.mark.parametrize("contract", [CONTRACT, KEY_VALUE], ids=["collections", "toy"])
def test_the_contracts_that_there_are_fit(contract):
    assert list(mistakes(contract)) == []


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda _path: with_requirement(profile="cor"), "of the profile 'cor', which the contract has not"),
        (lambda _path: with_requirement(needs=("core|raed",)), "of the profile 'raed', which the contract has not"),
        (lambda _path: with_requirement(source=("Z",)), "has the source 'Z', which is not explained"),
        (lambda _path: with_operation(body="Entri"), "the body of create_entry is 'Entri'"),
        (lambda _path: with_operation(name="create_entri"), "no operation with the operationId 'create_entri'"),
        (lambda _path: with_operation(profile="cor"), "the operation create_entry is of the profile 'cor'"),
        (lambda _path: with_check(), "a check is about 'entries.get.unkown', which is no requirement"),
        (lambda path: with_document(path, "x-type: entries.create.requires-value", "x-type: entries.create.requires-valeu"),
         "names 'entries.create.requires-valeu', which is no requirement"),
        (lambda _path: replace(KEY_VALUE, profiles=("base",)), "it has no profile 'core'"),
        (lambda path: replace(KEY_VALUE, scenarios=(path / "none",)), "a folder of its scenarios is not there"),
    ],
)  # fmt: skip
def test_a_part_that_does_not_fit_is_named(tmp_path, made, said):
    assert any(said in mistake for mistake in mistakes(made(tmp_path)))
