"""JSON text is read by RFC 8259: what is no JSON is refused with its reason."""

import pytest

from conformance.core import json_text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"\xef\xbb\xbf{}", "begins with a byte order mark (RFC 8259, 8.1)"),
        (b"\xef\xbb\xbf", "begins with a byte order mark (RFC 8259, 8.1)"),
        ("{}".encode("utf-16"), "is in UTF-16, not in UTF-8 (RFC 8259, 8.1)"),
        (b"\xfe\xff" + "{}".encode("utf-16-be"), "is in UTF-16, not in UTF-8 (RFC 8259, 8.1)"),
        (b"\xff", "can't decode byte 0xff"),
        (b"NaN", "NaN is not JSON"),
    ],
)
def test_what_is_no_json_is_refused_with_its_reason(text, message):
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        json_text.loads(text)
    assert message in str(caught.value)


def test_a_mark_within_a_text_is_a_letter():
    assert json_text.loads('"\ufeff"'.encode()) == "\ufeff"
