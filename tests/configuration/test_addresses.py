"""Addresses: a text that is no URL of a server is refused in one line, which shows the text but no password."""

import pytest

from conformance.configuration import target_file
from conformance.configuration.settings import Settings, validate
from conformance.configuration.target_file import Network, Target, TargetFile
from conformance.contracts.collections.contract import PROFILES
from conformance.contracts.collections.requirements import requirements
from conformance.core.errors import UsageError

HOST = "a host must follow //, or host:port with a port of 1 to 65535"
PATH = "cannot stand in a path; percent-encode it, if it belongs there"
WRITE = "write it as http://host:port or https://host"
WRONG = {
    "http://h/a b": PATH, "http://h/ä": PATH, "http://h/a\\b": PATH, "http://h/[a]": PATH, "http://h/a|b": PATH,
    "http://h/{a}": PATH, 'http://h/"': PATH, "http://h/<a>": PATH, "http://h/a\tb": PATH, "http://h/a\n": PATH, "http://h/\x7f": PATH,
    "http://h/\x00": PATH, "http://h/\udcff": PATH, "http://h/\u2028": PATH,
    "http://h a/": "' ' cannot stand in a host", "http://h\n": "'\\n' cannot stand in a host", "http://h\r\n": "cannot stand in a host",
    "http:// ": "cannot stand in a host", "http://a\u200bb": "cannot stand in a host", "http://a\xa0b": "cannot stand in a host",
    "http://h/%": "two hexadecimal digits must follow a %", "http://h/%zz": "two hexadecimal digits", "http://h/%4": "two hexadecimal digits",
    "http://h:0": HOST, "http://h:65536": HOST, "http://h:99999": HOST, "http://h:-1": HOST, "http://h:http": HOST, "http://h:80:80": HOST,
    "http://h:８０": HOST, "http://[::1": HOST, "http://[::1]x": HOST, "http://[::g]": HOST, "http://[1.2.3.4]": HOST, "http://h]": HOST,
    "http://a[b]": HOST, "http://a%20b": HOST, "http://a,b": HOST, "http://a..b": HOST, "http://.": HOST, f"http://{'a' * 64}": HOST,
    "http://:80": HOST, "http:///x": WRITE, "http://": WRITE, "http:/h": WRITE, "http:h": WRITE, "h": WRITE, "": WRITE, "//h": WRITE,
    "ftp://h": WRITE, " http://h": WRITE, "\nhttp://h": WRITE, "http:\\\\h": WRITE, "h:80": WRITE,
    "http://h?a=b": "query or a fragment", "http://h/?": "query or a fragment", "http://h/#": "query or a fragment",
}  # fmt: skip


@pytest.mark.parametrize(("url", "message"), WRONG.items(), ids=map(repr, WRONG))
def test_a_text_that_is_no_url_is_refused_in_one_line_that_begins_with_it(url, message):
    with pytest.raises(UsageError) as caught:
        target_file.checked_url(url)
    assert str(caught.value).startswith(repr(url))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    with pytest.raises(UsageError, match=r"^\[network\] proxy: "):
        validate(Settings(file=TargetFile(target=Target(url="http://h"), network=Network(proxy=url))), requirements(), PROFILES)


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("http://h", "http://h"),
        ("HTTPS://h:443/api/", "HTTPS://h:443/api"),
        ("http://münchen.example:8080", "http://münchen.example:8080"),
        ("http://xn--mnchen-3ya.example", "http://xn--mnchen-3ya.example"),
        ("http://日本語。jp", "http://日本語。jp"),
        ("http://[::1]:8080/a", "http://[::1]:8080/a"),
        ("http://[fe80::1%eth0]", "http://[fe80::1%eth0]"),
        ("http://127.0.0.1:65535", "http://127.0.0.1:65535"),
        ("http://api_1.internal.:80", "http://api_1.internal.:80"),
        ("http://h/a%20b/~c/;d=e,f/@g:h", "http://h/a%20b/~c/;d=e,f/@g:h"),
        ("http://h//", "http://h"),
    ],
)
def test_a_url_of_a_server_is_taken_as_it_is(url, kept):
    assert target_file.checked_url(url) == kept
    assert target_file.checked_proxy(url) == url


@pytest.mark.parametrize(
    "url",
    ["http://u:s3cret@h", "http://u:s3cret @h", "http://s3cret@h:x", "http://u:s3cret/x@h", "u:s3cret@h", "http://u:s3cret?@h"],
)
def test_a_password_in_a_url_is_not_repeated(url):
    for check in (target_file.checked_url, target_file.checked_proxy):
        with pytest.raises(UsageError) as caught:
            check(url)
        assert "s3cret" not in str(caught.value)
