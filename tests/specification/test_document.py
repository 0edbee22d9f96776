"""What is read, and what is refused in one line."""

import json

import pytest

from conformance.contract.pointers import MISSING
from conformance.errors import UsageError
from conformance.specification.document import Document, load


def written(tmp_path, content):
    file = tmp_path / "document"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


MINIMAL = {"openapi": "3.1.0", "paths": {}}


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(MINIMAL),
        "\ufeff" + json.dumps(MINIMAL),
        "openapi: 3.1.0\npaths: {}\n",
        "{openapi: 3.1.0, paths: {}}",
        "openapi: 3.1\npaths: {}",
    ],
)
def test_json_and_yaml_are_read(tmp_path, content):
    assert load(written(tmp_path, content)).root["paths"] == {}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "it is no object"),
        ("[1]", "it is no object"),
        ("just text", "it is no object"),
        ("{}", "it has no `openapi`"),
        ('{"swagger": "2.0", "paths": {}}', "Swagger 2.0"),
        ('{"openapi": "2.5", "paths": {}}', "3.0 and 3.1 are read"),
        ('{"openapi": "3.10.0", "paths": {}}', "3.0 and 3.1 are read"),
        ('{"openapi": "3.1.0"}', "neither paths nor components"),
        ('{"openapi": "3.1.0", "paths": []}', "`paths` is no object"),
        ('{"openapi": "3.1.0", "paths": {', "neither JSON nor YAML"),
        ("a: [", "neither JSON nor YAML"),
        (b"\xff\xfe{\x00}\x00", "not text in UTF-8"),
        ("[" * 100_000, "neither JSON nor YAML"),
        ("a: " + "[" * 100_000, "neither JSON nor YAML"),
        ('{"openapi": "3.1.0", "paths": ' + '{"a":' * 400 + "1" + "}" * 401, "levels deep"),
        ("openapi: 3.1.0\npaths: &a {b: *a}", "levels deep"),
        (
            "a: &a [1,1,1,1,1,1,1,1,1,1]\n"
            + "".join(f"{n}: &{n} [{','.join([f'*{m}'] * 10)}]\n" for m, n in zip("abcdefgh", "bcdefghi", strict=True)),
            "values",
        ),
    ],
)
def test_what_is_no_openapi_document_is_refused_in_one_line(tmp_path, content, said):
    with pytest.raises(UsageError, match=said) as refused:
        load(written(tmp_path, content))
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 400


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    with pytest.raises(UsageError, match="No such file"):
        load(tmp_path / "none.json")
    with pytest.raises(UsageError, match="directory"):
        load(tmp_path)


def test_yaml_is_read_as_version_1_2(tmp_path):
    text = "openapi: 3.0.3\npaths: {}\nx: [no, on, 2024-01-01, 12:30:00, 0o17, 1_000, 1e3, .5, true, null, ~, 010]\n200: {no: 1}\n"
    root = load(written(tmp_path, text)).root
    assert root["x"] == ["no", "on", "2024-01-01", "12:30:00", 15, "1_000", 1000.0, 0.5, True, None, None, 10]
    assert root["200"] == {"no": 1}


def test_numbers_and_texts_are_such_that_any_validator_can_hold_them(tmp_path):
    text = '{"openapi": "3.1.0", "paths": {}, "x": [1e400, -1e400, 1' + "0" * 5000 + ', "\\ud800", 18446744073709551615]}'
    huge, low, whole, lone, kept = load(written(tmp_path, text)).root["x"]
    assert (huge, low, whole) == (1.7976931348623157e308, -1.7976931348623157e308, 1.7976931348623157e308)
    assert (lone, kept) == ("\ufffd", 2**64 - 1)


def test_references_are_pointers_into_the_document():
    here = Document({"a/b": {"c~d": [{"e f": 1}]}, "x": 1}, "3.1.0")
    assert here.target("#/a~1b/c~0d/0/e%20f") == ("a/b", "c~d", 0, "e f")
    assert here.get(here.target("#/a~1b/c~0d/0/e%20f")) == 1
    assert here.target("#") == ()
    assert here.get(here.target("#/nope/at/all")) is MISSING
    assert here.get(here.target("#/x/0")) is MISSING
    assert [here.target(one) for one in ("other.yaml#/a", "https://example.org/a", "#anchor", "")] == [None] * 4
