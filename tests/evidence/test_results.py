"""Results: written and read by one module, of this format and of older ones, as the published schema says."""

import ast
import json
import subprocess
import sys
import types
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

import jsonschema
import pytest
from recorded import EVIL, exchange, held, results, row, schema

import conformance
from conformance.contracts.collections.requirements import requirements
from conformance.core.errors import UsageError
from conformance.core.typed_json import is_left_out
from conformance.evidence import results_file
from conformance.evidence.exchange import Credentials, Namespace
from conformance.evidence.results import Cause, Exploration, Level, Made, Recording, Repetitions, Results, ShownBy, Status
from conformance.reporting import badge, baseline, curl, github, html, junit, sarif, terminal

# What the file has beside the results.
AROUND = {"format", "digest"}
OLD = {file.stem: json.loads(file.read_text("utf-8")) for file in sorted((Path(__file__).parent / "records").glob("*.json"))}
REPORTING = sorted((Path(conformance.__file__).parent / "reporting").glob("*.py"))


def many():
    """Results with a value in each place that may be left empty."""
    several = (exchange(1, made=("collection_id", "col_1"), together=2), exchange(2, cursor="a+b", context=(1,)))
    unanswered = replace(exchange(3), response=None, failure="nothing came")
    outcome = results(*several, unanswered, status=Status.DEVIATION, reason=EVIL, flaky=True, level=Level.SHOULD, not_shown_by=(exchange(4),),
                   repetitions=Repetitions(1, 1), expected=[{"\ud800": [None, 1e300, 10**40]}])  # fmt: skip
    cause = Cause(EVIL, Level.SHOULD, ("source.type-enum",), (ShownBy("source.type-enum", 0),))
    recording = Recording("a.har", 3, {"a body": 1}, {"no API": 2}, "exchanges.jsonl.gz")
    rows = (*outcome.requirements, replace(row(Status.NOT_EXERCISED, reason="why"), checks=0))
    manifest = replace(outcome.manifest, recording=recording, namespaces=("one", "two"), supplies=("bkt_1",), resumed=2)
    exploration = Exploration(3, 900, 80, 7, 850, 12.5, 3.5, 0.002)
    return replace(outcome, requirements=rows, causes=(cause,), manifest=manifest, incidents={"waits": 3}, exploration=exploration)


@pytest.mark.parametrize("given", [results(), many(), many().incomplete("gone")])
def test_what_is_written_is_read_again_and_is_as_the_schema_says(given):
    record = json.loads(results_file.text(given))
    assert results_file.from_json(held(record), {}) == given
    assert list(record)[:4] == ["format", "verdict", "manifest", "requirements"]
    assert {"requests", "seconds"} <= record.keys()
    assert {"id", "level", "profile", "status", "checks"} <= record["requirements"][0].keys()


@pytest.mark.parametrize("name", OLD)
def test_records_of_older_formats_are_read_and_every_report_is_made_of_them(name, tmp_path):
    given = results_file.from_json(OLD[name], requirements())
    text = results_file.text(given)
    held(json.loads(text))
    failed = next(row for row in given.requirements if row.status is Status.FAILED)
    assert (failed.text, failed.source, failed.subject) == (
        requirements()[failed.id].text, requirements()[failed.id].source, requirements()[failed.id].subject,
    )  # fmt: skip
    report = html.render(given)
    assert "failed to show" not in report
    assert failed.text[:20] in report
    assert f'name="{failed.id.rpartition(".")[2]}"' in junit.render(given)
    assert failed.text in sarif.render(given, results_file="results.json", results_text=text)
    assert json.loads(badge.render(given))["label"] == "collections API"
    assert failed.id in github.step_summary(given, [])
    assert failed.id in baseline.write(given, tmp_path / "t.toml") + (tmp_path / "t.toml").read_text()
    terminal.show(given, files=[])


def test_what_exchanges_of_older_records_made_is_found_in_their_answers():
    lines = {}
    for name, record in OLD.items():
        given = results_file.from_json(record, requirements())
        failed = next(row for row in given.requirements if row.status is Status.FAILED)
        lines[name] = "\n".join(curl.commands(failed.counterexample, given.manifest))
    assert "ID1=$(" in lines["format-2"]
    assert '["collection_id"]' in lines["format-2"]
    failed_row = {**OLD["format-2"]["requirements"][0]}
    example = next(row["counterexample"] for row in OLD["format-2"]["requirements"] if row["counterexample"])
    page = {**example["exchanges"][0], "operation": "list_documents"}
    page["response"] = {**page["response"], "body": '{"pagination": {"next_cursor": "a+b"}, "cut off here'}
    failed_row |= {"status": "failed", "counterexample": {**example, "exchanges": [page]}}
    read = results_file.from_json({**OLD["format-2"], "requirements": [failed_row]}, requirements())
    (listed,) = read.requirements[0].counterexample.exchanges
    assert (listed.next_page.parameter, listed.next_page.at, listed.next_page.value) == ("cursor", "/pagination/next_cursor", "a+b")


def test_a_requirement_that_the_contract_has_no_more_is_read_too():
    (read, *_) = results_file.from_json(OLD["format-2"], {}).requirements
    assert (read.text, read.source, read.tested) == ("", (), True)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "No such file"),
        ("", "not the results.json of a run"),
        ("[]", "not the results.json of a run"),
        ('{"format": "3"}', "not the results.json of a run"),
        ('{"format": 1}', "not the results.json of a run"),
        ('{"format": 2, "manifest": [], "requirements": {}}', "not the results.json of a run"),
        ('{"format": 3, "verdict": "perfect\\n\\u001b[31m"}', "not the results.json of a run"),
        ("[" * 100_000, "not the results.json of a run"),
        ('{"format": 6}', "its format is 6, and this version of the toolkit reads up to 5"),
    ],
)
def test_a_file_that_is_no_record_is_named_in_one_line(tmp_path, content, message):
    path = tmp_path / "results.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(UsageError) as caught:
        results_file.read(path, requirements())
    assert str(caught.value).startswith(f"{path}: ")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def spoiled(record, path, value):
    *way, last = path
    for part in way:
        record = record[part]
    if value is KeyError:
        del record[last]
    else:
        record[last] = value


FIRST = ("requirements", 0)
SENT = (*FIRST, "counterexample", "exchanges", 0, "request")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("verdict",), "fine"),
        (("more",), 1),
        (("requests",), KeyError),
        (("manifest", "contract"), KeyError),
        (("manifest", "capabilities", "core", "served"), "yes"),
        ((*FIRST, "status"), "ok"),
        ((*FIRST, "level"), "must"),
        ((*FIRST, "text"), None),
        ((*FIRST, "checks"), True),
        ((*FIRST, "counterexample", "exchanges", 0, "n"), 1.5),
        ((*SENT, "headers"), [["a"]]),
        ((*SENT, "credentials"), KeyError),
        ((*SENT, "secret"), "x"),
    ],
)
def test_a_record_that_is_damaged_is_neither_read_nor_as_the_schema_says(path, value):
    record = results_file.to_json(many())
    spoiled(record, path, value)
    assert not jsonschema.Draft202012Validator(schema()).is_valid(record)
    if value is not KeyError or "credentials" not in path:  # which has a default, for older records
        with pytest.raises((ValueError, LookupError)):
            results_file.from_json(record, {})


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("format",), 2),
        (("digest",), "edited"),
        ((*FIRST, "counterexample"), None),
        ((*FIRST, "reason"), None),
        ((*FIRST, "counterexample", "exchanges"), []),
        ((*FIRST, "counterexample", "fingerprint"), "kind"),
        ((*SENT, "credentials"), "borrowed"),
        (("manifest", "incomplete_because"), "gone"),
        (("seconds",), -1),
    ],
)
def test_the_schema_refuses_values_of_the_right_type_that_no_record_has(path, value):
    record = results_file.to_json(many())
    spoiled(record, path, value)
    assert not jsonschema.Draft202012Validator(schema()).is_valid(record)


def described(kind):
    """Return the dataclasses that a type is made of."""
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return {kind}.union(*(described(hints[member.name]) for member in fields(kind)))
    return set().union(*map(described, get_args(kind)))


KINDS = sorted(described(Results), key=lambda kind: kind.__name__)


def shape(kind):
    """Return what JSON types a value may have, as far as the annotation of a field says."""
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return set().union(*map(shape, get_args(kind)))
    if is_dataclass(kind) or origin is dict:
        return {"object"}
    if origin is tuple:
        return {"array"}
    if kind is Any:
        return {"anything"}
    return {types.NoneType: {"null"}, bool: {"boolean"}, int: {"integer"}, float: {"number"}}.get(kind, {"string"})


def allowed(part):
    """Return what JSON types a schema allows."""
    if "$ref" in part:
        return allowed(schema()["$defs"][part["$ref"].rpartition("/")[2]])
    if "oneOf" in part:
        return set().union(*map(allowed, part["oneOf"]))
    if "enum" in part:
        return {"string"} if all(isinstance(value, str) for value in part["enum"]) else set()
    types = part.get("type", "anything")
    return {types} if isinstance(types, str) else set(types)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_the_schema_has_what_the_values_have(kind):
    definition = schema() if kind is Results else schema()["$defs"][kind.__name__]
    hints = get_type_hints(kind)
    properties = {name: part for name, part in definition["properties"].items() if kind is not Results or name not in AROUND}
    assert list(properties) == [member.name for member in fields(kind)]
    assert definition["additionalProperties"] is False
    always = [member.name for member in fields(kind) if not is_left_out(member)]
    assert [name for name in definition["required"] if kind is not Results or name not in AROUND] == always
    for member in fields(kind):
        expected = shape(hints[member.name]) - ({"null"} if is_left_out(member) else set())
        assert allowed(properties[member.name]) == expected, member.name


def test_the_schema_has_every_word_that_a_value_may_be():
    definitions = schema()["$defs"]
    enums = {kind for owner in KINDS for hint in get_type_hints(owner).values() for kind in {hint, *get_args(hint)}}
    for kind in [enum for enum in enums if isinstance(enum, type) and issubclass(enum, Enum)]:
        assert definitions[kind.__name__]["enum"] == [member.value for member in kind]
    sent = definitions["RequestRecord"]["properties"]
    assert sent["credentials"]["enum"] == [member.value for member in Credentials]
    assert sent["namespace"]["enum"] == [member.value for member in Namespace]
    assert schema()["properties"]["format"] == {"const": results_file.FORMAT}
    assert {kind.__name__ for kind in KINDS} - {"Results"} <= set(definitions)


def test_reports_load_nothing_of_a_contract():
    modules = [f"conformance.reporting.{file.stem}" for file in REPORTING if file.stem != "__init__"]
    loaded = "import sys; print([name for name in sys.modules if name.startswith('conformance.contracts')])"
    done = subprocess.run(
        [sys.executable, "-c", f"import {', '.join(modules)}; {loaded}"], capture_output=True, text=True, check=True
    )
    assert (len(modules) > 8, done.stdout) == (True, "[]\n")


@pytest.mark.parametrize("file", REPORTING, ids=lambda file: file.name)
def test_a_report_is_made_of_results_alone(file):
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in getattr(node, "names", ())]
        assert not [name for name in names if name.startswith("conformance.contracts")]
        assert "conformance.evidence.requirements" not in names
    text = file.read_text("utf-8")
    assert not [word for word in ("collection_id", "next_cursor", "X-Namespace", "collections API") if word in text]


def test_an_exchange_that_made_nothing_says_so_by_saying_nothing():
    record = results_file.to_json(results(exchange(1), exchange(2, made=("ledger_id", "l_1"))))
    bare, creating = record["requirements"][0]["counterexample"]["exchanges"]
    assert "made" not in bare
    assert creating["made"] == {"key": "ledger_id", "id": "l_1"}
    again = results_file.from_json(record, {}).requirements[0].counterexample.exchanges
    assert [exchange_record.made for exchange_record in again] == [None, Made("ledger_id", "l_1")]
