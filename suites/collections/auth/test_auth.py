"""Authentication: every operation without a token, with a wrong token, and with the right token in a wrong form."""

from functools import partial

from conformance.contracts.collections.checks.auth import BY_CREDENTIALS, ODD
from conformance.contracts.collections.generation import collections
from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections.run import CollectionsRun
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING
from conformance.engine.plan import Plan, Sender
from conformance.engine.run import JSON_HEADERS
from conformance.engine.scenario import exercises
from conformance.evidence.exchange import Case, Credentials, Exchange, Request
from conformance.evidence.operation import Expect, Operation

_BODIES: dict[Operation, Json] = {
    Operations.LIST_DOCUMENTS: {},
    Operations.PUT_DOCUMENT: {"title": "put by a stranger"},
    Operations.PATCH_DOCUMENT: {"title": "patched by a stranger"},
    Operations.CREATE_BUCKET: {"bucket_name": "a stranger's", "bucket_schema": {"properties": {"a": {"type": "text"}}}},
}
_TURNS = (Credentials.BASIC, Credentials.LONGER, Credentials.BARE, Credentials.RECASED)
_MALFORMED = (Operations.CREATE_COLLECTION, Operations.CREATE_DOCUMENT, Operations.LIST_DOCUMENTS)
_INVALID: Json = {"collection_name": [], "collection_id": [], "filters": 5, "metadata": 5, "bucket_name": []}


def _body(run: CollectionsRun, operation: Operation, collection: Exchange) -> Json:
    if operation == Operations.CREATE_COLLECTION:
        return collections.minimal(run.vocabulary, run.tags.new())
    if operation == Operations.CREATE_DOCUMENT:
        return {"collection_id": collection.created_id, "title": "made by a stranger"}
    return _BODIES.get(operation, run.vocabulary.edition.strangers.get(operation, MISSING))


def _subjects(run: CollectionsRun, collection: Exchange, document: Exchange) -> dict[str, Exchange]:
    """Return what operations may be about, by the parameter of their paths; a bucket, where the target does more than make one."""
    made = {"collection": collection, "document": document}
    if any("{bucket}" in operation.path and run.serves(operation.profile) for operation in run.api.operations):
        made["bucket"] = run.once("an owner's bucket", partial(_bucket, run))
    return {name: subject for name, subject in made.items() if subject.created_id is not None}


def _bucket(run: CollectionsRun) -> Exchange:
    body: Json = {"bucket_name": f"{run.tags.new()}owners", "bucket_schema": {"properties": {"a": {"type": "text"}}}}
    return run.call(Operations.CREATE_BUCKET, body=body, expect=Expect.ANY)


def _is_there(operation: Operation, subjects: dict[str, Exchange]) -> bool:
    return all(f"{{{name}}}" not in operation.path or name in subjects for name in ("document", "bucket"))


@exercises("auth.*", "http.no-server-error", "http.status-documented", "errors.*")
def test_strangers(run: CollectionsRun) -> None:
    """Send every kind of wrong credentials to every operation, then check that nothing has changed."""
    collection = run.new_collection()
    if collection is None:
        return
    document = run.document(collection, {"collection_id": collection.created_id, "title": "the owner's"})
    # A server may cache what the owner has seen, and show it to whoever asks next.
    context = (collection, document, *([run.read(document)] if document.created_id and run.serves("read") else []))
    subjects = _subjects(run, collection, document)
    context = (*context, *([subjects["bucket"]] if "bucket" in subjects else []))
    operations = [operation for operation in run.api.operations if run.serves(operation.profile) and _is_there(operation, subjects)]
    for turn, operation in enumerate(operations):
        for credentials, requirement in BY_CREDENTIALS.items():
            if credentials in _TURNS and _TURNS[turn % len(_TURNS)] is not credentials and not run.budget.exhaustive:
                continue  # with a small budget, each operation gets one of the nearly right forms
            if not run.client.identity.can_be_wrong(credentials):
                continue
            refused = run.call(operation, requirement, body=_body(run, operation, collection), of=_subject_of(operation, subjects),
                               expect=Expect.REFUSE, context=context, sender=Sender(credentials))  # fmt: skip
            context = (*context, refused)
    context = (*context, *_send_malformed_credentials(run, collection, subjects, operations, context))
    _check_unchanged(run, collection, subjects, context)
    for credentials in (Credentials.NONE, Credentials.UNKNOWN):
        # For a stranger an unknown path may be 404, 401 or 403.
        for method, where in (("GET", "/v1/no-such-thing"), ("PUT", run.path(Operations.CREATE_COLLECTION))):
            run.perform(Plan(Case(Operations.OUTSIDE, Expect.ANY), Request(method, where, credentials=credentials)))


def _send_malformed_credentials(
    run: CollectionsRun,
    collection: Exchange,
    subjects: dict[str, Exchange],
    operations: list[Operation],
    context: tuple[Exchange, ...],
) -> list[Exchange]:
    """Send malformed credentials. With a small budget each goes to one operation."""
    sent = []
    for turn, credentials in enumerate(ODD):
        for operation in operations if run.budget.exhaustive else operations[turn::3][:1]:
            body, of = _body(run, operation, collection), _subject_of(operation, subjects)
            sent.append(run.call(operation, body=body, of=of, expect=Expect.ANY, context=context, sender=Sender(credentials)))
    return sent


def _subject_of(operation: Operation, subjects: dict[str, Exchange]) -> Exchange | None:
    return next((subjects[name] for name in ("document", "collection", "bucket") if f"{{{name}}}" in operation.path), None)


def _check_unchanged(
    run: CollectionsRun, collection: Exchange, subjects: dict[str, Exchange], context: tuple[Exchange, ...]
) -> None:
    if run.serves("query"):
        run.list_documents(collection, {}, "auth.no-effect", context=context, limit=1000)
    if run.serves("read") and "document" in subjects:
        run.read(subjects["document"], "auth.no-effect", context=context)
    reads = [operation for operation in run.api.operations if operation.method == "GET" and operation.path.endswith("{bucket}")]
    for operation in reads if "bucket" in subjects else ():
        run.call(operation, "auth.no-effect", of=subjects["bucket"], expect=Expect.ACCEPT, context=context)


@exercises("auth.before-validation", "http.no-server-error")
def test_strangers_with_invalid_bodies(run: CollectionsRun) -> None:
    """Send invalid bodies without a token: a stranger must be refused before the body is validated."""
    collection = run.shared_collection()
    if collection is None:
        return
    document = run.document(collection, {"collection_id": collection.created_id})
    subjects = _subjects(run, collection, document)
    for operation in run.api.operations:
        if operation.body is None or not run.serves(operation.profile) or not _is_there(operation, subjects):
            continue
        run.call(operation, "auth.before-validation", body=_INVALID, of=_subject_of(operation, subjects), expect=Expect.REFUSE,
                 context=(collection, document), sender=Sender(Credentials.NONE))  # fmt: skip
        if run.budget.exhaustive or operation in _MALFORMED:
            ids = {name: subject.created_id or "" for name, subject in subjects.items()}
            where = run.path(operation, **ids)
            case = Case(operation, Expect.REFUSE, ("auth.before-validation",))
            request = Request(operation.method, where, JSON_HEADERS, b'{"title": ', Credentials.NONE)
            run.perform(Plan(case, request, (collection, document)))
