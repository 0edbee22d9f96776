"""What a list of documents tells beside the documents."""

from math import ceil
from typing import Any

from conformance.contracts.collections.reference.listing import Query

Body = dict[str, Any]


def with_details(page: Body, query: Query, body: Body) -> Body:
    """Return a page with statistics, the field that groups, and the numbers of pages."""
    groups = page.get("groups")
    documents = page["results"] if groups is None else [document for group in groups for document in group["documents"]]
    pagination, total = page["pagination"], page["pagination"]["total"]
    pages = None if total is None else ceil(total / query.limit)
    return {
        **page,
        "group_by_field": body.get("group_by"),
        "stats": {
            "total_documents": len(documents),
            "avg_blobs_per_document": 0.0,
            "total_groups": None if groups is None else len(groups),
            "avg_documents_per_group": len(documents) / len(groups) if groups else None,
        },
        "pagination": {**pagination, "page": query.offset // query.limit + 1, "page_size": query.limit, "total_pages": pages},
    }
