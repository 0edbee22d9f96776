"""Our own document with a few things changed, for the tests of what is compared with it."""

import copy

from conformance.contracts.collections import openapi
from conformance.openapi_lint.check import check
from conformance.openapi_lint.document import Document
from conformance.openapi_lint.finding import Kind

COLLECTIONS, COLLECTION = "/v1/collections/create", "/v1/collections/{collection_id}"
DOCUMENTS = "/v1/collections/{collection_identifier}/documents"
LIST, DOCUMENT = f"{DOCUMENTS}/list", f"{DOCUMENTS}/{{document_id}}"
SCHEMAS = ("components", "schemas")
REQUEST = (*SCHEMAS, "CreateCollectionRequest")
CREATE = "POST /v1/collections/create"


def changed(*changes):
    """Return the findings on our document with values put at places, or taken out (None)."""
    root = copy.deepcopy(openapi.DOCUMENT.content)
    for *way, last, value in changes:
        node = root
        for step in way:
            node = node[step]
        if value is None:
            del node[last]
        else:
            node[last] = value
    return [one for one in check(Document(root, "3.1.0")).findings if one.kind == Kind.OPERATION]


def said_of(*changes):
    """Return grade, subject and message of the differences."""
    return [(str(one.grade), one.subject, one.message) for one in changed(*changes)]


def said(*changes):
    """Return grade and message of the differences."""
    return [(grade, message) for grade, _subject, message in said_of(*changes)]
