"""Named faults of the lineage of documents and of what lists of documents tell beside them, in the edition of 2026-01."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from conformance.contracts.collections.reference.app import Body, Call, Reference
from conformance.contracts.collections.reference.fault import Fault
from conformance.contracts.collections.reference.hooks import (
    Handler,
    Installed,
    change_answer,
    change_handlers,
    change_page,
    place_of,
)
from conformance.contracts.collections.reference.refusals import Refusal

_LINEAGE = "get_document_lineage"


def _shown(change: Callable[[Body], Any]) -> Installed:
    return change_answer(_LINEAGE, change)


def _steps(change: Callable[[list[Body]], list[Body]]) -> Installed:
    return _shown(lambda lineage: {**lineage, "steps": change(lineage["steps"])})


def _refuse_plain(_reference: Reference, original: Handler, call: Call) -> Body:
    lineage = original(call)
    if not lineage["steps"]:
        raise Refusal(404, "this document has no lineage")
    return lineage


def _even_unknown(_reference: Reference, original: Handler, call: Call) -> Body:
    try:
        return original(call)
    except Refusal:
        return {"document_id": call.path["document"], "steps": []}


def _anywhere(reference: Reference, original: Handler, call: Call) -> Body:
    try:
        return original(call)
    except Refusal:
        owner = reference.service.store.owner("documents", call.path["document"])
        if (
            owner is None
            or owner[0] != call.namespace
            or reference.service.store.collection(call.namespace, call.path["collection"]) is None
        ):
            raise
        return original(replace(call, path={**call.path, "collection": owner[1]}))


def _in_any_namespace(reference: Reference, original: Handler, call: Call) -> Body:
    owner = reference.service.store.owner("documents", call.path["document"])
    return original(call if owner is None else replace(call, namespace=owner[0]))


def _by_read(change: Callable[[Reference, list[Body], Body, Call], Body]) -> Installed:
    """Change what is answered by all lineages that were read before."""

    def installed(reference: Reference) -> None:
        before: list[Body] = []

        def changed(_reference: Reference, original: Handler, call: Call) -> Body:
            lineage = original(call)
            answer = change(reference, before, lineage, call)
            before.append(lineage)
            return answer

        change_handlers(_LINEAGE, change=changed)(reference)

    return installed


def _remembered(reference: Reference) -> None:
    """Answer what was read once, also when the document was deleted."""
    known: dict[str, Body] = {}

    def changed(_reference: Reference, original: Handler, call: Call) -> Body:
        key = f"{place_of(call)}"
        if key not in known:
            known[key] = original(call)
        return known[key]

    change_handlers(_LINEAGE, change=changed)(reference)


def _touch(reference: Reference, _before: list[Body], lineage: Body, call: Call) -> Body:
    reference.service.patch_document(*place_of(call), {})
    return lineage


def _forget_chain(reference: Reference, _before: list[Body], lineage: Body, call: Call) -> Body:
    """Take a step of the document's own chain away with each read."""
    document = reference.service.get_document(*place_of(call))
    document["_internal"]["lineage"]["chain"] = document["_internal"]["lineage"]["chain"][1:]
    reference.service.store.replace_document(*place_of(call), document)
    return lineage


def _again(_reference: Reference, before: list[Body], lineage: Body, _call: Call) -> Body:
    """Let the steps of a document grow with each read of its lineage."""
    reads = sum(earlier["document_id"] == lineage["document_id"] for earlier in before)
    return {**lineage, "steps": lineage["steps"] * (reads + 1)}


def _of_the_last(_reference: Reference, before: list[Body], lineage: Body, _call: Call) -> Body:
    return {**lineage, "steps": [*lineage["steps"], *(before[-1]["steps"] if before else ()), *({"document_id": earlier["document_id"]} for earlier in before[-1:])]}  # fmt: skip


def _of_the_first(_reference: Reference, before: list[Body], lineage: Body, _call: Call) -> Body:
    return before[0] if before else lineage


def _of_step(step: Body) -> str:
    return str(step["collection_id"])


def _root(name: str) -> Installed:
    return _shown(lambda lineage: {**lineage, "root": {**lineage["root"], name: None}, "path": None})


def _stats(change: Callable[[Body, Body], Body]) -> Installed:
    """Change the statistics of a page."""
    return change_page(lambda page, _query, _body: {**page, "stats": {**page["stats"], **change(page["stats"], page)}})


def _pages(change: Callable[[int, int], int]) -> Installed:
    """Change the number of pages: by the total and the size of a page."""

    def changed(pagination: Body) -> Body:
        total = pagination["total"]
        return pagination if total is None else {**pagination, "total_pages": change(total, pagination["page_size"])}

    return change_page(lambda page, _query, _body: {**page, "pagination": changed(page["pagination"])})


def _found(change: Callable[[list[Body]], list[Body]]) -> Installed:
    return change_page(lambda page, _query, body: {**page, "results": change(page["results"])} if body.get("search") else page)


LINEAGE_FAULTS: tuple[Fault, ...] = (
    Fault("lineage-of-plain-document-missing", "documents.lineage.answers", "edge", installed=change_handlers(_LINEAGE, change=_refuse_plain)),
    Fault("lineage-is-a-list", "documents.lineage.answers", installed=_shown(lambda lineage: lineage["steps"])),
    Fault("lineage-of-unknown-is-empty", "documents.lineage.unknown", installed=change_handlers(_LINEAGE, change=_even_unknown)),
    Fault("lineage-outlives-document", "documents.lineage.unknown", "edge", installed=_remembered),
    Fault("lineage-through-any-collection", "documents.lineage.wrong-collection", installed=change_handlers(_LINEAGE, change=_anywhere)),
    Fault("lineage-without-steps", "documents.lineage.shows-steps", installed=_steps(lambda _steps: [])),
    Fault("lineage-ends-a-step-early", "documents.lineage.shows-steps", "edge", installed=_steps(lambda steps: steps[:-1])),
    Fault("lineage-begins-a-step-late", "documents.lineage.shows-steps", "edge", installed=_steps(lambda steps: steps[1:])),
    Fault("lineage-of-the-first-read", "documents.lineage.shows-steps", "rare", installed=_by_read(_of_the_first)),
    Fault("lineage-steps-reversed", "documents.lineage.steps-in-order", installed=_steps(lambda steps: steps[::-1])),
    Fault("lineage-steps-by-id", "documents.lineage.steps-in-order", "edge", installed=_steps(lambda steps: sorted(steps, key=_of_step))),
    Fault("lineage-steps-by-id-backwards", "documents.lineage.steps-in-order", "edge", installed=_steps(lambda steps: sorted(steps, key=_of_step, reverse=True))),
    Fault("lineage-last-step-first", "documents.lineage.steps-in-order", "edge", installed=_steps(lambda steps: [*steps[-1:], *steps[:-1]])),
    Fault("lineage-without-root-bucket", "documents.lineage.shows-root", installed=_root("bucket_id")),
    Fault("lineage-without-root-object", "documents.lineage.shows-root", "edge", installed=_root("object_id")),
    Fault("lineage-with-that-of-the-last", "documents.lineage.only-own", "edge", installed=_by_read(_of_the_last)),
    Fault("lineage-read-touches-document", "documents.lineage.safe", installed=_by_read(_touch)),
    Fault("lineage-read-uses-up-steps", "documents.lineage.safe", "edge", installed=_by_read(_forget_chain)),
    Fault("lineage-grows-with-reads", "documents.lineage.safe", "edge", installed=_by_read(_again)),
    Fault("lineage-in-any-namespace", "namespaces.isolates-documents", "edge", installed=change_handlers(_LINEAGE, change=_in_any_namespace)),
)  # fmt: skip
LIST_FAULTS: tuple[Fault, ...] = (
    Fault("list-groups-by-another-field", "list.group-field", "edge",
          installed=change_page(lambda page, _query, body: {**page, "group_by_field": body.get("group_by") and "document_id"})),
    Fault("list-without-groups-names-field", "list.group-field",
          installed=change_page(lambda page, _query, _body: {**page, "group_by_field": page["group_by_field"] or "collection_id"})),
    Fault("list-stats-of-nothing", "list.statistics", installed=_stats(lambda _stats, _page: {"total_documents": 0})),
    Fault("list-stats-count-documents-as-groups", "list.statistics", "edge",
          installed=_stats(lambda stats, _page: {"total_groups": stats["total_groups"] and stats["total_documents"]})),
    Fault("list-stats-average-upside-down", "list.statistics", "rare",
          installed=_stats(lambda stats, _page: {"avg_documents_per_group": stats["total_groups"] and stats["total_groups"] / stats["total_documents"]})),
    Fault("list-pages-rounded-down", "list.page-count", "edge", installed=_pages(lambda total, size: total // size)),
    Fault("list-pages-one-too-many", "list.page-count", installed=_pages(lambda total, size: total // size + 2)),
    Fault("search-finds-twice", "list.search", "edge", installed=_found(lambda found: [*found, *found[:1]])),
    Fault("search-finds-anything", "list.search",
          installed=_found(lambda found: [*found, {**found[0], "document_id": "doc_of_another_collection"}] if found else found)),
)  # fmt: skip
