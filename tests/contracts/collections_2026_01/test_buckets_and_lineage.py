"""Buckets, lineages and what lists tell: a server that uses a freedom of the edition is not reported."""

import json

import pytest
from harness import Harness, explained

from conformance.contracts.collections.reference.fault import Fault
from conformance.contracts.collections.reference.hooks import change_answer, change_handlers, change_page
from conformance.contracts.collections.reference.refusals import Refusal
from conformance.contracts.collections_2026_01.contract import CONTRACT

EDITION = Harness(CONTRACT)
BUCKETS = ("create_bucket", "get_bucket", "put_bucket", "patch_bucket")
LINEAGE = "get_document_lineage"


def sent(call):
    """Return the object that a call sends, or an empty one."""
    try:
        body = json.loads(call.body)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def shown(change, *operations):
    """Change how buckets are shown by all operations."""
    return change_handlers(*(operations or BUCKETS), change=lambda _reference, original, call: change(original(call)))


def together(*installed):
    def install(reference):
        for change in installed:
            change(reference)

    return install


def _without_empty(bucket):
    return {key: value for key, value in bucket.items() if value not in (None, {}, "")}


def _with_more(bucket):
    fields = {
        name: {"default": None, "required": False, "x": 1, **field} for name, field in bucket["bucket_schema"]["properties"].items()
    }
    more = {"batch_stats": {"total": 0}, "storage_stats": None, "x_more": {"a": [None]}, "last_upload_at": None}
    key = bucket["unique_key"] and {**bucket["unique_key"], "fields": sorted(bucket["unique_key"]["fields"]), "x": 1}
    schema = {"properties": {**fields, "_added": {"type": "string"}}, "x": 1}
    return {**bucket, **more, "bucket_schema": schema, "unique_key": key, "is_locked": None}


def _with_other_times(bucket):
    return {**bucket, **{key: bucket[key][:19] + "+00:00" for key in ("created_at", "updated_at")}}


def merging(merge, *, emptied=False):
    """Merge given metadata into the old ones; `emptied` empties what a put does not give."""

    def changed(reference, original, call):
        service, place = reference.service, (call.namespace, call.path["bucket"])
        before, given = service.get_bucket(*place), sent(call)
        after = original(call)
        if isinstance(given.get("metadata"), dict):
            after = {**after, "metadata": merge(before["metadata"], given["metadata"])}
        if emptied and call.operation == "put_bucket":
            after = {**after, "description": given.get("description"), "metadata": given.get("metadata", {})}
        service.store.replace_bucket(*place, after)
        return after

    return change_handlers("patch_bucket", "put_bucket", change=changed)


def _deep(before, given):
    both = {
        key: _deep(before[key], value)
        for key, value in given.items()
        if isinstance(value, dict) and isinstance(before.get(key), dict)
    }
    return {**before, **given, **both}


def _only_metadata(_reference, original, call):
    """Take nothing but metadata, and no patch that gives nothing."""
    if set(sent(call)) != {"metadata"}:
        raise Refusal(422, "only metadata can be changed")
    return original(call)


def unique_names(status):
    """Refuse a name that is taken, by creates and by changes."""

    def install(reference):
        def refuse_taken(_reference, original, call):
            name = sent(call).get("bucket_name")
            rows = reference.service.store._all("SELECT id FROM buckets WHERE json_extract(body, '$.bucket_name') = ?", str(name))
            if rows and rows[0][0] != call.path.get("bucket"):
                raise Refusal(status, "the name is taken")
            return original(call)

        change_handlers("create_bucket", "put_bucket", "patch_bucket", change=refuse_taken)(reference)

    return install


def deleting_later(reads, status):
    """Show a deleted bucket for some reads as it was, and then with a status; without one as unknown."""

    def install(reference):
        doomed, seen = {}, {}

        def delete(_reference, original, call):
            bucket = reference.service.get_bucket(call.namespace, call.path["bucket"])
            answer = original(call)
            doomed[call.namespace, call.path["bucket"]] = bucket
            return answer

        def read(_reference, original, call):
            place = call.namespace, call.path["bucket"]
            if place not in doomed:
                return original(call)
            seen[place] = seen.get(place, 0) + 1
            if seen[place] <= reads:
                return doomed[place]
            return {**doomed[place], "status": status} if status else original(call)

        change_handlers("delete_bucket", change=delete)(reference)
        change_handlers("get_bucket", change=read)(reference)

    return install


def _as_tree(lineage):
    """Nest the steps, the last one outermost."""
    tree = {"bucket": lineage["root"]["bucket_id"], "object": lineage["root"]["object_id"]}
    for step in lineage["steps"]:
        tree = {"made_in": step["collection_id"], "by": step["feature_extractor_id"], "from": tree}
    return {"id": lineage["document_id"], "from": tree}


def _as_graph(lineage):
    steps, root = lineage["steps"], lineage["root"]
    nodes = {step["collection_id"]: {"kind": "collection", "at": number} for number, step in reversed(list(enumerate(steps)))}
    edges = [
        {"to": after["collection_id"], "from": before["collection_id"]} for before, after in zip(steps, steps[1:], strict=False)
    ][::-1]
    return {
        "nodes": {**nodes, **{str(name): {"kind": "root"} for name in root.values() if name}},
        "edges": edges,
        "took_ms": id(nodes) % 97,
    }


def _as_path(lineage):
    parts = [*lineage["root"].values(), *(step["collection_id"] for step in lineage["steps"]), lineage["collection_id"]]
    return {"path": "/".join(part for part in parts if part), "depth": len(parts), "request": f"req_{id(parts)}"}


def _with_stages(lineage):
    stages = [{"stage": number, "step": step, "done_at": lineage["traced_at"]} for number, step in enumerate(lineage["steps"])]
    return {"success": True, "data": {**lineage, "steps": stages, "documents": [{"document_id": lineage["document_id"]}]}}


def _of_known_objects(_reference, original, call):
    """Find no lineage where nobody has made the root object."""
    lineage = original(call)
    if lineage["root"]["object_id"]:
        raise Refusal(404, "there is no such object")
    return lineage


def _bare(page):
    return {key: value for key, value in page.items() if key not in ("stats", "group_by_field")}


def _counted_pages(page, query):
    pages = {"page": None, "page_size": len(page.get("results") or ()), "total_pages": None if page["pagination"]["total"] is None else
             max(1, -(-page["pagination"]["total"] // query.limit))}  # fmt: skip
    stats = {
        "total_documents": page["stats"]["total_documents"],
        "avg_documents_per_group": round(page["stats"]["avg_documents_per_group"] or 0, 2),
    }
    return {**page, "pagination": {**page["pagination"], **pages}, "stats": stats}


def _refuse_search(_reference, original, call):
    if b'"search"' in call.body:
        raise Refusal(400, "search needs an index")
    return original(call)


def _shaped(change):
    return change_answer(LINEAGE, change)


VARIANTS = {
    "nothing that is empty": shown(_without_empty),
    "more fields, and sorted keys": shown(_with_more),
    "times without fractions": shown(_with_other_times),
    "metadata merged": merging(lambda before, given: {**before, **given}),
    "metadata merged at every depth": merging(_deep),
    "a put empties what it does not give": merging(lambda _before, given: given, emptied=True),
    "patches of metadata alone": change_handlers("patch_bucket", change=_only_metadata),
    "names are unique: 409": unique_names(409),
    "names are unique: 400": unique_names(400),
    "deleted later, and then unknown": deleting_later(2, None),
    "deleted later, for ever in progress": deleting_later(1, "IN_PROGRESS"),
    "a lineage as a tree": _shaped(_as_tree),
    "a lineage as a graph": _shaped(_as_graph),
    "a lineage as a path": _shaped(_as_path),
    "a lineage of stages in an envelope": _shaped(_with_stages),
    "a lineage of known objects alone": change_handlers(LINEAGE, change=_of_known_objects),
    "lists without details": change_page(lambda page, _query, _body: _bare(page)),
    "lists that count otherwise": change_page(lambda page, query, _body: _counted_pages(page, query)),
    "lists that cannot be searched": change_handlers("list_documents", change=_refuse_search),
}


def judged(transport, *folders, seed="1"):
    """Run the scenarios of some profiles."""
    with transport as opened:
        run = EDITION.begun(opened, seed=seed)
        for name, scenario in EDITION.scenarios().items():
            if name.startswith(folders):
                run.begin(name)
                scenario(run)
    return run


@pytest.mark.parametrize("name", VARIANTS)
def test_a_freedom_is_not_reported(name):
    fault = Fault(name, breaks="", installed=VARIANTS[name])
    folders = ("document-lineage",) if "lineage" in name else ("query/test_",) if name.startswith("lists") else ("bucket", "auth")
    assert explained(judged(EDITION.reference(fault), *folders, "namespaces", seed=name)) == ""


def test_all_freedoms_that_go_together_are_not_reported():
    names = ("nothing that is empty", "times without fractions", "metadata merged", "names are unique: 409", "deleted later, and then unknown",
             "a lineage as a tree", "lists without details")  # fmt: skip
    fault = Fault("together", breaks="", installed=together(*(VARIANTS[name] for name in names)))
    assert explained(EDITION.judged(EDITION.reference(fault))) == ""
