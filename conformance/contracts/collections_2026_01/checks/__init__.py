"""All checks of the edition: those of the first one that still hold, and its own, by chapter."""

from dataclasses import replace

from conformance.contracts.collections.checks import CHECKS as FIRST
from conformance.contracts.collections_2026_01.checks import (
    batches,
    bucket_updates,
    buckets,
    collection_lists,
    collection_names,
    collection_pages,
    collection_updates,
    collections,
    document_lineage,
    document_lists,
    protocol,
)
from conformance.engine.checks import Checks

_CHAPTERS = (
    protocol, collections, collection_lists, collection_pages, collection_updates, collection_names, buckets, bucket_updates,
    document_lineage, document_lists, batches,
)  # fmt: skip
_UNREADABLE = (
    "buckets.create.response-schema", "buckets.get.equals-created", "buckets.patch.merges", "buckets.put.changes",
    "documents.lineage.answers", "collections.list.response-schema", "collections.update.applies", "collections.update.then-read",
)  # fmt: skip
_BY_CONTEXT = (
    "buckets.get.", "buckets.patch.", "buckets.put.", "buckets.update.", "buckets.delete.", "documents.lineage.",
    "collections.list.", "collections.update.", "collections.by-name.",
)  # fmt: skip
_SCOPE = replace(
    FIRST.scope,
    unreadable=FIRST.scope.unreadable + _UNREADABLE + batches.UNREADABLE,
    by_context=FIRST.scope.by_context + _BY_CONTEXT,
)


def without(gone: frozenset[str]) -> Checks:
    """Return the checks of the first edition without those of what is gone, and those of this one."""
    return Checks(FIRST, *(chapter.CHECKS for chapter in _CHAPTERS), scope=_SCOPE, without=gone)
