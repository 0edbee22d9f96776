"""Named faults of creating a collection, in the edition of 2026-01."""

from collections.abc import Callable

from conformance.contracts.collections.reference.app import Body, Details
from conformance.contracts.collections.reference.fault import Fault
from conformance.contracts.collections.reference.hooks import PROBLEM

Made = Callable[[str, Body, Body], Body]


def _made(change: Callable[[Body, Body], Body]) -> Made:
    """Change what is made of a collection: the request, and what it became."""
    return lambda operation, sent, made: {**made, **change(sent, made)} if operation == "create_collection" else made


def _extractor(change: Callable[[Body], Body]) -> Made:
    """Change the extractor as it is shown."""
    return _made(lambda _sent, made: {"feature_extractor": {**made["feature_extractor"], **change(made["feature_extractor"])}})


def _source(change: Callable[[Body], Body]) -> Made:
    """Change the collection's own source, and leave that of its lineage as it is."""
    return _made(lambda _sent, made: {"source": {**made["source"], **change(made["source"])}})


def _last_source(change: Callable[[Body], Body]) -> Made:
    """Change the source in the last entry of the lineage."""
    return _last_entry(lambda entry: {"source_config": {**entry["source_config"], **change(entry["source_config"])}})


def _last_entry(change: Callable[[Body], Body]) -> Made:
    return _made(
        lambda _sent, made: {
            "source_lineage": [*made["source_lineage"][:-1], {**made["source_lineage"][-1], **change(made["source_lineage"][-1])}]
        }
    )


def _clusters(change: Callable[[list[Body]], list[Body]]) -> Made:
    return _made(lambda _sent, made: {"cluster_applications": change(made["cluster_applications"])})


def _alerts(change: Callable[[list[Body]], list[Body]]) -> Made:
    return _made(lambda _sent, made: {"alert_applications": change(made["alert_applications"] or [])})


def _lenient(*names: str, kinds: tuple[str, ...] = ("",)) -> Callable[[str, Body, Details], Details]:
    """Forget the problems that validation found with fields of these names."""
    return lambda _operation, _body, details: [
        detail for detail in details if not (set(names) & set(map(str, detail["loc"])) and detail["type"].startswith(kinds))
    ]


def _fill_in(place: str, **more: object) -> Callable[[str, Body], Body]:
    """Fill in fields of an object at the root that are missing."""
    return lambda operation, body: (
        {**body, place: {**more, **body[place]}} if operation == "create_collection" and isinstance(body.get(place), dict) else body
    )


def _cut_name(operation: str, body: Body) -> Body:
    """Cut a long name instead of refusing it, and lengthen a short one."""
    name = body.get("collection_name")
    return (
        {**body, "collection_name": name[:100].ljust(3, "_")}
        if operation == "create_collection" and isinstance(name, str)
        else body
    )


def _known_type(operation: str, body: Body) -> Body:
    """Take each source of an unknown type for one of a bucket."""
    source = body.get("source") if operation == "create_collection" else None
    is_unknown = isinstance(source, dict) and isinstance(source.get("type"), str) and source["type"] not in ("bucket", "collection")
    return {**body, "source": {**source, "type": "bucket"}} if is_unknown and isinstance(source, dict) else body


def _orphan(operation: str, body: Body) -> Body:
    """Make a collection of a parent that nobody made one of a bucket, as if that had been asked for."""
    source = body.get("source") if operation == "create_collection" else None
    is_invented = isinstance(source, dict) and str(source.get("collection_id")).startswith(("col_no_such", "col_0000"))
    return {**body, "source": {"type": "bucket", "bucket_ids": ["bkt_any"]}} if is_invented else body


def _in_bounds(operation: str, body: Body) -> Body:
    """Put numbers of applications that are out of bounds to the nearest bound."""
    if operation != "create_collection":
        return body
    return {**body, **{key: [_bounded(item) for item in body[key]] for key in _APPLICATIONS if isinstance(body.get(key), list)}}


_APPLICATIONS = ("taxonomy_applications", "cluster_applications", "alert_applications")


def _bounded(item: object) -> object:
    if not isinstance(item, dict):
        return item
    bounds = {"priority": (0, 1000), "execution_phase": (1, 3)}
    return {
        **item,
        **{key: min(max(item[key], least), most) for key, (least, most) in bounds.items() if type(item.get(key)) is int},
    }


def _first_mode(operation: str, body: Body) -> Body:
    """Take a mode or a style that is none of the named ones for one that was not given."""
    if operation != "create_collection":
        return body
    modes = {
        "execution_mode": ("materialize", "on_ingest", "scheduled", "on_demand"),
        "hierarchical_enrichment_style": ("full_chain", "best_match", "combined"),
    }

    def cleaned(item: object) -> object:
        if not isinstance(item, dict):
            return item
        return {key: value for key, value in item.items() if key not in modes or not isinstance(value, str) or value in modes[key]}

    return {**body, **{key: [cleaned(item) for item in body[key]] for key in _APPLICATIONS if isinstance(body.get(key), list)}}


def _filters(change: Callable[[Body], Body]) -> Made:
    """Change the filters in the last entry of the lineage."""
    return _last_source(lambda source: {"source_filters": _with_filters(source.get("source_filters"), change)})


def _with_filters(given: Body | None, change: Callable[[Body], Body]) -> Body | None:
    return {"filters": change(given["filters"])} if given and given.get("filters") else given


def _conditions(group: Body, change: Callable[[Body], Body]) -> Body:
    """Change every condition of a group, at any depth."""
    return {
        key: [change(member) if "field" in member else _conditions(member, change) for member in value]
        if isinstance(value, list)
        else value
        for key, value in group.items()
    }


def _depth(group: object) -> int:
    if not isinstance(group, dict) or "field" in group:
        return 0
    members = [member for key in ("AND", "OR", "NOT") if isinstance(group.get(key), list) for member in group[key]]
    return 1 + max((_depth(member) for member in members), default=0)


def _refuse_if(test: Callable[[Body], bool]) -> Callable[[str, Body, Details], Details]:
    """Refuse bodies that are right."""
    return lambda operation, body, details: (
        [PROBLEM] if operation == "create_collection" and not details and test(body) else details
    )


def _filters_of(body: Body) -> object:
    return (body["source"].get("source_filters") or {}).get("filters")


def _request(change: Callable[[Body], Body]) -> Callable[[str, Body], Body]:
    """Change what was read of a request to create a collection."""
    return lambda operation, body: {**body, **change(body)} if operation == "create_collection" else body


COLLECTION_FAULTS: tuple[Fault, ...] = (
    # --- what the first edition has in another shape
    Fault("collections-of-three-fields-refused", "collections.create.accepts-minimal", details=_refuse_if(lambda body: body.keys() == {"collection_name", "source", "feature_extractor"})),
    Fault("collections-without-a-source", "collections.create.response-schema", made=lambda operation, _sent, made: {key: value for key, value in made.items() if key != "source"} if operation == "create_collection" else made),
    Fault("names-in-lower-case", "collections.create.echoes-name", "edge", made=_made(lambda _sent, made: {"collection_name": made["collection_name"].lower()})),
    Fault("name-from-nothing", "collections.create.requires-name", parsed=_request(lambda body: {} if "collection_name" in body else {"collection_name": "untitled"})),
    Fault("source-from-nothing", "collections.create.requires-source", parsed=_request(lambda body: {} if "source" in body else {"source": {"type": "bucket", "bucket_ids": ["bkt_any"]}})),
    Fault("null-description-is-empty", "collections.create.null-is-absent", "edge", made=_made(lambda sent, _made: {"description": ""} if "description" in sent and sent["description"] is None else {})),
    Fault("flags-as-words", "collections.create.strict-scalars", parsed=_request(lambda body: {"enabled": body["enabled"] == "true"} if body.get("enabled") in ("true", "false") else {})),
    Fault("output-schema-of-any-type", "collections.create.output-schema", made=_made(lambda _sent, _made: {"output_schema": {"properties": {"content": {"type": "anything"}}}})),
    Fault("operators-default-to-contains", "filters.operator-default", "edge", made=_filters(lambda group: _conditions(group, lambda condition: {"operator": "contains", **condition}))),
    Fault("filters-mind-case-at-first", "filters.case-sensitive-default", made=_filters(lambda group: {"case_sensitive": True, **group})),
    Fault("filters-of-four-levels-at-most", "filters.accepts-nesting", "edge", details=_refuse_if(lambda body: _depth(_filters_of(body)) > 4)),
    Fault("operands-of-zero-lost", "filters.echoes-verbatim", "edge", made=_filters(lambda group: _conditions(group, lambda condition: {**condition, "value": condition.get("value") or None}))),
    Fault("filtered-buckets-have-two-entries", "lineage.bucket-has-one-entry", "edge", made=_made(lambda sent, made: {"source_lineage": [made["source_lineage"][0], *made["source_lineage"]]} if sent["source"].get("source_filters") and sent["source"]["type"] == "bucket" else {})),
    Fault("parents-are-not-looked-for", "source.unknown-collection", parsed=_orphan),
    # --- the extractor
    Fault("extractor-forgets-its-parameters", "feature-extractor.echoes", made=_extractor(lambda _shown: {"parameters": None})),
    Fault("extractor-swaps-its-mappings", "feature-extractor.echoes", "edge", made=_extractor(lambda shown: {"input_mappings": {value: key for key, value in (shown.get("input_mappings") or {}).items()}})),
    Fault("passthrough-loses-its-last-field", "feature-extractor.echoes", "edge", made=_extractor(lambda shown: {"field_passthrough": (shown.get("field_passthrough") or [])[:1]})),
    Fault("passthrough-forgets-targets", "feature-extractor.echoes", "edge", made=_extractor(lambda shown: {"field_passthrough": [{**field, "target_path": None} for field in shown.get("field_passthrough") or []]})),
    Fault("passthrough-defaults-falsy-are-lost", "feature-extractor.echoes", "rare", made=_extractor(lambda shown: {"field_passthrough": [{**field, "default": field.get("default") or None} for field in shown.get("field_passthrough") or []]})),
    Fault("all-fields-are-never-included", "feature-extractor.echoes", made=_extractor(lambda _shown: {"include_all_source_fields": False})),
    Fault("extractor-version-is-latest", "feature-extractor.echoes", "edge", made=_extractor(lambda _shown: {"version": "v1"})),
    Fault("params-are-parameters", "feature-extractor.echoes", "edge", made=_extractor(lambda shown: {"params": shown.get("parameters") or shown.get("params")})),
    Fault("extractor-without-a-version-is-v1", "feature-extractor.requires-version", parsed=_fill_in("feature_extractor", version="v1")),
    Fault("extractor-without-a-name-is-text", "feature-extractor.requires-name", parsed=_fill_in("feature_extractor", feature_extractor_name="text_extractor")),
    Fault("passthrough-without-a-path", "feature-extractor.requires-passthrough-path", details=_lenient("source_path", kinds=("missing",)), parsed=lambda operation, body: _with_paths(body) if operation == "create_collection" else body),
    Fault("extractor-is-not-needed", "collections.create.requires-feature-extractor", parsed=lambda operation, body: {"feature_extractor": {"feature_extractor_name": "none", "version": "v0"}, **body} if operation == "create_collection" else body),
    # --- the name
    Fault("names-are-cut", "collections.create.name-length", parsed=_cut_name),
    Fault("names-of-two-letters", "collections.create.name-length", "edge", parsed=lambda operation, body: {**body, "collection_name": body["collection_name"] + "_"} if operation == "create_collection" and isinstance(body.get("collection_name"), str) and len(body["collection_name"]) == 2 else body),
    # --- the source
    Fault("source-forgets-its-buckets", "source.comes-back", made=_source(lambda _source: {"bucket_ids": None})),
    Fault("source-is-always-a-bucket", "source.comes-back", "edge", made=_source(lambda _source: {"type": "bucket"})),
    Fault("source-shows-the-parents-source", "source.comes-back", "edge", made=_made(lambda _sent, made: {"source": made["source_lineage"][0]["source_config"]})),
    Fault("source-types-are-any", "source.type-known", parsed=_known_type),
    Fault("bucket-sources-without-buckets", "source.bucket-needs-bucket-ids", details=_lenient("bucket_ids", kinds=("invalid", "value_error", "missing"))),
    Fault("collection-sources-without-collections", "source.collection-needs-a-collection", parsed=lambda operation, body: {**body, "source": {"type": "bucket", "bucket_ids": ["bkt_any"]}} if operation == "create_collection" and isinstance(body.get("source"), dict) and body["source"].get("type") == "collection" and not body["source"].get("collection_id") and not body["source"].get("collection_ids") else body),
    # --- lineage
    Fault("lineage-without-sources", "lineage.entry-fields", made=_made(lambda _sent, made: {"source_lineage": [{key: value for key, value in entry.items() if key != "source_config"} for entry in made["source_lineage"]]})),
    Fault("lineage-without-extractors", "lineage.entry-fields", "edge", made=_made(lambda _sent, made: {"source_lineage": [made["source_lineage"][0], *({key: value for key, value in entry.items() if key != "feature_extractor"} for entry in made["source_lineage"][1:])]})),
    Fault("lineage-has-no-output-schema", "lineage.entry-fields", "edge", made=_last_entry(lambda _entry: {"output_schema": None})),
    Fault("lineage-ends-a-step-early", "lineage.extends-parent", "edge", made=_made(lambda _sent, made: {"source_lineage": made["source_lineage"][-2:]})),
    Fault("lineage-source-is-a-bucket", "lineage.ends-with-source", "edge", made=_last_source(lambda _source: {"type": "bucket"})),
    Fault("lineage-loses-source-filters", "filters.echoes-verbatim", made=_last_source(lambda _source: {"source_filters": None})),
    # --- applications
    Fault("clusters-are-sorted", "collections.create.echoes-applications", "edge", made=_clusters(lambda clusters: sorted(clusters, key=lambda cluster: str(cluster["cluster_id"]), reverse=True))),
    Fault("clusters-lose-their-last", "collections.create.echoes-applications", "edge", made=_clusters(lambda clusters: clusters[:1])),
    Fault("clusters-run-on-each-batch", "collections.create.echoes-applications", "edge", made=_clusters(lambda clusters: [{**cluster, "auto_execute_on_batch": True} for cluster in clusters])),
    Fault("cluster-thresholds-of-zero-are-lost", "collections.create.echoes-applications", "rare", made=_clusters(lambda clusters: [{**cluster, "min_document_threshold": cluster.get("min_document_threshold") or None} for cluster in clusters])),
    Fault("alerts-are-forgotten", "collections.create.echoes-applications", made=_alerts(lambda _alerts: [])),
    Fault("alerts-run-on-ingest", "collections.create.echoes-applications", "edge", made=_alerts(lambda alerts: [{**alert, "execution_mode": "on_ingest"} for alert in alerts])),
    Fault("alert-inputs-lose-constants", "collections.create.echoes-applications", "rare", made=_alerts(lambda alerts: [{**alert, "input_mappings": [{**entry, "source": {**entry["source"], "value": None}} for entry in alert["input_mappings"]]} for alert in alerts])),
    Fault("cooldown-is-an-hour-and-a-second", "collections.create.cluster-defaults", made=_made(lambda sent, made: {"cluster_applications": [{**cluster, **({} if "cooldown_seconds" in given else {"cooldown_seconds": 3601})} for given, cluster in zip(sent.get("cluster_applications") or [], made["cluster_applications"], strict=True)]})),
    Fault("clusters-run-in-phase-one", "collections.create.cluster-defaults", "edge", made=_made(lambda sent, made: {"cluster_applications": [{**cluster, **({} if "execution_phase" in given else {"execution_phase": 1})} for given, cluster in zip(sent.get("cluster_applications") or [], made["cluster_applications"], strict=True)]})),
    Fault("phases-are-put-in-bounds", "collections.create.rejects-out-of-bounds", parsed=_in_bounds),
    Fault("priorities-have-no-end", "collections.create.rejects-out-of-bounds", "edge", details=_lenient("priority", kinds=("less_than",))),
    Fault("thousand-is-no-priority", "collections.create.accepts-valid", "edge", details=_refuse_if(lambda body: any(one.get("priority") == 1000 for one in body.get("taxonomy_applications") or ()))),
    Fault("third-phase-refused", "collections.create.accepts-valid", "edge", details=_refuse_if(lambda body: any(one.get("execution_phase") == 3 for one in body.get("taxonomy_applications") or ()))),
    Fault("modes-are-any", "collections.create.rejects-unknown-modes", parsed=_first_mode),
    Fault("applications-without-ids", "collections.create.requires-application-id", details=_lenient("cluster_id", "alert_id", kinds=("missing",)), parsed=lambda operation, body: _with_ids(body) if operation == "create_collection" else body),
    # --- schemas
    Fault("input-schema-is-absent", "collections.create.input-schema", made=_made(lambda _sent, _made: {"input_schema": None})),
    Fault("input-schema-types-are-upper-case", "collections.create.input-schema", "edge", made=_made(lambda _sent, made: {"input_schema": {"properties": {name: {**field, "type": str(field["type"]).upper()} for name, field in made["input_schema"]["properties"].items()}}})),
)  # fmt: skip


def _with_paths(body: Body) -> Body:
    """Give a path to each field to pass through that has none."""
    extractor = body.get("feature_extractor")
    fields = extractor.get("field_passthrough") if isinstance(extractor, dict) else None
    if not isinstance(extractor, dict) or not isinstance(fields, list):
        return body
    filled = [{"source_path": "", **field} if isinstance(field, dict) else field for field in fields]
    return {**body, "feature_extractor": {**extractor, "field_passthrough": filled}}


def _with_ids(body: Body) -> Body:
    """Give an id to each cluster and alert that has none."""
    ids = {"cluster_applications": "cluster_id", "alert_applications": "alert_id"}
    lists = {key: body[key] for key in ids if isinstance(body.get(key), list)}
    return {
        **body,
        **{key: [{ids[key]: "", **item} if isinstance(item, dict) else item for item in items] for key, items in lists.items()},
    }
