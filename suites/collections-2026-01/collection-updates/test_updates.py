"""Updates of collections, one aspect at a time."""

from conformance.contracts.collections.generation import collections
from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections.run import CollectionsRun
from conformance.contracts.collections_2026_01.family import ALL, plan_list
from conformance.contracts.collections_2026_01.operations import Added
from conformance.core.json_text import Json
from conformance.core.pointers import Pointer
from conformance.engine.scenario import exercises
from conformance.evidence.exchange import Exchange
from conformance.evidence.operation import Expect

_PATCH = Added.PATCH_COLLECTION
_IDENTITY, _RENAMED, _OLD = "collections.update.keeps-identity", "collections.update.renamed", "collections.update.old-name-gone"


def _create(run: CollectionsRun, name: str) -> Exchange | None:
    """Create a collection in which every field is given that an update may change, or must not; None if the target does not let us.

    A server may refuse any cluster, for it cannot be of a collection that is not there yet, and may know no alert.
    """
    fields: dict[str, Json] = {
        "description": "as created",
        "metadata": {"kept": {"a": [0, None]}, "team": "ours"},
        "taxonomy_applications": [{"taxonomy_id": run.vocabulary.taxonomy_names[0], "priority": 3}],
    }
    clusters: list[Json] = [{"cluster_id": run.vocabulary.names()["cluster of this collection"][0], "cooldown_seconds": 7}]
    constant: Json = {"input_key": "text", "source": {"source_type": "constant", "value": "x"}}
    alerts: list[Json] = [{"alert_id": run.vocabulary.names()["alert"][0], "input_mappings": [constant]}]
    for more in ({"cluster_applications": clusters, "alert_applications": alerts}, {"alert_applications": alerts}, {}):
        created = run.collection({**collections.minimal(run.vocabulary, name), **fields, **more})
        if created.created_id is not None:
            return created
    return None


def _update(run: CollectionsRun, context: tuple[Exchange, ...], body: dict[str, Json], *about: str,
            expect: Expect | None = None, at: Pointer | None = None) -> tuple[Exchange, ...]:  # fmt: skip
    """Update the first collection of a context; return the context with the update."""
    return (*context, run.call(_PATCH, *about, body=body, of=context[0], expect=expect, at=at, context=context))


def _read(run: CollectionsRun, context: tuple[Exchange, ...], *about: str) -> tuple[Exchange, ...]:
    """Read the first collection of a context by its id; return the context with the read."""
    return (*context, run.read(context[0], *about, context=context)) if run.serves("read") else context


def _read_by(run: CollectionsRun, name: str, about: str, context: tuple[Exchange, ...], expect: Expect = Expect.ACCEPT) -> Exchange:
    return run.perform(run.plan(Operations.GET_COLLECTION, about, ids={"collection": name}, expect=expect, context=context))


@exercises("collections.update.*", "collections.list.entries", "collections.list.returns-created", "collections.list.filters",
           "collections.list.search", "errors.*")  # fmt: skip
def test_updates(run: CollectionsRun) -> None:
    """Change each field by itself, then all together; the collection is read, listed and looked for by its names."""
    created = _create(run, "changing")
    if created is None:
        return
    document = run.document(created, {"collection_id": created.created_id, "title": "stays"})
    context: tuple[Exchange, ...] = (created, document)
    taxonomies = [{"taxonomy_id": name} for name in run.vocabulary.taxonomy_names[:2]]
    context = _read(run, _update(run, context, {"enabled": False}))
    context = _update(run, context, {"description": "e\u0301 changed"})
    context = _update(run, context, {"taxonomy_applications": taxonomies})
    context = _update(run, context, {"collection_name": f"{run.tags.new()}renamed"})
    context = _look_for_names(run, context)
    together = {"description": "all at once", "enabled": True, "taxonomy_applications": taxonomies[:1]}
    context = _update(run, context, {**together, "collection_name": f"{run.tags.new()}renamed_again"})
    context = _listed(run, _read(run, context))
    context = _update(run, context, {}, "collections.update.empty-body", expect=Expect.EITHER)
    context = _update(run, context, {"description": None}, "collections.update.null-description", expect=Expect.EITHER)
    context = _read(run, context)
    if run.serves("read") and document.created_id is not None:
        run.read(document, "collections.update.keeps-documents", context=context)


def _look_for_names(run: CollectionsRun, context: tuple[Exchange, ...]) -> tuple[Exchange, ...]:
    """Look for a renamed collection by its new name, and by its old one."""
    renamed = context[-1]
    if not run.serves("read") or not renamed.accepted:
        return context
    context = (*context, _read_by(run, renamed.case.body["collection_name"], _RENAMED, context))
    return (*context, _read_by(run, context[0].case.body["collection_name"], _OLD, context, Expect.REFUSE))


def _listed(run: CollectionsRun, context: tuple[Exchange, ...]) -> tuple[Exchange, ...]:
    """List the collection by its last name, by all that it was given last, and by a search for that name."""
    if not run.serves("collection-lists"):
        return context
    given = next(earlier.case.body for earlier in reversed(context) if earlier.case.operation == _PATCH)
    by_name, *others = [
        {"field": field, "operator": "eq", "value": given[field]} for field in ("collection_name", "description", "enabled")
    ]
    asked: tuple[tuple[tuple[str, ...], dict[str, Json]], ...] = (
        ((), {"filters": {"AND": [by_name]}}),
        (("collections.list.filters",), {"filters": {"AND": [by_name, *others]}}),
        (("collections.list.search",), {"search": given["collection_name"]}),
    )
    lists = [plan_list(run, body, *about, context=context, limit=ALL) for about, body in asked]
    return (*context, *run.perform_all(lists))


@exercises(_IDENTITY, "collections.update.applies", "collections.update.keeps-others", "collections.update.then-read",
           "collections.by-name.update", "collections.update.unknown", "errors.*")  # fmt: skip
def test_identity(run: CollectionsRun) -> None:
    """Updates by a name, of the id, the source, the extractor, the time of creation and the lineage, and of metadata."""
    created = _create(run, "identity")
    if created is None:
        return
    source, extractor = created.case.body["source"], created.case.body["feature_extractor"]
    time = "2001-01-01T00:00:00Z"
    claims: tuple[dict[str, Json], ...] = (
        {"collection_id": "col_claimed", "created_at": time, "updated_at": time},
        {"source": {**source, "source_filters": {"filters": {"AND": [{"field": "a", "operator": "eq", "value": 1}]}}}},
        {"feature_extractor": {**extractor, "parameters": {"claimed": True}}, "source_lineage": []},
        {"metadata": {"other": 1}},
    )
    name, changed = created.case.body["collection_name"], {"description": "by its name"}
    by_name = run.plan(_PATCH, "collections.by-name.update", body=changed, ids={"collection": name}, context=(created,))
    context: tuple[Exchange, ...] = (created, run.perform(by_name))
    # What is empty is given, too.
    context = _update(run, context, {"description": "", "taxonomy_applications": []})
    for body in claims:
        context = _update(run, context, body, _IDENTITY, expect=Expect.EITHER)
    nobodys = {"collection": "col_no_such_collection"}
    run.perform(run.plan(_PATCH, "collections.update.unknown", body=changed, ids=nobodys, expect=Expect.REFUSE, context=context))
    _read(run, context)


_WRONG: tuple[tuple[dict[str, Json], Pointer], ...] = (
    ({"collection_name": {"a": 1}}, ("collection_name",)),
    ({"enabled": "perhaps"}, ("enabled",)),
    ({"taxonomy_applications": {"a": 1}}, ("taxonomy_applications",)),
    ({"description": ["a"]}, ("description",)),
    ({"taxonomy_applications": [5]}, ("taxonomy_applications", 0)),
    ({"collection_name": None}, ("collection_name",)),
    ({"enabled": [True]}, ("enabled",)),
)


@exercises("collections.update.rejects-wrong-types", "collections.update.name-length", "collections.update.refused-changes-nothing",
           "http.rejects-*", "errors.*")  # fmt: skip
def test_refused(run: CollectionsRun) -> None:
    """Updates with values of wrong types and names of wrong lengths, each beside a valid change that must not be made."""
    created = _create(run, "refused")
    if created is None:
        return
    context: tuple[Exchange, ...] = (created,)
    for body, at in _WRONG if run.budget.exhaustive else _WRONG[:3]:
        beside: dict[str, Json] = {"enabled": False} if "enabled" not in body else {"description": "refused"}
        context = _update(run, context, {**beside, **body}, "collections.update.rejects-wrong-types", expect=Expect.REFUSE, at=at)
    tag = run.tags.new()
    for name in ("xy", tag + "x" * (101 - len(tag))):
        body = {"enabled": False, "collection_name": name}
        context = _update(run, context, body, "collections.update.name-length", expect=Expect.REFUSE, at=("collection_name",))
    where = run.path(_PATCH, created.created_id or "")
    bodies = ((b'{"enabled": false', "malformed-json"), (None, "empty-body"), (b"[]", "non-object-body"))
    for content, about in bodies if run.budget.exhaustive else bodies[:2]:
        context = (
            *context,
            run.raw(where, content, f"http.rejects-{about}", operation=_PATCH, method=_PATCH.method, context=context),
        )
    _read(run, context, "collections.update.refused-changes-nothing")


@exercises("collections.update.concurrent", "collections.update.applies")
def test_at_once(run: CollectionsRun) -> None:
    """Change the fields of one collection at the same time."""
    created = _create(run, "contended")
    if created is None:
        return
    about, name = "collections.update.concurrent", f"{run.tags.new()}contended"
    bodies: tuple[dict[str, Json], ...] = ({"description": "one of them"}, {"enabled": False}, {"collection_name": name})
    plans = [run.plan_call(_PATCH, about, body=body, of=created, expect=Expect.ACCEPT, context=(created,)) for body in bodies]
    updates = run.send_concurrently(plans)
    if run.serves("read"):
        run.read(created, about, context=(created, *updates))
