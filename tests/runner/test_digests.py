"""The digests in a record cover everything that says what the contract is: of an edition the files that it changes, too."""

import hashlib
from dataclasses import replace

from conformance.core import resources
from conformance.runner import contracts
from conformance.runner.assemble import digests
from conformance.schema.openapi import OpenApiDocument

FIRST, LATER = (contracts.load(name) for name in ("collections", "collections@2026-01"))


def sha256(*files):
    return hashlib.sha256(b"".join(resources.find(file).read_bytes() for file in files)).hexdigest()


def test_the_digests_of_the_first_edition_are_those_of_its_files():
    assert digests(FIRST) == {
        "openapi": sha256("specs/collections/openapi.yaml"),
        "requirements": sha256("specs/collections/requirements.toml"),
    }


def test_the_digests_of_an_edition_cover_the_files_that_it_changes():
    assert digests(LATER) == {
        "openapi": sha256("specs/collections/openapi.yaml", "specs/collections-2026-01/openapi.yaml"),
        "requirements": sha256("specs/collections/requirements.toml", "specs/collections-2026-01/requirements.toml"),
    }


def test_a_change_of_the_first_edition_changes_the_digests_of_the_other(tmp_path):
    changed = tmp_path / "openapi.yaml"
    changed.write_bytes(resources.find("specs/collections/openapi.yaml").read_bytes() + b"\n# changed\n")
    document = OpenApiDocument("specs/collections-2026-01/openapi.yaml", OpenApiDocument(str(changed)))
    assert document.files == (str(changed), "specs/collections-2026-01/openapi.yaml")
    assert digests(replace(LATER, api=replace(LATER.api, document=document)))["openapi"] != digests(LATER)["openapi"]
