"""When two values are the same."""

from decimal import Decimal

import pytest

from conformance.core import equality, json_text
from conformance.core.equality import Kind


@pytest.mark.parametrize(
    ("sent", "got"),
    [
        ("1", "1.0"), ("1", "1e0"), ("-0", "0"), ("0.0", "-0.0"), ("1e22", "10000000000000000000000"), ("9007199254740993", "9007199254740993"),
        ("1e400", "1E+400"), ("1e400", "10e399"), ('{"a":1,"b":2}', '{"b":2,"a":1}'), ("1.7976931348623157e308", "17976931348623157e292"),
    ],
)  # fmt: skip
def test_values_written_otherwise_are_the_same(sent, got):
    assert equality.same(json_text.loads(sent), json_text.loads(got))


@pytest.mark.parametrize(
    ("sent", "got", "kind"),
    [
        ('"é"', '"e\\u0301"', Kind.STRING), ("0", "false", Kind.NUMBER), ("false", "0", Kind.STRUCTURE), ("null", '""', Kind.STRUCTURE),
        ("9007199254740993", "9007199254740992", Kind.LARGE_INTEGER), ("1e-400", "0.0", Kind.EXTREME), ("[1,2]", "[2,1]", Kind.NUMBER),
        ("0.1", "0.10000000149011612", Kind.NUMBER), ('{"a":null}', "{}", Kind.STRUCTURE), ("{}", '{"a":null}', Kind.STRUCTURE),
        ("[]", "{}", Kind.STRUCTURE), ("[1]", "[1,1]", Kind.STRUCTURE), ('"1"', "1", Kind.STRING),
    ],
)  # fmt: skip
def test_different_values_are_different_in_a_kind(sent, got, kind):
    assert kind in {difference.kind for difference in equality.differences(json_text.loads(sent), json_text.loads(got))}


@pytest.mark.parametrize(
    "text", ["2023-11-07T05:31:56Z", "2023-11-07t05:31:56.5z", "2016-12-31T23:59:60Z", "2023-11-07 05:31:56-00:00"]
)
def test_rfc_3339_times_have_an_instant(text):
    assert equality.instant(text) is not None


@pytest.mark.parametrize(
    "text", ["2023-11-07T05:31:56", "2023-11-07", "2023-13-01T00:00:00Z", "now", "", None, 5, "20231107T053156Z"]
)
def test_values_that_are_no_rfc_3339_times_have_no_instant(text):
    assert equality.instant(text) is None


def test_a_time_keeps_its_instant_in_another_offset():
    assert equality.same_time("2023-11-07T05:31:56Z", "2023-11-07T07:31:56.000+02:00")
    assert not equality.same_time("2023-11-07T05:31:56Z", "2023-11-07T05:31:57Z")


def test_numbers_out_of_range_survive_reading_and_writing():
    value = json_text.loads("[1e400,-1e-400,12345678901234567890123456789]")
    assert value[0] == Decimal("1e400")
    assert json_text.loads(json_text.dumps(value)) == value


def test_no_text_is_taken_for_a_number():
    value = ["\ue000", "\ue000number:", '\ue000"1', {"\ue000\ue0001": "\ue0001"}]
    assert json_text.loads(json_text.dumps(value)) == value
    assert json_text.loads(json_text.dumps([*value, Decimal("1e400")])) == [*value, Decimal("1e400")]


def test_lone_surrogates_are_written_as_escapes():
    assert json_text.dumps({"a": "\ud800é"}) == '{"a":"\\ud800é"}'.encode()


@pytest.mark.parametrize("text", [b"NaN", b"[Infinity]", b"\xff", b"{", b"[" * 200_000, b"\xef\xbb\xbf{}"])
def test_a_text_that_is_no_json_is_refused(text):
    with pytest.raises(ValueError, match="."):
        json_text.loads(text)


def test_integers_of_many_digits_are_read():
    assert json_text.loads("1" * 5000) == Decimal("1" * 5000)
