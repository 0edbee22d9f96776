"""The contract of the collections and documents API, in the form that the engine takes."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from conformance.client.client import Client
from conformance.configuration.settings import Settings
from conformance.contracts.collections import body_promises, capabilities, openapi
from conformance.contracts.collections.checks import CHECKS
from conformance.contracts.collections.document_promises import COMMON_STATUSES, OPTIONAL_PROFILES, RESERVED_NAMES
from conformance.contracts.collections.generation import collections
from conformance.contracts.collections.limits import LIMITS
from conformance.contracts.collections.operations import ALL_OPERATIONS, Operations, path
from conformance.contracts.collections.recordings import RECORDINGS
from conformance.contracts.collections.requirements import FILE, SOURCES, requirements
from conformance.contracts.collections.run import CollectionsRun
from conformance.contracts.collections.vocabulary import Vocabulary, VocabularyTable, from_table
from conformance.core import resources
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING
from conformance.core.tags import Tags
from conformance.engine.api import Api, Bodies
from conformance.engine.contract import Contract, Diagnosis, Fault, Reference
from conformance.engine.plan import Plan
from conformance.engine.sentinel import SentinelSteps
from conformance.evidence.exchange import Exchange, Namespace, Request
from conformance.evidence.operation import Expect, Operation

PROFILES = ("core", "read", "query", "write", "buckets", "auth", "namespaces", "vectors", "blobs")
_JSON = (("content-type", "application/json"),)


def _is_known(operation: Operation, body: Json, vocabulary: Vocabulary, made_ids: tuple[str, ...]) -> bool:
    known = vocabulary.with_made(collections=made_ids, documents=made_ids)
    return known.covers(openapi.request_of(operation), body)


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
    for operation, of in ((Operations.DELETE_DOCUMENT, document), (Operations.DELETE_COLLECTION, victim)):
        run.call(operation, of=of, expect=Expect.ANY, context=(victim, document))


class _Buckets:
    """Buckets that sources can name: created at the target if its vocabulary names none."""

    def are_needed(self, vocabulary: Vocabulary, settings: Settings) -> bool:
        return vocabulary.buckets is None and settings.serves("buckets")

    def make(self, client: Client, tags: Tags, namespace: Namespace = Namespace.PRIMARY) -> tuple[str, ...]:
        return capabilities.make_buckets(client, tags, namespace)

    def add(self, vocabulary: Vocabulary, ids: tuple[str, ...]) -> Vocabulary:
        return vocabulary.with_buckets(ids)

    def request(self, name: str) -> tuple[Request, str]:
        return capabilities.bucket_request(name), "bucket_id"


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


def _diagnose(client: Client, settings: Settings, tags: Tags, has_token: bool) -> Diagnosis:  # noqa: FBT001 - a hook
    from conformance.contracts.collections.diagnosis import Examination

    return Examination(client, settings, tags).run(has_token=has_token)


API = Api(
    requirements=requirements(),
    operations=ALL_OPERATIONS,
    document=openapi.DOCUMENT,
    models=openapi.MODELS,
    checks=CHECKS,
    bodies=Bodies(is_known=_is_known, accepted_for=_accepted_for, is_more_open=body_promises.is_more_open),
    deletions={Operations.CREATE_COLLECTION: Operations.DELETE_COLLECTION},
    twins=frozenset({"collections.create.null-is-absent", "documents.create.null-is-absent"}),
    id_pattern=re.compile(r"\b(?:col|doc|bkt)_[A-Za-z0-9_]+"),
    naming_keys=frozenset({"field", "group_by", "select"}),
    limits=LIMITS,
    reserved_names=RESERVED_NAMES,
    optional_profiles=OPTIONAL_PROFILES,
    common_statuses=COMMON_STATUSES,
)
CONTRACT: Contract[CollectionsRun] = Contract(
    name="collections",
    title="collections and documents API",
    label="collections API",
    sources=SOURCES,
    profiles=PROFILES,
    requirements_file=FILE,
    api=API,
    run=CollectionsRun,
    scenarios=resources.find("suites/collections"),
    signs_of_life=(
        Request("GET", path(Operations.GET_COLLECTION, "col_sign_of_life")),
        Request("POST", path(Operations.CREATE_COLLECTION), _JSON, b"{}"),
    ),
    first_look=capabilities.Probe,
    vocabulary_table=VocabularyTable,
    vocabulary=from_table,
    supplies=_Buckets(),
    sentinel=SentinelSteps(make=_make_sentinel, look=_plan_look_at_sentinel, delete_another=_delete_another_collection),
    reference=Reference(start=_start_reference, faults=_faults),
    diagnose=_diagnose,
    recordings=RECORDINGS,
    features_file="specs/collections/features.toml",
    text_file="specs/collections/contract.md",
)
