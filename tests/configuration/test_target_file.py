"""Target files and URLs: a mistake is named in one line, with the nearest right name."""

from datetime import date

import pytest

from conformance.configuration import target_file
from conformance.contracts.collections.vocabulary import Extractor, VocabularyTable, from_table
from conformance.core.errors import UsageError
from conformance.reporting import baseline


def read(tmp_path, text):
    path = tmp_path / "target.toml"
    path.write_text(text)
    return target_file.read(path, VocabularyTable)


def test_a_target_file_with_every_table_is_read(tmp_path):
    file = read(
        tmp_path,
        """
        [target]
        name = "Acme"
        url = "http://127.0.0.1:8080"
        [auth]
        token_env = "ACME_TOKEN"
        [namespaces]
        primary = "a"
        secondary = "b"
        [profiles]
        declared = ["read"]
        absent = ["blobs"]
        [vocabulary]
        buckets = ["bkt"]
        feature_extractors = [{ name = "text", version = "v1" }]
        [limits]
        timeout_seconds = 3
        [[deviations]]
        requirement = "filters.*"
        reason = "known"
        expires = 2027-06-30
        """,
    )
    assert from_table(file.vocabulary).feature_extractors == (Extractor("text", "v1"),)
    assert file.limits.timeout_seconds == 3
    assert file.deviations[0].expires == date(2027, 6, 30)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[target]\nulr = "x"', "unknown key 'target.ulr'; did you mean 'url'?"),
        ("[limit]\n", "unknown key 'limit'; did you mean 'limits'?"),
        ('[limits]\ntimeout_seconds = "ten"', "limits.timeout_seconds: input should be a valid number"),
        ('[limits]\ntimeout_seconds = "10"', "limits.timeout_seconds: input should be a valid number"),
        ("[limits]\ntimeout_seconds = 0", "limits.timeout_seconds: input should be greater than 0"),
        ('[vocabulary]\nfeature_extractors = [{ name = "a", versoin = "b" }]', "did you mean 'version'?"),
        ("[target", "not TOML"),
    ],
)
def test_a_mistake_in_a_target_file_is_named_in_one_line(tmp_path, text, message):
    with pytest.raises(UsageError) as caught:
        read(tmp_path, text)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


ENCODED = [
    ("utf-8-sig", "begins with a byte order mark; save it as UTF-8 without one"),
    ("utf-16", "is in UTF-16; save it as UTF-8"),
    ("utf-16-le", "is in UTF-16; save it as UTF-8"),
    ("utf-16-be", "is in UTF-16; save it as UTF-8"),
    ("utf-32", "is in UTF-32; save it as UTF-8"),
    ("utf-32-be", "is in UTF-32; save it as UTF-8"),
]


@pytest.mark.parametrize(("encoding", "message"), ENCODED)
def test_a_file_in_another_encoding_is_named_as_that(tmp_path, encoding, message):
    path = tmp_path / "target.toml"
    path.write_bytes('[target]\nurl = "http://h"\n'.encode(encoding))
    for reads in (lambda path: target_file.read(path, VocabularyTable), baseline.check):
        with pytest.raises(UsageError) as caught:
            reads(path)
        assert "target.toml: " in str(caught.value)
        assert message in str(caught.value)
        assert "\n" not in str(caught.value)


def test_a_file_that_is_no_text_is_named(tmp_path):
    (tmp_path / "target.toml").write_bytes(b'[target]\nname = "\xe4"\n')
    with pytest.raises(UsageError, match=r"target\.toml: not TOML: .*can't decode byte 0xe4"):
        target_file.read(tmp_path / "target.toml", VocabularyTable)


def test_line_ends_of_windows_are_read(tmp_path):
    (tmp_path / "target.toml").write_bytes(b'[target]\r\nname = "a"\r\n')
    assert target_file.read(tmp_path / "target.toml", VocabularyTable).target.name == "a"


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"none\.toml: No such file"):
        target_file.read(tmp_path / "none.toml", VocabularyTable)


@pytest.mark.parametrize("url", ["ftp://x", "x", "http://", "http://user:pass@host", "http://host?a=b", "http://host:port"])
def test_a_url_that_cannot_be_a_target_is_refused(url):
    with pytest.raises(UsageError):
        target_file.checked_url(url)


def test_a_url_may_have_a_path():
    assert target_file.checked_url("https://host:8443/api/") == "https://host:8443/api"


def test_a_file_of_certificates_lies_beside_the_target_file(tmp_path):
    file = read(tmp_path, '[network]\nca_file = "ca.pem"\nproxy = "http://127.0.0.1:3128"')
    assert file.network.ca_file == tmp_path / "ca.pem"
