"""JSON values for payloads: tables of values that servers often get wrong, and functions that choose from them."""

import math
import struct
from typing import Any

from conformance.core.json_text import Json
from conformance.generation.decisions import DecisionStream

FALSY: tuple[Json, ...] = (0, 0.0, False, "", [], {}, None)
NUMBERS: tuple[float, ...] = (
    0, 1, -1, 0.0, -0.0, 0.5, 0.1, -2.5, 3.141592653589793, 0.30000000000000004, 1.0, 255, 256, 32767, 32768, 65536, -(2**31),
    2**31 - 1, 2**31, 2**32, 16_777_217, 2**53 - 1, -(2**53 - 1), 1e-7, 5e-324, 2.2250738585072014e-308, 1e15, 1e16, 1e21, 1e22,
    1.7976931348623157e308, -1e308, 123456789.12345679,
)  # fmt: skip
BOUNDARY_NUMBERS: tuple[float, ...] = (
    0, 1, -1, 2, 0.0, -0.0, 0.5, 0.30000000000000004, 1e-7, 5e-324, 2**31 - 1, 2**31, 2**53 - 1, -(2**53 - 1), 1.7976931348623157e308,
)  # fmt: skip
TEXTS: tuple[str, ...] = (
    "a", "", " ", " padded ", "Straße", "MiXeD cAsE", "é", "e\u0301", "ﬁ", "Å\u212b", "İıſK", "ключ", "日本語", "עברית", "ไทย",
    "😀", "👩\u200d👩\u200d👧", "\U0001d11e", "\ud7ff\ue001\ufffd", "\uffff\U0010ffff", "\ufeffbom", "zero\u200bwidth", "\u202egnp.exe",
    "line\nbreak", "\r\n", "tab\there", "\x01\x1b\x7f\x85", "\u2028\u2029", "\u00a0", "null", "true", "False", "0", "-1", "1.0", "1e5",
    "NaN", "2024-02-29", "2024-02-29T12:00:00Z", "2024-02-29T12:00:00.120+02:00", "<b>&amp;</b>", "\"quoted\" 'twice'",
    "back\\slash\\n\\u0041", "%s %d {0} ${x}", "a/b", "a.b", "a,b;c", "+", "%41%20", "trailing\n", "00123", "1,5",
)  # fmt: skip
# Texts that a server may take for something else, but only as a whole. The others can be joined into one text.
STANDALONE = frozenset({"", " ", " padded ", "null", "true", "False", "0", "-1", "1.0", "1e5", "NaN", "trailing\n", "00123", "1,5", "\r\n",
                        "2024-02-29", "2024-02-29T12:00:00Z", "2024-02-29T12:00:00.120+02:00"})  # fmt: skip
KEYS: tuple[str, ...] = (
    "a", "b", "c", "name", "value", "type", "Name", "NAME", "with space", "kebab-case", "snake_case", "camelCase", "ключ", "键",
    "é", "e\u0301", "😀", "0", "-1", "true", "null", "id", "AND", "field", "operator", "length", "_private", "a/b", "a[0]", "a:b",
    'quote"d', "tab\t", "class", "select", "collection_id", "document_id", "_internal", "created_at", "namespace_id", "features",
    "x" * 64,
)  # fmt: skip
LENGTHS = (0, 1, 255, 256, 4096)
PATHS: tuple[str, ...] = ("a/b", "a//b", "/a/", "a/../b", "a", "a/b/c", " a / b ")
# The kinds of text that an annotation can name.
TEXT_TABLES: dict[str, tuple[str, ...]] = {"any": TEXTS, "keys": KEYS, "paths": (*PATHS, *TEXTS)}
WHOLE: tuple[int, ...] = (
    0, 1, 2, 60, 255, 256, 32767, 32768, 65536, 604_800, 16_777_217, 2**31 - 1, 2**31, 2**32, 2**53 - 1, -1, -(2**31), -(2**53 - 1),
)  # fmt: skip


def value(stream: DecisionStream, depth: int = 3) -> Json:
    """Return a JSON value, at most `depth` containers deep."""
    kind = stream.below(12)
    if kind < 4:  # noqa: PLR2004
        return stream.text(TEXTS)
    if kind < 7:  # noqa: PLR2004
        return number(stream)
    if kind < 9:  # noqa: PLR2004
        return stream.pick((False, True, None))
    if depth <= 0 or kind == 9:  # noqa: PLR2004
        return stream.pick(FALSY)
    if kind == 10:  # noqa: PLR2004
        return [value(stream, depth - 1) for _ in range(stream.below(4))]
    return mapping(stream, depth - 1)


def number(stream: DecisionStream) -> float:
    """Return a number from the table, a random 32-bit integer or a random finite double."""
    kind = stream.below(8)
    if kind < 5:  # noqa: PLR2004
        return stream.pick(NUMBERS)
    if kind < 7:  # noqa: PLR2004
        return stream.number(32)
    drawn: float = struct.unpack(">d", bytes(stream.byte() for _ in range(8)))[0]
    return drawn if math.isfinite(drawn) else 0.5


def mapping(stream: DecisionStream, depth: int = 3) -> dict[str, Any]:
    """Return an object with up to four members, whose values nest at most `depth` containers deep."""
    return members(stream, stream.below(5), depth)


def members(stream: DecisionStream, count: int, depth: int) -> dict[str, Any]:
    """Return an object with so many members at most; those with the same key are one."""
    return {key(stream): value(stream, depth) for _ in range(count)}


def key(stream: DecisionStream) -> str:
    """Return a key that no server may refuse."""
    return stream.pick(KEYS)


def nested(depth: int, leaf: Json = "deep") -> Json:
    """Return alternating objects and arrays, `depth` containers deep, with `leaf` inside."""
    for level in range(depth):
        leaf = {"in": leaf} if level % 2 else [leaf]
    return leaf
