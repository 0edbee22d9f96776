"""What is read, and what is refused in one line."""

import json

import pytest

from conformance.core.errors import UsageError
from conformance.openapi_lint.document import load


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
        "openapi: 3.0.4\npaths: {}",
        "openapi: 3.2.0\npaths: {}",
        '{"openapi": "3.1.0", "swagger": "2.0", "paths": {}}',
    ],
)
def test_json_and_yaml_are_read(tmp_path, content):
    assert load(written(tmp_path, content)).root["paths"] == {}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "it is empty"),
        (" \n\n", "it is empty"),
        ("# nothing\n", "it is no object"),
        ("[1]", "it is no object"),
        ("just text", "it is no object"),
        ("{}", "it has no `openapi`"),
        ('{"swagger": "2.0", "paths": {}}', r"Swagger 2\.0.*3\.0, 3\.1 and 3\.2 are read"),
        ("swagger: 2.0\npaths: {}", r"Swagger 2\.0"),
        ("asyncapi: 2.6.0\nchannels: {}", r"AsyncAPI 2\.6\.0"),
        ('{"openapi": "2.5", "paths": {}}', r"OpenAPI 2\.5; OpenAPI 3\.0, 3\.1 and 3\.2 are read"),
        ('{"openapi": "3.10.0", "paths": {}}', r"OpenAPI 3\.10\.0"),
        ('{"openapi": "4.0.0", "paths": {}}', r"OpenAPI 4\.0\.0"),
        ('{"openapi": true, "paths": {}}', "OpenAPI true"),
        ('{"openapi": "3.1.0"}', "neither paths nor components"),
        ('{"openapi": "3.1.0", "paths": []}', "`paths` is no object"),
        ('{"openapi": "3.1.0", "paths": {', "neither JSON nor YAML"),
        ("a: [", "neither JSON nor YAML"),
        (b"\xff\xfe{\x00}\x00", "not text in UTF-8, but in UTF-16"),
        ('{"openapi": "3.1.0"}'.encode("utf-32"), "not text in UTF-8, but in UTF-32"),
        (b"openapi: 3.1.0\ninfo: {title: \xe9}", "not text in UTF-8 .byte 30."),
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
def test_what_is_no_openapi_document_is_refused_in_one_line(tmp_path, content, message):
    with pytest.raises(UsageError, match=message) as refused:
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


def test_two_keys_of_json_that_no_utf_8_can_hold_stay_two(tmp_path):
    root = load(written(tmp_path, '{"openapi": "3.1.0", "paths": {}, "x": {"\\ud800": 1, "\\ud801": 2}}')).root
    assert root["x"] == {"\\ud800": 1, "\\ud801": 2}


def test_the_edition_is_the_version_without_its_patches_and_3_2_is_read_as_3_1(tmp_path):
    versions = ("3.0.4", "3.1", "3.1.1", "3.2.0")
    read = [load(written(tmp_path, f"openapi: {version}\npaths: {{}}\n")) for version in versions]
    assert [(one.edition, one.read_as) for one in read] == [("3.0", "3.0"), ("3.1", "3.1"), ("3.1", "3.1"), ("3.2", "3.1")]


def test_the_address_of_a_document_is_its_files(tmp_path):
    file = written(tmp_path, "openapi: 3.1.0\npaths: {}\n")
    assert load(file).address == file.as_uri()
