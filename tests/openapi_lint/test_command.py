"""`conformance spec check` as a person and a script meet it."""

import json
from dataclasses import replace

import pytest

from conformance.cli.main import main
from conformance.contracts.collections.contract import CONTRACT
from conformance.core import resources
from conformance.runner import contracts

WRONG = {
    "openapi": "3.1.0",
    "components": {
        "schemas": {"A": {"type": "integer", "example": "\x1b[31m\u202ered\n"}, "B": {"type": "string", "default": None}}
    },
}


@pytest.fixture
def write(tmp_path):
    def written(document):
        file = tmp_path / "document.json"
        file.write_text(document if isinstance(document, str) else json.dumps(document))
        return str(file)

    return written


def test_our_own_document_has_no_error(capsys):
    assert main(["spec", "check", str(resources.find("specs/collections/openapi.yaml"))]) == 0
    said = capsys.readouterr().out
    assert "10 operations, 10 of the contract's 10" in " ".join(said.split())
    assert said.endswith("union      1 warning\n")


def test_a_contract_without_limits_leaves_a_document_judged_by_itself_and_that_is_told(write, capsys, monkeypatch):
    bare = replace(CONTRACT, name="bare", api=replace(CONTRACT.api, limits=None))
    monkeypatch.setattr(contracts, "load", lambda _name: bare)
    assert main(["spec", "check", write({"openapi": "3.1.0", "paths": {}}), "--contract", "bare"]) == 0
    head, told, _empty, last = capsys.readouterr().out.splitlines()[-4:]
    assert head.endswith("OpenAPI 3.1.0, 0 operations")
    assert told == "judged by itself only: contract bare says nothing to compare a document with"
    assert last == "nothing found"


def test_a_contract_that_is_not_there_is_exit_2(write, capsys):
    assert main(["spec", "check", write(WRONG), "--contract", "no-such-contract"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_an_error_is_exit_1_and_all_is_readable_at_80_columns(write, capsys):
    assert main(["spec", "check", write(WRONG)]) == 1
    said = capsys.readouterr().out
    assert "EXAMPLES that contradict their schema" in said
    assert "at /components/schemas/A/example" in said
    assert "used by no operation" in said
    assert all(len(line) <= 80 for line in said.splitlines() if "/" not in line)
    assert said.splitlines()[-3:-1] == ["example    1 error", "default    1 warning"]


def test_control_characters_of_the_document_are_made_visible(write, capsys):
    main(
        [
            "spec",
            "check",
            write(
                {
                    **WRONG,
                    "paths": {
                        "/\x1b[2J": {
                            "get": {
                                "responses": {
                                    "200": {"content": {"application/json": {"example": 5, "schema": {"type": "string"}}}}
                                }
                            }
                        }
                    },
                }
            ),
        ]
    )
    said = capsys.readouterr().out
    assert not set("\x1b\u202e") & set(said)
    assert "\\u001b" in said


def test_what_is_no_document_is_exit_2_in_one_line(write, tmp_path, capsys):
    for file in (write("{}"), write("a: ["), str(tmp_path / "none.json")):
        assert main(["spec", "check", file]) == 2
        assert capsys.readouterr().err.count("\n") == 1


def test_a_key_that_stands_twice_is_exit_1_and_comes_first(write, capsys):
    assert main(["spec", "check", write('{"openapi": "3.1.0",\n"paths": {},\n"paths": {}}')]) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "KEYS that stand twice paths error" in said
    assert '"paths" stands twice, on lines 2 and 3' in said
    assert said.index("KEYS") < said.index("OPERATIONS")


def test_a_document_of_3_2_is_told_by_its_version_and_judged_as_far_as_3_1_goes(write, tmp_path, capsys):
    output = tmp_path / "found.json"
    document = {"openapi": "3.2.0", "paths": {}, "components": {"mediaTypes": {}, "schemas": {"A": {"$ref": "#/nowhere"}}}}
    assert main(["spec", "check", write(document), "--output", str(output)]) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "OpenAPI 3.2.0 (judged as far as 3.1 goes), 0 operations" in said
    assert "leads nowhere" in said
    assert [json.loads(output.read_text())[key] for key in ("openapi", "read_as")] == ["3.2.0", "3.1"]


@pytest.mark.parametrize(("document", "named"), [({"swagger": "2.0"}, "Swagger 2.0"), ({"openapi": "4.0.0"}, "OpenAPI 4.0.0")])
def test_a_document_of_another_version_is_told_by_it_with_exit_2(document, named, write, capsys):
    assert main(["spec", "check", write({**document, "paths": {}})]) == 2
    said = capsys.readouterr().err
    assert named in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("arguments", [["spec"], ["spec", "check"], ["spec", "look", "x"], ["spec", "check", "x", "--outptu", "y"]])
def test_usage_is_exit_2(arguments, capsys):
    with pytest.raises(SystemExit) as refused:
        main(arguments)
    assert refused.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_the_findings_are_written_as_json(write, tmp_path, capsys):
    output = tmp_path / "found.json"
    assert main(["spec", "check", write(WRONG), "--output", str(output)]) == 1
    found = json.loads(output.read_text())
    assert (found["format"], found["openapi"]) == (1, "3.1.0")
    first = found["findings"][0]
    assert first == {
        "kind": "example", "grade": "error", "place": "/components/schemas/A/example", "also": [], "subject": "schema A", "operations": [],
        "contract": False, "message": '"\\x1b[31m\\u202ered\\n" is a string, not an integer'.replace("\\x1b", "\\u001b"), "witness": "\x1b[31m\u202ered\n",
    }  # fmt: skip
    assert len(found["findings"]) == 12
    assert "POST /v1/collections/create" in capsys.readouterr().out


def test_an_output_that_cannot_be_written_is_exit_2(write, tmp_path, capsys):
    assert main(["spec", "check", write(WRONG), "--output", str(tmp_path / "no" / "found.json")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
