"""Our own document with a few things changed, for the tests of what is compared with it."""

import copy

from conformance.cli.commands.spec import facts_of
from conformance.contracts.collections import openapi
from conformance.contracts.collections.contract import CONTRACT
from conformance.openapi_lint.check import check
from conformance.openapi_lint.document import Document
from conformance.openapi_lint.finding import Kind

FACTS = facts_of(CONTRACT)
COLLECTIONS, COLLECTION = "/v1/collections/create", "/v1/collections/{collection_id}"
DOCUMENTS = "/v1/collections/{collection_identifier}/documents"
LIST, DOCUMENT = f"{DOCUMENTS}/list", f"{DOCUMENTS}/{{document_id}}"
SCHEMAS = ("components", "schemas")
REQUEST = (*SCHEMAS, "CreateCollectionRequest")
CREATE = "POST /v1/collections/create"


def compared(root, version="3.1.0"):
    """Return the differences of a document from ours."""
    return [finding for finding in check(Document(root, version), FACTS).findings if finding.kind == Kind.OPERATION]


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
    return compared(root)


def differences(*changes):
    """Return grade, subject and message of the differences."""
    return [(str(finding.grade), finding.subject, finding.message) for finding in changed(*changes)]


def messages(*changes):
    """Return grade and message of the differences."""
    return [(grade, message) for grade, _subject, message in differences(*changes)]


def assert_weighs(change, grade, message):
    """Assert that a change makes a difference of a grade with a message, or at most notes if the grade is None."""
    differing = differences(change)
    if grade is None:
        assert {difference[0] for difference in differing} <= {"note"}
    else:
        assert (grade, message) in [(difference[0], difference[2]) for difference in differing]
