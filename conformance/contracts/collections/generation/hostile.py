"""Hostile values that a server may keep verbatim or refuse cleanly, and bodies that are no JSON."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from conformance.core.json_text import Json, dumps
from conformance.generation.json_values import TEXTS

STRINGS: tuple[str, ...] = (
    "'; DROP TABLE collections; --", '" OR ""="', "1; SELECT pg_sleep(0)", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>",
    "{{7*7}}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "%n%s%x%d", "{0.__class__}", "../../../etc/passwd", "..\\..\\windows\\win.ini",
    "file:///etc/passwd", "\u202eabc\u202c", "\u2066abc\u2069", "\ufeffabc", "a\u200bb\u200c\u200d", "a\u2028b\u2029c", "\u001b[31mred\u001b[0m",
    "\u0007\u0008", "$(touch x)", "`touch x`", "| cat", "&& true", '{"$gt": ""}', "*)(uid=*))(|(uid=*", "%00", "%0d%0aSet-Cookie: a=b",
    "\r\nX-Injected: 1", "]]>", '<!ENTITY x SYSTEM "file:///etc/passwd">', "javascript:alert(1)", "=1+1", "@SUM(1)", "-1", "undefined", "NULL",
    "\\u0000", "\\", "'", '"', "NaN", "Infinity", "null", "true", "[]", "{}", "e\u0301\u0327", "\u00ad", "ｆｕｌｌｗｉｄｔｈ", "\U000e0041",
)  # fmt: skip
KEYS: tuple[str, ...] = (
    "__proto__",
    "constructor",
    "$where",
    "a.b",
    "",
    "toString",
    "$set",
    "prototype",
    "hasOwnProperty",
    "a.0.b",
)
LARGE_INTEGERS = (2**53, 2**53 + 1, -(2**53) - 1, 2**60 + 1, 2**63 - 1, -(2**63 - 1), 10**18 + 1)
EXTREME_NUMBERS: tuple[Any, ...] = (
    Decimal("1e400"), Decimal("-1e400"), Decimal("1e-400"), int("1" + "0" * 399), int("9" * 400), -int("9" * 400),
)  # fmt: skip
LONG = 100_000
MANY = 5_000
LARGE_BODY = 2 * 1024 * 1024

MALFORMED: tuple[bytes, ...] = (
    b"{", b"}", b'{"a":', b'{"a" 1}', b"{a: 1}", b"{'a': 1}", b'{"a": 1,}', b"[1,]", b'{"a": 01}', b'{"a": +1}', b'{"a": .5}',
    b'{"a": 1.}', b'{"a": 0x1}', b'{"a": "\n"}', b'{"a": "\\x"}', b'{"a": "\\u12"}', b'{"a": tru}', b'{"a": 1} x',
    b'{"a": 1}{}', b"// no\n{}", b'{"a": /* no */ 1}', b"nope", b'"open', b"\x00", b'{"a": "\xff"}', b'{"a": "\xc3"}', b" ", b"a=1&b=2",
    b"<a/>", b"undefined", b'{"a": 1]', b"{\"a\": 'b'}", b"{,}", b'{"a"}', b'{"a": "\xed\xa0\x80"}',
)  # fmt: skip
NON_OBJECTS: tuple[bytes, ...] = (b"[]", b"null", b'""', b"0", b"false", b'"text"', b"5", b"1.5", b"true", b"[{}]", b'["a"]')
NOT_NUMBERS = (float("nan"), float("inf"), float("-inf"))


# How many of the broken texts are sent first: a parser that accepts any of the others accepts one of these too.
FIRST_BROKEN_TEXTS = 3


# Texts that only have a meaning as a whole.
_STANDALONE = frozenset(
    {"-1", "undefined", "NULL", "NaN", "Infinity", "null", "true", "[]", "{}", "%00", "\\u0000", "=1+1", "@SUM(1)"}
)
_JOINED = 10


def as_user_data() -> dict[str, Json]:
    """Return user data with all hostile texts as values."""
    return {f"h{index}": text for index, text in enumerate(STRINGS)}


def joined_strings() -> tuple[str, ...]:
    """Return the hostile strings, several joined into one text if they keep their meaning there. Boundary values are left out."""
    parts = [text for text in STRINGS if text not in _STANDALONE]
    several = tuple(" ".join(parts[at : at + _JOINED]) for at in range(0, len(parts), _JOINED))
    return (*several, *(text for text in STRINGS if text in _STANDALONE and text not in TEXTS))


def broken_texts(valid: Json) -> Iterator[bytes]:
    """Yield malformed JSON, the most important texts first. A tolerant parser would read most of them as the valid body."""
    text = dumps(valid)
    inner = text[1:-1]
    yield from (text[: len(text) // 2], b"{" + inner + b",}", text + b" x", text.replace(b'"', b"'"), text[:-1], text + b"}")
    yield from (
        b"/* c */" + text,
        text + b"// c",
        b"{" + inner + b',"n":01}',
        b"{" + inner + b',"n":+1}',
        b"{" + inner + b',"n":.5}',
    )
    yield from (
        b"{" + inner + b',"n":1.}',
        b"{" + inner + b',"n":0x1F}',
        b"{" + inner + b',"n":"\n"}',
        b"{" + inner + b',"n":"\\x41"}',
    )
    yield from (
        b"{" + inner + b",n:1}",
        b"{" + inner + b',"n":True}',
        b"{" + inner + b',"n":None}',
        b"{" + inner + b',"n":undefined}',
    )
    yield from (b"{" + inner + b',"n":"\xff"}', b"{" + inner + b',"n":"\xed\xa0\x80"}', b"{" + inner + b',"n":"\xc0\x80"}')
    yield from MALFORMED


def respelled(value: Json, *fields: str) -> bytes:
    """Write an object in another JSON spelling: white space everywhere, and escapes and exponents in the given fields."""
    members = (
        f'"{key}" :\r\n{_respelled_value(member) if key in fields else dumps(member).decode()}' for key, member in value.items()
    )
    return ("\t{ " + " ,\n".join(members) + " }\n").encode()


def _respelled_value(value: Json) -> str:
    if isinstance(value, str):
        data = value.encode("utf-16-be")
        units = (data[at : at + 2].hex() for at in range(0, len(data), 2))
        return '"' + "".join("\\/" if unit == "002f" else f"\\u{unit}" for unit in units) + '"'
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_respelled_value(key)}: {_respelled_value(member)}" for key, member in value.items()) + " }"
    if isinstance(value, list):
        return "[ " + " , ".join(map(_respelled_value, value)) + " ]"
    return f"{value}E+0" if type(value) is int else dumps(value).decode().replace("e", "E")


def not_numbers(valid: dict[str, Json], *places: str) -> Iterator[bytes]:
    """Yield the body with NaN and each infinity in these fields; in metadata, inside a list."""
    for literal in NOT_NUMBERS:
        for place in places:
            yield dumps({**valid, place: literal if place != "metadata" else {"a": [literal]}})
