"""What requests of the API hold: checks that are functions of a value, and say whether it is right."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

Check = Callable[[Any], bool]
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


def text(value: Any) -> bool:
    """Whether it is a string."""
    return isinstance(value, str)


def truth(value: Any) -> bool:
    """Whether it is a boolean."""
    return isinstance(value, bool)


def number(value: Any) -> bool:
    """Whether it is a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def anything(_value: Any) -> bool:
    """Whether it is there."""
    return True


def table(value: Any) -> bool:
    """Whether it is an object."""
    return isinstance(value, dict)


def time(value: Any) -> bool:
    """Whether it is a time of RFC 3339."""
    if not text(value) or not _TIME.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value.upper())
    except ValueError:
        return False
    return True


def whole(least: int) -> Check:
    """Return a check for integers from `least` on; 5.0 is one."""
    return lambda value: number(value) and value == int(value) and value >= least


def one_of(*words: str) -> Check:
    """Return a check for one of these words."""
    return lambda value: value in words if text(value) else False


def optional(check: Check) -> Check:
    """Return a check that takes null too."""
    return lambda value: value is None or check(value)


def list_of(check: Check) -> Check:
    """Return a check for lists."""
    return lambda value: isinstance(value, list) and all(map(check, value))


def table_of(check: Check) -> Check:
    """Return a check for objects with any keys."""
    return lambda value: table(value) and all(map(check, value.values()))


def record(needed: dict[str, Check], others: dict[str, Check]) -> Check:
    """Return a check for objects that have the needed keys; keys that are not named may hold anything."""
    checks = needed | others
    return lambda value: (
        table(value) and needed.keys() <= value.keys() and all(check(value[key]) for key, check in checks.items() if key in value)
    )


OPERATORS = (
    "eq",
    "ne",
    "gt",
    "lt",
    "gte",
    "lte",
    "in",
    "nin",
    "contains",
    "starts_with",
    "ends_with",
    "regex",
    "exists",
    "is_null",
    "text",
)
CONDITION = record({"field": text}, {"operator": one_of(*OPERATORS), "value": anything})
DEEPEST = 100


def group(value: Any, depth: int = 0) -> bool:
    """Whether it is a group of a filter."""
    if not table(value) or depth > DEEPEST or {"field", "operator", "value"} & value.keys():
        return False
    members = [value[key] for key in ("AND", "OR", "NOT") if value.get(key) is not None]
    return optional(truth)(value.get("case_sensitive")) and all(
        isinstance(listed, list) and all(CONDITION(member) or group(member, depth + 1) for member in listed) for listed in members
    )


def source(value: Any) -> bool:
    """Whether it is a source that names something."""
    fields = {name: optional(text) for name in ("bucket_id", "prefix_key", "collection_id")}
    is_one = record({"type": one_of("bucket", "collection")}, {**fields, "filters": optional(group)})(value)
    return is_one and bool(value.get(f"{value['type']}_id"))


EXTRACTOR = record({"feature_extractor_name": text, "version": text}, {
    "parameters": table, "input_mapping": table_of(text), "output_mapping": table_of(text),
    "document_output_type": optional(one_of("single", "multiple")),
    "document_input_handling": optional(one_of("individual", "grouped")),
    "document_output_handling": optional(one_of("create_new")),
})  # fmt: skip
EVENT = record({"collection": text, "action": text}, {
    "recompute_strategy": one_of("immediate", "background", "lazy"), "retriever_id": optional(text),
})  # fmt: skip
RETRIEVER = record({}, {"enabled": truth, "ttl_seconds": optional(whole(0)), "score_threshold": optional(number)})
CACHE = record({}, {
    "enabled": truth, "ttl_seconds": whole(0), "max_entries_per_key": whole(1), "score_threshold": optional(number),
    "invalidation_strategy": one_of("replace_if_better", "replace_always", "keep_existing"),
    "invalidation_events": list_of(EVENT), "retriever_configs": table_of(RETRIEVER),
})  # fmt: skip
COLLECTION = record({"collection_name": text, "source": source, "feature_extractors": list_of(EXTRACTOR)}, {
    "description": optional(text), "enabled": truth, "metadata": optional(table), "cache_config": optional(CACHE),
    "taxonomy_applications": list_of(record({"taxonomy_id": text}, {"output_collection": optional(text)})),
    "document_handling": optional(record({}, {"output_type": optional(one_of("single", "multiple"))})),
})  # fmt: skip
STEP = record({"collection_id": text, "feature_extractor_id": text}, {"document_id": optional(text), "timestamp": time})
BLOB = record({"field": text, "url": text}, {
    "role": one_of("source", "processed", "thumbnail", "artifact", "aux"),
    "type": one_of("video", "image", "audio", "text", "pdf", "other"), "size_bytes": optional(whole(0)), "created_at": optional(time),
    **{name: optional(text) for name in ("filename", "content_type", "checksum", "source_blob_id")},
})  # fmt: skip
FIELDS = {
    **{name: optional(text) for name in ("root_object_id", "root_bucket_id", "source_collection_id", "source_document_id",
                                         "source_object_id", "lineage_path")},
    "source_type": optional(one_of("bucket", "collection")), "document_schema_version": optional(one_of("v1", "v2")),
    "lineage_chain": list_of(STEP), "metadata": table, "document_blobs": list_of(BLOB),
    "features": list_of(record({"feature_extractor_id": text}, {"payload": table, "vectors": optional(table)})),
}  # fmt: skip
DOCUMENT = record({"collection_id": text}, FIELDS)
CHANGES = record({}, {"collection_id": text, **FIELDS})
