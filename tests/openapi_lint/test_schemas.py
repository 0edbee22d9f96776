"""What cannot be judged fits: how much that is, and why, is said."""

import jsonschema_rs
import pytest
from openapi_documents import document, findings

from conformance.openapi_lint.check import check
from conformance.openapi_lint.finding import Kind
from conformance.openapi_lint.report import lines

BACK = r"(?<a>x)\k<a>"
PATTERN = "a pattern that the validator cannot read"


def reasons(**schemas):
    return [(one.place[2], one.reason, one.about) for one in check(document(**schemas)).unjudged]


@pytest.mark.parametrize("pattern", [BACK, r"\Aa\Z"])
def test_a_pattern_that_the_validator_cannot_read_is_counted_and_is_a_note(pattern):
    assert reasons(A={"type": "string", "pattern": pattern, "example": "b"}) == [("A", PATTERN, pattern)]
    (one,) = findings(Kind.SCHEMA, A={"type": "string", "pattern": pattern})
    assert (one.grade, one.place) == ("note", ("components", "schemas", "A"))
    assert one.message.startswith(f"not judged: {PATTERN} (")


def test_a_pattern_for_names_is_one_too():
    assert reasons(A={"type": "object", "patternProperties": {BACK: {}}}) == [("A", PATTERN, BACK)]


def test_what_is_left_out_for_something_else_is_counted():
    schemas = {"A": {"not": {"type": "string"}, "if": True, "example": "a"}, "B": {"$ref": "other.yaml"}}
    why = "a keyword left out, for something else in the document cannot be read"
    assert reasons(**schemas) == [("A", why, "if"), ("A", why, "not")]
    assert reasons(A=schemas["A"]) == []


def test_a_schema_of_which_no_validator_can_be_made_is_counted(monkeypatch):
    def refuse(*_arguments, **_options):
        raise ValueError("too large")

    monkeypatch.setattr(jsonschema_rs, "Draft202012Validator", refuse)
    assert ("A", "no validator could be made of it", "too large") in reasons(A={"type": "integer", "default": "x"})


def test_the_report_says_how_many_and_why(tmp_path):
    judged = check(document(A={"pattern": BACK}, B={"pattern": BACK}, C={"pattern": "^a$"}))
    assert f"2 schemas not judged in full: {PATTERN}" in list(lines(tmp_path, judged))


@pytest.mark.parametrize("pattern", [r"^\p{L}+$", "(?<name>a)", "^a$"])
def test_what_can_be_read_is_not_counted(pattern):
    assert reasons(A={"type": "string", "pattern": pattern, "not": {"const": "b"}}) == []


def test_what_is_a_pattern_to_nobody_is_a_warning_and_counted_there():
    assert reasons(A={"type": "string", "pattern": "("}) == []
    assert [one.grade for one in findings(Kind.SCHEMA, A={"type": "string", "pattern": "("})] == ["warning"]
