"""A hint stands where the evidence shows a well-known cause, and nowhere else."""

from dataclasses import replace

import pytest
from recorded import example, exchange

from conformance.reporting.hints import hint

REFUSED = {"message": "the request was not refused as promised", "expected": "status 400 or 422", "actual": "status 200"}
CHANGED = {"message": "what came back is not what was sent"}


def hinted(sent="", answer="{}", status=200, headers=(), at=None, **what):
    shown = exchange(1, body=sent, answer=answer, status=status)
    shown = replace(shown, response=replace(shown.response, headers=headers))
    return hint(example(shown, **{"at": at, "message": "something else", "expected": None, "actual": None, **what}))


@pytest.mark.parametrize(("words", "given"), [
    ("parse_constant", {"sent": '{"metadata": {"a": [NaN]}}', **REFUSED}),
    ("allow_nan", {"answer": '{"a": -Infinity}', "message": "the answer is not JSON"}),
    ("lax model reads", {"sent": '{"enabled": "true"}', "at": "/enabled", **REFUSED}),
    ("lax model makes a string", {"sent": '{"name": 5}', "at": "/name", **REFUSED}),
    ("nearest double", {"expected": 9007199254740993, "actual": 9007199254740992, **CHANGED}),
    ("trim_whitespace", {"expected": " a ", "actual": "a", **CHANGED}),
    ("exception handler", {"answer": '{"detail": "Not Found"}', "status": 404, "message": "the error body is no ErrorResponse"}),
    ("HTTPBearer", {"answer": '{"detail": "Not authenticated"}', "status": 403, "message": "a stranger gets no challenge"}),
    ("Express", {"answer": "<pre>Cannot GET /v1/x</pre>", "status": 404, "message": "the error body is not JSON"}),
    ("Django's own page", {"answer": "<title>Server Error (500)</title>", "status": 500, "message": "the error body is not JSON"}),
    ("Flask's own page", {"answer": "<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>", "status": 404,
                          "message": "the body is not labelled as JSON"}),
])  # fmt: skip
def test_a_well_known_cause_is_named(words, given):
    assert words in (hinted(**given) or "")


@pytest.mark.parametrize("given", [
    {"sent": '{"metadata": {"a": "NaN"}}', **REFUSED},
    {"sent": '{"enabled": "perhaps"}', "at": "/enabled", **REFUSED},
    {"sent": '{"enabled": "true"}', "at": "/enabled", **CHANGED},
    {"expected": 9007199254740993, "actual": 5, **CHANGED},
    {"expected": "a", "actual": "b", **CHANGED},
    {"answer": '{"detail": "Not Found"}', "status": 404, "message": "a valid request was not accepted"},
    {"answer": '{"detail": "Not authenticated"}', "status": 403, "headers": (("WWW-Authenticate", "Bearer"),)},
    {"answer": "<html>a page of somebody's own</html>", "status": 500, "message": "the error body is not JSON"},
    {"sent": "\x00 no JSON", "answer": "[[[[", "at": "/a/0/b", **REFUSED},
])  # fmt: skip
def test_no_hint_is_given_where_the_evidence_shows_nothing(given):
    assert hinted(**given) is None
