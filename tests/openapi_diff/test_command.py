"""`conformance spec diff` as a person and a script meet it."""

import json
import os

import pytest
from openapi_differences import INTEGER, STRING, obj, one, operation

from conformance.cli.main import main
from conformance.core import resources

OURS = str(resources.find("specs/collections/openapi.yaml"))


@pytest.fixture
def write(tmp_path):
    def written(content, name="document.json"):
        file = tmp_path / name
        file.write_text(content if isinstance(content, str) else json.dumps(content))
        return str(file)

    return written


@pytest.fixture
def changed(write):
    """Return two documents, the second of which breaks clients of the first, and the first those of the second."""
    return write(one(operation(obj(a=STRING))).root, "old.json"), write(one(operation(obj(a=INTEGER))).root, "new.json")


def test_the_same_document_breaks_nothing(capsys):
    assert main(["spec", "diff", OURS, OURS]) == 0
    assert capsys.readouterr().out.startswith("NO CHANGE\n")


def test_what_breaks_a_client_is_exit_1_and_what_only_a_server_has_to_add_is_0(write, changed, capsys):
    assert main(["spec", "diff", *changed]) == 1
    assert "`a` is an integer now; it was a string" in capsys.readouterr().out
    wider = write(one(operation(obj(a=STRING, b=STRING))).root, "wider.json")
    assert main(["spec", "diff", changed[0], wider]) == 0
    assert "A SERVER HAS TO ADD OR CHANGE IT; NO CLIENT BREAKS (1)" in capsys.readouterr().out


def test_a_name_that_is_no_file_is_a_contract(write, changed, capsys):
    assert main(["spec", "diff", "collections", OURS]) == 0
    assert " ".join(capsys.readouterr().out.split()).startswith("NO CHANGE collections (OpenAPI 3.1.0, version 1) → ")
    assert main(["spec", "diff", "collections", changed[0]]) == 1
    assert main(["spec", "diff", "conformance.contracts.collections.contract:CONTRACT", "collections"]) == 0


def test_a_file_comes_before_a_contract_of_its_name(changed, tmp_path, monkeypatch, capsys):
    os.link(changed[0], tmp_path / "collections")
    monkeypatch.chdir(tmp_path)
    assert main(["spec", "diff", "collections", "old.json"]) == 0
    assert "NO CHANGE" in capsys.readouterr().out


def test_json_is_printed_instead_of_text(changed, capsys):
    assert main(["spec", "diff", *changed, "--json"]) == 1
    value = json.loads(capsys.readouterr().out)
    assert [row["kind"] for row in value["rows"]] == ["type-changed"]
    assert value["old"]["name"] == changed[0]


def test_a_page_and_json_are_written_by_the_name_of_the_file_or_both_into_a_folder(changed, tmp_path, capsys):
    for name in ("page.html", "rows.json", "folder/in"):
        assert main(["spec", "diff", *changed, "--output", str(tmp_path / name)]) == 1
    assert (tmp_path / "page.html").read_text().startswith("<!doctype html>")
    assert json.loads((tmp_path / "rows.json").read_text())["breaks"]
    assert (tmp_path / "folder" / "in" / "difference.html").read_text() == (tmp_path / "page.html").read_text()
    assert (tmp_path / "folder" / "in" / "difference.json").read_text() == (tmp_path / "rows.json").read_text()
    assert "BREAKS CLIENTS" in capsys.readouterr().out


def test_only_some_operations(write, capsys):
    old = one(operation(obj(a=STRING))).root
    new = one(operation(obj(a=INTEGER))).root
    old["paths"]["/others"] = {"get": operation()}
    files = write(old, "old.json"), write(new, "new.json")
    assert main(["spec", "diff", *files, "--only", "/others", "--json"]) == 1
    assert [row["kind"] for row in json.loads(capsys.readouterr().out)["rows"]] == ["operation-gone"]
    assert main(["spec", "diff", *files, "--only", "POST *", "--only", "/others"]) == 1
    assert main(["spec", "diff", *files, "--only", "/nothing"]) == 2
    assert (
        capsys.readouterr().err
        == "conformance: --only /nothing: no operation has such a path; a glob is of a path, or of a method and a path\n"
    )


BROKEN = {
    "no such file": None,
    "empty": "",
    "no OpenAPI": "{}",
    "a list": "[1]",
    "broken YAML": "openapi: 3.1.0\npaths: [",
    "broken JSON": '{"openapi": "3.1.0",',
    "another version": '{"swagger": "2.0", "paths": {}}',
    "too deep": '{"openapi": "3.1.0", "paths": {}, "x": ' + "[" * 500 + "]" * 500 + "}",
    "deep YAML": "openapi: 3.1.0\npaths: {}\nx: " + "[" * 500 + "]" * 500,
    "a bomb": "openapi: 3.1.0\npaths: {}\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9) if n else 1}]\n" for n in range(12)),
}  # fmt: skip


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_what_cannot_be_read_is_exit_2_in_one_line(write, tmp_path, content, capsys):
    file = str(tmp_path / "none.json") if content is None else write(content)
    for files in ((file, OURS), (OURS, file)):
        assert main(["spec", "diff", *files]) == 2
        said = capsys.readouterr()
        assert said.err.count("\n") == 1
        assert said.err.startswith(f"conformance: {file}: ")
        assert not said.out


@pytest.mark.parametrize("name", ["collection", "no.such.module:CONTRACT", "json:dumps", "\x1b[31m", "x" * 5000, "\0", ""])
def test_a_name_of_nothing_is_exit_2_in_one_line(name, capsys):
    assert main(["spec", "diff", name, OURS]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "\x1b" not in said
    assert "--contract" not in said


def test_a_folder_is_no_document(tmp_path, capsys):
    assert main(["spec", "diff", str(tmp_path), OURS]) == 2
    assert "a folder" in capsys.readouterr().err


@pytest.mark.parametrize("output", ["rows.txt", "no/page.html", "old.json/in"])
def test_an_output_that_cannot_be_written_is_exit_2(changed, tmp_path, output, capsys):
    assert main(["spec", "diff", *changed, "--output", str(tmp_path / output)]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert said.startswith("conformance: --output ")


@pytest.mark.parametrize("arguments", [["diff"], ["diff", "a"], ["diff", "a", "b", "c"], ["diff", "a", "b", "--jsn"]])
def test_usage_is_exit_2(arguments, capsys):
    with pytest.raises(SystemExit) as refused:
        main(["spec", *arguments])
    assert refused.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1
