"""The checks: pure functions of an exchange. Each names the requirement that it judges; none sends a request."""

from conformance.contracts.collections.checks import (
    auth,
    cache_config,
    collections,
    documents,
    errors,
    feature_extractors,
    filter_evaluation,
    filters,
    http,
    internal,
    json,
    leaks,
    lineage,
    lists,
    metamorphic,
    namespaces,
    pages,
    reading,
    robustness,
    side_effects,
    source,
    updates,
)
from conformance.engine.checks import Checks, Scope

_GENERAL = ("http.no-server-error", "http.json-content-type", "http.status-documented", "errors.")
_UNREADABLE = ("collections.create.response-schema", "documents.create.response-schema", "list.response-schema",
               "collections.get.equals-created", "documents.get.equals-created", "documents.patch.merges",
               "documents.put.replaces")  # fmt: skip
_BY_CONTEXT = ("list.", "filters.eval.", "filters.laws.", "documents.get.", "documents.update.", "documents.patch.", "documents.put.",
               "documents.delete.", "collections.get.", "collections.delete.", "lineage.extends-parent", "namespaces.", "auth.no-effect",
               "errors.rejected-leaves-nothing", "internal.")  # fmt: skip
_CHAPTERS = (http, json, errors, auth, namespaces, collections, source, filters, feature_extractors, cache_config, lineage, documents,
             internal, reading, lists, pages, filter_evaluation, metamorphic, updates, robustness, leaks, side_effects)  # fmt: skip

CHECKS = Checks(*(chapter.CHECKS for chapter in _CHAPTERS), scope=Scope(("http.",), _GENERAL, _UNREADABLE, _BY_CONTEXT))
