"""Permitted variants of the edition of 2026-01: those of the first edition, and its own. None may be reported."""

from collections.abc import Callable
from typing import Any

import variants

from conformance.contracts.collections.reference.fault import Fault
from conformance.contracts.collections.reference.hooks import PROBLEM

Body = dict[str, Any]


def _made(change: Callable[[Body, Body], Body]) -> Callable[[str, Body, Body], Body]:
    """Change what is made of a collection: the request, and what it became."""
    return lambda operation, sent, made: {**made, **change(sent, made)} if operation == "create_collection" else made


def _shown(change: Callable[[Body], Body]) -> Callable[[str, Body, Body], Body]:
    """Change each extractor that is shown, in the lineage too."""

    def changed(_sent: Body, made: Body) -> Body:
        lineage = [{**entry, "feature_extractor": change(entry["feature_extractor"])} for entry in made["source_lineage"]]
        return {"feature_extractor": change(made["feature_extractor"]), "source_lineage": lineage}

    return _made(changed)


def _without_empty(shown: Body) -> Body:
    return {key: value for key, value in shown.items() if value not in (None, [], {})}


def _sources(change: Callable[[Body], Body]) -> Callable[[str, Body, Body], Body]:
    """Change each source that is shown."""

    def changed(_sent: Body, made: Body) -> Body:
        lineage = [{**entry, "source_config": change(entry["source_config"])} for entry in made["source_lineage"]]
        return {"source": change(made["source"]), "source_lineage": lineage}

    return _made(changed)


def _refusing(test: Callable[[Body], bool]) -> Callable[[str, Body, Any], Any]:
    return lambda operation, body, details: (
        [*details, PROBLEM] if operation == "create_collection" and not details and test(body) else details
    )


def _names_odd(body: Body) -> bool:
    return not body["collection_name"].replace("_", "").replace("-", "").isalnum() or not body["collection_name"].isascii()


OWN: dict[str, Fault] = {
    name: Fault(name, "", **hooks)
    for name, hooks in {
        "extractors without what was not given": {"made": _shown(_without_empty)},
        "extractors with everything": {
            "made": _shown(lambda shown: {"params": None, "parameters": None, "input_mappings": {}, "field_passthrough": [],
                                          "include_all_source_fields": False, **shown})
        },
        "extractors with more": {"made": _shown(lambda shown: {**shown, "required_vector_indexes": [], "feature_extractor_id": "x"})},
        "passed fields filled in": {
            "made": _shown(lambda shown: {**shown, "field_passthrough": [{"target_path": None, "default": None, "required": False, **field}
                                                                         for field in shown.get("field_passthrough") or []]})
        },
        "sources with all ids": {
            "made": _sources(lambda source: {"bucket_ids": None, "collection_id": None, "collection_ids": None,
                                             "inherited_bucket_ids": None, "source_filters": None, **source})
        },
        "sources with inherited buckets": {"made": _sources(lambda source: {**source, "inherited_bucket_ids": ["bkt_of_the_parent"]})},
        "filters of a source that are null": {"made": _sources(lambda source: {"source_filters": {"filters": None}, **source})},
        "applications that are null": {
            "made": _made(lambda _sent, made: {key: made[key] or None for key in ("taxonomy_applications", "cluster_applications",
                                                                                  "alert_applications")})
        },
        "applications as they were sent": {
            "made": _made(lambda sent, _made: {key: sent.get(key) or [] for key in ("taxonomy_applications", "cluster_applications",
                                                                                    "alert_applications")})
        },
        "taxonomies filled in": {
            "made": _made(lambda _sent, made: {"taxonomy_applications": [
                {"execution_mode": "materialize", "target_collection_id": None, "scroll_filters": None, "execution_phase": 1, "priority": 0,
                 "hierarchical_enrichment_style": "combined", **taxonomy} for taxonomy in made["taxonomy_applications"] or []]})
        },
        "computed schemas": {
            "made": _made(lambda _sent, _made: {"input_schema": {"properties": {"content": {"type": "text", "required": None, "examples": None}}},
                                                "output_schema": {"properties": {"a": {"type": "float"}}}, "vector_indexes": [{}],
                                                "payload_indexes": [], "document_count": 0, "schema_sync_enabled": True, "last_schema_sync": None})
        },
        "no count of documents": {"made": _made(lambda _sent, _made: {"document_count": None})},
        "odd names refused": {"details": _refusing(_names_odd)},
        "input schemas refused": {"details": _refusing(lambda body: bool(body.get("input_schema")))},
        "parameters refused": {
            "details": _refusing(lambda body: any(body["feature_extractor"].get(key) for key in ("params", "parameters", "input_mappings",
                                                                                                 "field_passthrough")))
        },
        "clusters refused": {"details": _refusing(lambda body: bool(body.get("cluster_applications")))},
        "several buckets refused": {"details": _refusing(lambda body: len(body["source"].get("bucket_ids") or ()) > 1)},
    }.items()
}  # fmt: skip
# What looks into bodies that this edition has in another shape.
_OF_THE_FIRST = frozenset(
    {
        "parents are not deleted",
        "sources without an id are unknown",
        "nulls omitted",
        "more fields than named",
        "deletes answer nothing",
    }
)
VARIANTS: dict[str, Fault] = {**{name: variant for name, variant in variants.VARIANTS.items() if name not in _OF_THE_FIRST}, **OWN}
