"""A bug breaks the requirement that it is about, and no requirement that only sees its consequences."""

import json

import pytest
from harness import judged, reference

from conformance.contracts.collections.reference.fault import Fault
from conformance.contracts.collections.reference.faults import FAULTS
from conformance.contracts.collections.reference.hooks import matching as _matching

NAN = (b"NaN", b"Infinity")


def answers_changed(operation, applies, change):
    def changed(name, body, response):
        status, headers, content = response
        return (status, headers, change(content)) if name == operation and status == 200 and applies(body, content) else response

    return Fault("one bug", "", sent=changed)


def with_infinity(content):
    return content[:-1] + b',"more":Infinity}'


def accepts_nan(*names):
    """Accept NaN in some operations, as a tolerant parser does; all values of such a body are stored as null."""

    def installed(reference):
        original = reference.valid_body

        def lenient(call):
            constants = []
            if call.operation in names and any(constant in call.body for constant in NAN):
                body = json.loads(call.body, parse_constant=constants.append)
            return dict.fromkeys(body) if constants else original(call)

        reference.valid_body = lenient

    return Fault("one bug", "", installed=installed)


def matching(change):
    return Fault("one bug", "", installed=_matching(change))


BUGS = {
    "an answer to some creates is no JSON": (
        answers_changed("create_collection", lambda body, _content: b'"metadata":{' in body, with_infinity),
        {"collections.create.response-schema"},
    ),
    "a create of a document is answered with a list": (
        answers_changed("create_document", lambda body, _content: b'"features":[{' in body, lambda content: b"[" + content + b"]"),
        {"documents.create.response-schema"},
    ),
    "some lists are no JSON": (
        answers_changed("list_documents", lambda body, _content: b'"starts_with"' in body, with_infinity),
        {"list.response-schema"},
    ),
    "large answers to patches are cut": (
        answers_changed("patch_document", lambda _body, content: len(content) > 900, lambda content: content[:-10]),
        {"documents.patch.merges"},
    ),
    "large answers to reads are cut": (
        answers_changed("get_document", lambda _body, content: len(content) > 2000, lambda content: content[:-10]),
        {"documents.get.equals-created"},
    ),
    "NaN is taken by patch and put": (accepts_nan("patch_document", "put_document"), {"http.rejects-nan-and-infinity"}),
    "put merges": (FAULTS["put-merges"], {"documents.put.replaces"}),
    "contains of nothing selects nothing": (
        matching(lambda op, _v, o, _c, ok: ok and not (op == "contains" and o == "")),
        {"filters.eval.contains"},
    ),
    "contains of two letters selects nothing": (
        matching(lambda op, v, o, _c, ok: ok and not (op == "contains" and isinstance(v, str) and len(o) < 3)),
        {"filters.eval.contains"},
    ),
    "ends_with counts case only where it must not": (
        matching(lambda op, v, o, c, ok: v.endswith(o) is not c if op == "ends_with" and isinstance(v, str) and c else ok),
        {"filters.eval.ends-with"},
    ),
}


@pytest.mark.parametrize("name", BUGS)
def test_a_bug_is_blamed_on_what_it_is_about(name):
    fault, blamed = BUGS[name]
    run = judged(reference(fault), seed="1")
    assert run.ledger.failed() == blamed
    assert not [finding.errors for finding in run.ledger.tallies.values() if finding.errors]


def test_a_list_that_lacks_documents_and_counts_the_others_is_not_blamed_on_its_total():
    def changed(name, body, response):
        status, headers, content = response
        if name != "list_documents" or status != 200 or b"filters" in body:
            return response
        page = json.loads(content)
        if len(page["results"]) < 20 or page["pagination"]["total"] is None or page["pagination"]["next_cursor"]:
            return response
        page["results"].pop()
        page["pagination"]["total"] = len(page["results"])
        return status, headers, json.dumps(page).encode()

    run = judged(reference(Fault("one bug", "", sent=changed)), seed="1")
    assert "list.returns-exactly-created" in run.ledger.failed()
    assert "list.total" not in run.ledger.failed()
