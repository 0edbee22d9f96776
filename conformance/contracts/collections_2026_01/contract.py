"""The contract of the edition of 2026-01."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from conformance.contracts.collections.contract import CONTRACT as FIRST
from conformance.contracts.collections.contract import Parts, contract_of
from conformance.contracts.collections_2026_01 import checks
from conformance.contracts.collections_2026_01.operations import EDITION
from conformance.contracts.collections_2026_01.vocabulary import AlertVocabularyTable
from conformance.core import resources
from conformance.engine.contract import Fault, Reference
from conformance.evidence.requirements import overlay

FILE = "specs/collections-2026-01/requirements.toml"
_REQUIREMENTS = overlay(FILE, FIRST.api.requirements)
_GONE = frozenset(FIRST.api.requirements.keys() - _REQUIREMENTS.keys())
PROFILES = (
    *(profile for profile in FIRST.profiles if profile != "blobs"),
    "collection-lists", "collection-updates", "batches", "document-lineage", "bucket-updates",
)  # fmt: skip


@contextmanager
def _start_reference(*, token: str | None = None, database: Path | None = None, namespaces: bool = True,
                     fault: Fault | None = None) -> Iterator[Any]:  # fmt: skip
    from conformance.contracts.collections_2026_01.reference import faults
    from conformance.contracts.collections_2026_01.reference.app import Reference2026

    chosen = faults.NONE if fault is None else cast("faults.Fault", fault)
    server = Reference2026(database=database, token=token, namespaces=namespaces, fault=chosen)
    try:
        yield server.app
    finally:
        server.close()


def _faults() -> Mapping[str, Fault]:
    from conformance.contracts.collections_2026_01.reference.faults import FAULTS
    from conformance.contracts.collections_2026_01.reference.shared_faults import shared

    return {**{fault.name: fault for fault in shared(frozenset(_REQUIREMENTS))}, **FAULTS}


CONTRACT = contract_of(
    EDITION,
    Parts(
        name="collections@2026-01",
        requirements=_REQUIREMENTS,
        requirements_file=FILE,
        requirements_bases=FIRST.requirements_files,
        sources={**FIRST.sources, "W": "the vendor's OpenAPI document of 2026-01"},
        profiles=PROFILES,
        checks=checks.without(_GONE),
        scenarios=(*FIRST.scenarios, resources.find("suites/collections-2026-01")),
        reference=Reference(start=_start_reference, faults=_faults),
        text_file="specs/collections-2026-01/contract.md",
        vocabulary_table=AlertVocabularyTable,
        features_file="specs/collections-2026-01/features.toml",
        gone=_GONE,
    ),
)
