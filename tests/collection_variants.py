"""Permitted variants of listing, changing and naming collections: the edition's reference with one freedom that the contract gives."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

from conformance.contracts.collections.reference.fault import Fault
from conformance.contracts.collections.reference.hooks import PROBLEM, change_handlers, without
from conformance.contracts.collections.reference.listing import cursor_at
from conformance.contracts.collections.reference.refusals import Refusal
from conformance.contracts.collections_2026_01.reference import collection_selection

Body = dict[str, Any]
_SHOWING = ("create_collection", "get_collection", "patch_collection")


def _change_pages(change: Callable[[Body, Any], Body]) -> Callable[[Any], None]:
    def installed(reference: Any) -> None:
        original = reference.service.list_collections
        reference.service.list_collections = lambda namespace, query, body: change(original(namespace, query, body), query)

    return installed


def _change_entries(change: Callable[[Body], Body]) -> Callable[[Any], None]:
    return _change_pages(lambda page, _query: {**page, "results": [change(entry) for entry in page["results"]]})


def _shown(change: Callable[[Body], Body]) -> Callable[[Any], None]:
    """Change how collections are shown, in lists as well."""

    def installed(reference: Any) -> None:
        change_handlers(*_SHOWING, change=lambda _reference, original, call: change(original(call)))(reference)
        _change_entries(change)(reference)

    return installed


def _without_empty(collection: Body) -> Body:
    return {key: value for key, value in collection.items() if value not in (None, [], {})}


def _other_times(collection: Body) -> Body:
    zone = timezone(timedelta(hours=2))
    times = {key: datetime.fromisoformat(collection[key]) for key in ("created_at", "updated_at")}
    return collection | {key: moment.replace(microsecond=0).astimezone(zone).isoformat() for key, moment in times.items()}


def _local_times(collection: Body) -> Body:
    return collection | {key: collection[key][:23] for key in ("created_at", "updated_at")}


def _milliseconds_when_listed(entry: Body) -> Body:
    return {**entry, "created_at": f"{entry['created_at'][:23]}+00:00", "updated_at": None}


def _counted(collection: Body) -> Body:
    return {**collection, "document_count": time.monotonic_ns() % 7, "taxonomy_count": 3, "status": "ACTIVE", "schema_version": 9}


def _defaults_of_taxonomies(collection: Body) -> Body:
    defaults = {"execution_mode": "materialize", "target_collection_id": None, "execution_phase": 1, "priority": 0}
    applications = collection["taxonomy_applications"]
    return {**collection, "taxonomy_applications": applications and [{**defaults, **one} for one in applications]}


def _names_once(reference: Any) -> None:
    """Refuse a name that another collection of the namespace has."""

    def changed(_reference: Any, original: Any, call: Any) -> Body:
        name = reference.valid_body(call).get("collection_name")
        taken = name and reference.service.store.collection_named(call.namespace, name)
        if taken and taken["collection_id"] != call.path.get("collection"):
            raise Refusal(409, "the name is taken")
        return original(call)

    change_handlers("create_collection", "patch_collection", change=changed)(reference)


def _newest_first(reference: Any) -> None:
    original = reference.service.store.collections
    reference.service.store.collections = lambda namespace: original(namespace)[::-1]


def _empty_last_page(page: Body, query: Any) -> Body:
    cursor = cursor_at(query.offset + query.limit) if len(page["results"]) == query.limit else None
    return {**page, "pagination": {**page["pagination"], "next_cursor": cursor}}


def _numbered_pages(page: Body, query: Any) -> Body:
    more = {"page": query.offset // query.limit + 1, "page_size": query.limit, "next_page": "/next", "previous_page": None}
    return {**page, "pagination": {**page["pagination"], **more, "total_pages": 1}, "server": "x"}


def _rounded(page: Body, _query: Any) -> Body:
    stats = page["stats"]
    return {**page, "stats": {**stats, "avg_documents_per_collection": round(stats["avg_documents_per_collection"], 2), "more": 1,
                              "total_feature_extractors": min(stats["total_feature_extractors"], 1)}}  # fmt: skip


def _generous_search(reference: Any) -> None:
    """Find whatever has the first letters of the term, unless case counts."""

    def changed(original: Any) -> Any:
        def finds(term: str, collection: Body, *, sensitive: bool) -> bool:
            return bool(original(term if sensitive else term[:6], collection, sensitive=sensitive))

        return finds

    matching = reference.service.matching_collections

    def matching_collections(namespace: str, body: Body) -> list[Body]:
        term = body.get("search")
        if term is None:
            return matching(namespace, body)
        finds, rule = changed(collection_selection.finds), bool(body.get("case_sensitive"))
        return [one for one in matching(namespace, without(body, "search")) if finds(term, one, sensitive=rule)]

    reference.service.matching_collections = matching_collections


def _strict_updates(operation: str, body: Body, details: list[Body]) -> list[Body]:
    """Refuse updates of anything but the four fields, empty ones, and nulls."""
    mutable = {"collection_name", "description", "taxonomy_applications", "enabled"}
    if operation != "patch_collection" or details or (body and body.keys() <= mutable and None not in body.values()):
        return details
    return [PROBLEM]


def _updated_metadata(reference: Any) -> None:
    """Take over metadata, too."""
    original = reference.service.patch_collection

    def patched(namespace: str, identifier: str, body: Body) -> Body:
        after = original(namespace, identifier, body)
        if "metadata" in body:
            after = {**after, "metadata": body["metadata"]}
            reference.service.store.replace_collection(namespace, identifier, after)
        return after

    reference.service.patch_collection = patched


def _late_lists(reference: Any) -> None:
    """List a collection, and what an update made of it, a moment later."""
    store, log = reference.service.store, list[tuple[float, str, str, Body | None]]()

    def noted(original: Any, *, is_gone: bool = False) -> Any:
        def changed(namespace: str, identifier: str, *body: Any) -> None:
            original(namespace, identifier, *body)
            log.append((time.monotonic(), namespace, identifier, None if is_gone else body[0]))

        return changed

    store.add_collection, store.replace_collection = noted(store.add_collection), noted(store.replace_collection)
    store.remove_collection = noted(store.remove_collection, is_gone=True)

    def collections(namespace: str) -> list[Body]:
        until = time.monotonic() - LATE
        known = {identifier: body for moment, owner, identifier, body in log if owner == namespace and moment < until}
        return [body for body in known.values() if body is not None]

    store.collections = collections


LATE = 0.02
LATE_LISTS = Fault("lists-lag-behind", "", installed=_late_lists)
# fmt: off
VARIANTS = {
    "nothing-empty-is-shown": Fault("", "", installed=_shown(_without_empty)),
    "whole-seconds-in-another-zone": Fault("", "", installed=_shown(_other_times)),
    "times-without-an-offset": Fault("", "", installed=_shown(_local_times)),
    "lists-with-fewer-digits": Fault("", "", installed=_change_entries(_milliseconds_when_listed)),
    "lists-without-lineage": Fault("", "", installed=_change_entries(lambda entry: without(entry, "source_lineage", "updated_at", "schema_version"))),
    "counts-that-change": Fault("", "", installed=_shown(_counted)),
    "defaults-of-taxonomies": Fault("", "", installed=_shown(_defaults_of_taxonomies)),
    "names-once": Fault("", "", installed=_names_once),
    "newest-first": Fault("", "", installed=_newest_first),
    "an-empty-last-page": Fault("", "", installed=_change_pages(_empty_last_page)),
    "numbered-pages": Fault("", "", installed=_change_pages(_numbered_pages)),
    "no-statistics": Fault("", "", installed=_change_pages(lambda page, _query: without(page, "stats"))),
    "statistics-null": Fault("", "", installed=_change_pages(lambda page, _query: {**page, "stats": None})),
    "rounded-statistics": Fault("", "", installed=_change_pages(_rounded)),
    "totals-as-floats": Fault("", "", installed=_change_pages(lambda page, _query: {**page, "total_count": float(page["total_count"])})),
    "a-generous-search": Fault("", "", installed=_generous_search),
    "strict-updates": Fault("", "", details=_strict_updates),
    "updated-metadata": Fault("", "", installed=_updated_metadata),
}
# fmt: on
