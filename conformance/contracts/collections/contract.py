"""The contract of the collections and documents API, in the form that the engine takes."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, cast

from conformance.client.client import Client
from conformance.configuration.settings import Settings
from conformance.contracts.collections import body_promises, capabilities
from conformance.contracts.collections.checks import CHECKS
from conformance.contracts.collections.document_promises import COMMON_STATUSES, OPTIONAL_PROFILES, RESERVED_NAMES
from conformance.contracts.collections.edition import PUBLISHED, Edition
from conformance.contracts.collections.generation import collections
from conformance.contracts.collections.limits import LIMITS
from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections.recordings import RECORDINGS
from conformance.contracts.collections.requirements import FILE, SOURCES, requirements
from conformance.contracts.collections.run import CollectionsRun
from conformance.contracts.collections.vocabulary import Vocabulary, VocabularyTable, from_table
from conformance.core import resources
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING
from conformance.core.tags import Tags
from conformance.engine.api import Api, Bodies
from conformance.engine.checks import Checks
from conformance.engine.contract import Contract, Diagnosis, Fault, Reference
from conformance.engine.plan import Plan
from conformance.engine.sentinel import SentinelSteps
from conformance.evidence.exchange import Case, Exchange, Namespace, Request
from conformance.evidence.operation import Expect, Operation
from conformance.evidence.requirements import Requirement

PROFILES = ("core", "read", "query", "write", "buckets", "auth", "namespaces", "vectors", "blobs")
_JSON = (("content-type", "application/json"),)


def _is_known(operation: Operation, body: Json, vocabulary: Vocabulary, made_ids: tuple[str, ...]) -> bool:
    known = vocabulary.with_made(collections=made_ids, documents=made_ids)
    return known.covers(operation.schema, body) and not body_promises.names_what_may_not_fit(body)


def _is_more_open(edition: Edition, case: Case, body: Json) -> bool:
    is_left_open = isinstance(body, dict) and edition.leaves_open(case.operation, body)
    return is_left_open or body_promises.is_more_open(case, body)


def _accepted_for(operation: Operation) -> tuple[str, ...]:
    return (f"{body_promises.chapter(operation)}.accepts-valid",) if body_promises.has_classification(operation) else ()


# The sentinel is a collection that nothing in the run touches.


def _make_sentinel(run: CollectionsRun) -> Exchange:
    return run.collection(collections.minimal(run.vocabulary, "landmark"), expect=Expect.ANY)


def _plan_look_at_sentinel(run: CollectionsRun, created: Exchange) -> Plan:
    reads = run.serves("read")
    operation = Operations.GET_COLLECTION if reads else Operations.CREATE_DOCUMENT
    body = MISSING if reads else {"collection_id": created.created_id}
    return run.plan_call(operation, body=body, of=created, expect=Expect.ANY, context=(created,))


def _delete_another_collection(run: CollectionsRun) -> None:
    victim = run.collection(collections.minimal(run.vocabulary, "victim"), expect=Expect.ANY)
    document = run.document(victim, {"collection_id": victim.created_id}, expect=Expect.ANY)
    deletes = ((Operations.DELETE_DOCUMENT, document), (Operations.DELETE_COLLECTION, victim)) if run.serves("write") else ()
    for operation, of in deletes:
        run.call(operation, of=of, expect=Expect.ANY, context=(victim, document))


@dataclass(frozen=True, slots=True)
class _Buckets:
    """Buckets that sources can name: created at the target if its vocabulary names none."""

    edition: Edition

    def are_needed(self, vocabulary: Vocabulary, settings: Settings) -> bool:
        return vocabulary.buckets is None and settings.serves("buckets")

    def make(self, client: Client, tags: Tags, namespace: Namespace = Namespace.PRIMARY) -> tuple[str, ...]:
        return capabilities.make_buckets(self.edition, client, tags, namespace)

    def add(self, vocabulary: Vocabulary, ids: tuple[str, ...]) -> Vocabulary:
        return vocabulary.with_buckets(ids)

    def request(self, name: str) -> tuple[Request, str]:
        return capabilities.bucket_request(self.edition, name), "bucket_id"


@contextmanager
def _start_reference(*, token: str | None = None, database: Path | None = None, namespaces: bool = True,
           fault: Fault | None = None) -> Iterator[Any]:  # fmt: skip
    from conformance.contracts.collections.reference import faults
    from conformance.contracts.collections.reference.app import Reference as Server

    chosen = faults.NONE if fault is None else cast("faults.Fault", fault)
    server = Server(database=database, token=token, namespaces=namespaces, fault=chosen)
    try:
        yield server.app
    finally:
        server.close()


def _faults() -> Mapping[str, Fault]:
    from conformance.contracts.collections.reference.faults import FAULTS

    return FAULTS


def _diagnose(edition: Edition, client: Client, settings: Settings, tags: Tags, has_token: bool) -> Diagnosis:  # noqa: FBT001 - a hook
    from conformance.contracts.collections.diagnosis import Examination

    return Examination(edition, client, settings, tags).run(has_token=has_token)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What an edition's contract has of its own, beside its operations and schemas.

    `gone` are requirements of the first edition that it lacks. `scenarios` are folders: a suite of a later one replaces that of the same
    name in an earlier one.
    """

    name: str
    requirements: Mapping[str, Requirement]
    requirements_file: str
    requirements_bases: tuple[str, ...] = ()
    sources: Mapping[str, str]
    profiles: tuple[str, ...]
    checks: Checks
    scenarios: tuple[Path, ...]
    reference: Reference
    text_file: str
    vocabulary_table: type[VocabularyTable] = VocabularyTable
    features_file: str | None = None
    gone: frozenset[str] = frozenset()
    editions: Mapping[str, str] = field(default_factory=dict)


def contract_of(edition: Edition, parts: Parts) -> Contract[CollectionsRun]:
    """Return the contract of an edition."""
    api = Api(
        requirements=parts.requirements,
        operations=tuple(edition.operations.values()),
        document=edition.components.document,
        models=edition.components.models,
        checks=parts.checks,
        bodies=Bodies(is_known=_is_known, accepted_for=_accepted_for, is_more_open=partial(_is_more_open, edition)),
        deletions={create: edition.operation(deletion) for create, deletion in edition.deletions.items()},
        twins=frozenset({"collections.create.null-is-absent", "documents.create.null-is-absent"}),
        id_pattern=re.compile(r"\b(?:col|doc|bkt)_[A-Za-z0-9_]+"),
        naming_keys=frozenset({"field", "group_by", "select"}),
        limits=LIMITS,
        reserved_names=RESERVED_NAMES,
        optional_profiles=OPTIONAL_PROFILES,
        common_statuses=COMMON_STATUSES,
        gone=parts.gone,
    )
    return Contract(
        name=parts.name,
        title="collections and documents API",
        label="collections API",
        sources=parts.sources,
        profiles=parts.profiles,
        requirements_file=parts.requirements_file,
        requirements_bases=parts.requirements_bases,
        api=api,
        run=CollectionsRun,
        scenarios=parts.scenarios,
        signs_of_life=_signs_of_life(edition),
        first_look=capabilities.Probe,
        vocabulary_table=parts.vocabulary_table,
        vocabulary=partial(from_table, edition=edition, model=parts.vocabulary_table),
        supplies=_Buckets(edition),
        sentinel=SentinelSteps(make=_make_sentinel, look=_plan_look_at_sentinel, delete_another=_delete_another_collection),
        reference=parts.reference,
        diagnose=partial(_diagnose, edition),
        recordings=RECORDINGS,
        features_file=parts.features_file,
        text_file=parts.text_file,
        editions=parts.editions,
        speaks=partial(capabilities.speaks, edition),
        routed=lambda operations: contract_of(edition.routed(operations), parts),
    )


def _signs_of_life(edition: Edition) -> tuple[Request, ...]:
    read, create = (edition.operation(operation) for operation in (Operations.GET_COLLECTION, Operations.CREATE_COLLECTION))
    return (
        Request(read.method, edition.path(read, "col_sign_of_life")),
        Request(create.method, edition.path(create), _JSON, b"{}"),
    )


CONTRACT = contract_of(
    PUBLISHED,
    Parts(
        name="collections",
        requirements=requirements(),
        requirements_file=FILE,
        sources=SOURCES,
        profiles=PROFILES,
        checks=CHECKS,
        scenarios=(resources.find("suites/collections"),),
        reference=Reference(start=_start_reference, faults=_faults),
        text_file="specs/collections/contract.md",
        features_file="specs/collections/features.toml",
        editions={"2026-01": "conformance.contracts.collections_2026_01.contract:CONTRACT"},
    ),
)
API = CONTRACT.api
