"""Lists of collections: what they show, select, find and count, and their pages. All are about collections that only this run has named."""

from conformance.contracts.collections.generation import collections
from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections.run import CollectionsRun
from conformance.contracts.collections_2026_01.checks.collection_lists import ids
from conformance.contracts.collections_2026_01.family import (
    ALL,
    Family,
    create_family,
    describe,
    list_collections,
    plan_list,
    shared,
)
from conformance.contracts.collections_2026_01.operations import Added
from conformance.core.json_text import Json
from conformance.core.pointers import Pointer
from conformance.engine.scenario import exercises
from conformance.evidence.exchange import Exchange
from conformance.evidence.operation import Expect

_OFFSET, _CURSOR = "collections.list.offset-pages-partition", "collections.list.cursor-pages-partition"
_FILTERS, _NESTED, _OPERATORS = "collections.list.filters", "collections.list.nested-filter", "collections.list.filter-operators"
_SEARCH, _PARTS = "collections.list.search", "collections.list.search-parts"
_SENSITIVE, _DEFAULT = "collections.list.case-sensitive", "collections.list.case-insensitive-default"
_DISABLED: dict[str, Json] = {"field": "enabled", "operator": "eq", "value": False}
_TAXONOMY, _UNKNOWN = "taxonomy_applications.taxonomy_id", "collections.update.unknown"


def _family(run: CollectionsRun) -> Family | None:
    """Return the family of this process."""
    return run.once("family", lambda: create_family(run))


def _whole(run: CollectionsRun, family: Family) -> Exchange:
    """Return the list of the whole family, which is asked for once."""
    return run.once(
        "whole family",
        lambda: list_collections(run, {"filters": family.filter}, context=family.context, limit=ALL, include_total="true"),
    )


@exercises("collections.list.response-schema", "collections.list.returns-created", "collections.list.entries", "collections.list.total",
           "collections.list.stats", "collections.list.limit", "collections.list.body-optional")  # fmt: skip
def test_whole(run: CollectionsRun) -> None:
    """List the whole family, one of it, nothing of it, and all collections that there are."""
    family = _family(run)
    if family is None:
        return
    context, body = (*family.context, _whole(run, family)), {"filters": family.filter}
    plans = [plan_list(run, body, context=context, limit=1), plan_list(run, {}, context=family.context, limit=ALL)]
    if run.budget.exhaustive:
        plans.append(plan_list(run, body, context=context, limit=3, offset=100, include_total="true"))
    run.perform_all(plans)
    run.raw(run.path(Added.LIST_COLLECTIONS), None, "collections.list.body-optional", operation=Added.LIST_COLLECTIONS,
            expect=Expect.ACCEPT, headers=())  # fmt: skip


@exercises(_OFFSET, "collections.list.limit", "collections.list.total", "collections.list.sort-*")
def test_pages_by_offset(run: CollectionsRun) -> None:
    """Pages of two in the order of names, from the last to the first."""
    family = _family(run)
    if family is None:
        return
    body: dict[str, Json] = {"filters": family.filter, "sort": {"field": "collection_name", "direction": "desc"}}
    before = (*family.context, _whole(run, family))
    for offset in range(0, max(len(ids(before[-1])), 1), 2):
        before = (*before, list_collections(run, body, context=before, limit=2, offset=offset, include_total="true"))
    run.reevaluate(before[-1], _OFFSET)


@exercises(_CURSOR, "collections.list.limit", "collections.list.sort-*")
def test_pages_by_cursor(run: CollectionsRun) -> None:
    """The same by cursors, in the order of names, and with a larger budget in no order."""
    family = _family(run)
    if family is None:
        return
    by_name: dict[str, Json] = {"filters": family.filter, "sort": {"field": "collection_name"}}
    for body in (by_name, {"filters": family.filter}) if run.budget.exhaustive else (by_name,):
        before = (*family.context, _whole(run, family))
        query: dict[str, str | int] = {"limit": 3}
        for _ in range(len(ids(before[-1])) + 2):  # a page may be shorter than the limit
            page = list_collections(run, body, context=before, **query)
            before = (*before, page)
            if page.next_page is None:
                break
            query["cursor"] = page.next_page
        run.reevaluate(before[-1], _CURSOR)


@exercises("collections.list.sort-*")
def test_by_age(run: CollectionsRun) -> None:
    """Sort by the time of creation, the newest first and the oldest first."""
    family = _family(run)
    if family is None:
        return
    orders: tuple[dict[str, Json], ...] = ({"field": "created_at", "direction": "desc"}, {"field": "created_at"})
    bodies = [{"filters": family.filter, "sort": order} for order in orders]
    run.perform_all(plan_list(run, body, context=family.context, limit=ALL) for body in bodies)


@exercises(_FILTERS, _NESTED, _OPERATORS, _SENSITIVE, _DEFAULT, "collections.list.total", "collections.list.stats")
def test_filters(run: CollectionsRun) -> None:
    """Filters on every type of field, on the objects of a list, with other operators, and with letters of the other case."""
    family = _family(run)
    if family is None:
        return

    def condition(field: str, value: Json, operator: str = "eq") -> dict[str, Json]:
        return {"field": field, "operator": operator, "value": value}

    name, some = "collection_name", [family.name("alpha"), family.name("bravo"), family.name("alphabet"), family.name("golf")]
    recased = condition(name, family.name("ALPHA"))
    asked: list[tuple[str | tuple[str, ...], dict[str, Json]]] = [
        (_FILTERS, {"filters": _more(family, _DISABLED)}),
        *((_NESTED, {"filters": _more(family, condition(_TAXONOMY, known))}) for known in run.vocabulary.taxonomy_names[:2]),
        (_OPERATORS, {"filters": {**_more(family, condition(name, some, "in")), "NOT": [_DISABLED]}}),
        (
            _OPERATORS,
            {
                "filters": {
                    **family.filter,
                    "OR": [condition(name, family.name("c"), "starts_with"), condition(name, "elta", "ends_with")],
                }
            },
        ),
        (
            _OPERATORS,
            {
                "filters": _more(
                    family, condition(name, family.name("alph"), "contains"), condition(name, family.name("alpha"), "ne")
                )
            },
        ),
        ((_DEFAULT, _FILTERS), {"filters": _more(family, recased)}),
        (_SENSITIVE, {"filters": _more(family, recased), "case_sensitive": True}),
    ]
    run.perform_all(
        plan_list(
            run, body, *([about] if isinstance(about, str) else about), context=family.context, limit=ALL, include_total="true"
        )
        for about, body in asked
    )


def _more(family: Family, *conditions: dict[str, Json]) -> dict[str, Json]:
    """Return the family's filter with more conditions."""
    return shared(describe(family.tag), *conditions)


@exercises(_SEARCH, _PARTS, _SENSITIVE, _DEFAULT, "collections.list.total")
def test_search(run: CollectionsRun) -> None:
    """Search for ids, names and descriptions, whole and in part, and in the other case."""
    family = _family(run)
    if family is None:
        return
    words, one = describe(family.tag), family.members[-1]
    recased = words.replace("Shared By All", "SHARED by ALL")
    asked: list[tuple[str, dict[str, Json]]] = [
        (_SEARCH, {"search": family.name("bravo"), "filters": family.filter}),
        (_SEARCH, {"search": one.created_id}),
        (_SEARCH, {"search": words, "filters": _more(family, _DISABLED)}),
        (_PARTS, {"search": f"{family.tag}Shared"}),
        (_DEFAULT, {"search": recased}),
        (_SENSITIVE, {"search": recased, "case_sensitive": True}),
    ]
    if run.budget.exhaustive:
        asked += [(_PARTS, {"search": family.name("char")}), (_SENSITIVE, {"search": words, "case_sensitive": True})]
    run.perform_all(plan_list(run, body, about, context=family.context, limit=ALL, include_total="true") for about, body in asked)


@exercises("collections.list.limit-bounds", "collections.list.offset-bounds", "errors.*")
def test_bounds(run: CollectionsRun) -> None:
    """Limits and offsets out of bounds."""
    limits = (0, -1, 1001, -1000, 10**6) if run.budget.exhaustive else (0, -1, 1001)
    plans = [plan_list(run, {}, "collections.list.limit-bounds", context=(), expect=Expect.REFUSE, limit=limit) for limit in limits]
    offsets = (-1, 10001) if run.budget.exhaustive else (-1,)
    beyond = [
        plan_list(run, {}, "collections.list.offset-bounds", context=(), expect=Expect.REFUSE, offset=offset) for offset in offsets
    ]
    run.perform_all([*plans, *beyond])


_WRONG: tuple[tuple[dict[str, Json], Pointer], ...] = (
    ({"filters": "x"}, ("filters",)),
    ({"search": {"a": 1}}, ("search",)),
    ({"sort": {"field": "collection_name", "direction": "sideways"}}, ("sort", "direction")),
    ({"case_sensitive": "perhaps"}, ("case_sensitive",)),
    ({"sort": {"direction": "asc"}}, ("sort", "field")),
    ({"filters": [1]}, ("filters",)),
    ({"sort": ["collection_name"]}, ("sort",)),
)


@exercises("collections.list.rejects-wrong-types", "http.rejects-malformed-json", "http.rejects-non-object-body", "errors.*")
def test_wrong_bodies(run: CollectionsRun) -> None:
    """Members of wrong types, and bodies that are no object."""
    about = "collections.list.rejects-wrong-types"
    wrong = _WRONG if run.budget.exhaustive else _WRONG[:4]
    run.perform_all(plan_list(run, body, about, context=(), expect=Expect.REFUSE, at=at) for body, at in wrong)
    where = run.path(Added.LIST_COLLECTIONS)
    run.raw(where, b'{"search": ', "http.rejects-malformed-json", operation=Added.LIST_COLLECTIONS)
    if run.budget.exhaustive:
        run.raw(where, b"[]", "http.rejects-non-object-body", operation=Added.LIST_COLLECTIONS, value=[])


@exercises("collections.list.rejected-leaves-nothing", "errors.*")
def test_refused_creates(run: CollectionsRun) -> None:
    """Creates that are refused leave nothing that a list shows."""
    tag, body = run.tags.new(), collections.minimal(run.vocabulary)
    named = {**body, "description": describe(tag)}
    lacking = {key: value for key, value in named.items() if key != "feature_extractor"}
    refused = [
        run.collection({**lacking, "collection_name": f"{tag}lacking"}, "collections.create.requires-feature-extractor",
                       expect=Expect.REFUSE, at=("feature_extractor",), named=False),
        run.collection({**named, "collection_name": f"{tag}wrong", "metadata": ["a"]}, "collections.create.rejects-wrong-types",
                       expect=Expect.REFUSE, at=("metadata",), named=False),
    ]  # fmt: skip
    list_collections(
        run, {"filters": shared(describe(tag))}, "collections.list.rejected-leaves-nothing", context=tuple(refused), limit=ALL
    )


@exercises("collections.list.forgets-deleted", "collections.list.returns-created", "collections.list.total", _UNKNOWN)
def test_deleted(run: CollectionsRun) -> None:
    """Delete one of two collections, update both, and list them."""
    if not run.serves("write"):
        return
    tag, body = run.tags.new(), collections.minimal(run.vocabulary)
    bodies = [{**body, "collection_name": tag + name, "description": describe(tag)} for name in ("doomed", "kept")]
    doomed, kept = run.perform_all(run.plan_collection(each, named=False) for each in bodies)
    if doomed.created_id is None or kept.created_id is None:
        return
    context = (doomed, kept, run.call(Operations.DELETE_COLLECTION, of=doomed, expect=Expect.ACCEPT, context=(doomed, kept)))
    if run.serves("collection-updates"):
        change: dict[str, Json] = {"enabled": False}
        context = (*context, run.call(Added.PATCH_COLLECTION, body=change, of=kept, expect=Expect.ACCEPT, context=context))
        late = run.plan_call(Added.PATCH_COLLECTION, _UNKNOWN, body=change, of=doomed, expect=Expect.REFUSE, context=context)
        context = (*context, run.perform(late))
    # A name that was taken was given another tag, and its description too.
    description = kept.case.body["description"]
    list_collections(run, {"filters": shared(description)}, context=context, limit=ALL, include_total="true")
