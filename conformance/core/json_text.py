"""Read and write JSON text without losing the precision of numbers.

Python's reader turns `1e400` into infinity and `1e-400` into zero, and refuses integers of more than 4,300 digits. Here such
numbers are `Decimal`, so that a check can see whether a server kept them.
"""

import codecs
import json
import math
import re
import sys
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn, TypeAlias

# A recursive alias would be more exact, but every access would need a cast. The values come from outside and are checked where used.
Json: TypeAlias = Any

_SURROGATE = re.compile("[\ud800-\udfff]")
_DEPTH = 20_000


def allow_depth() -> None:
    """Raise Python's recursion limit, so that JSON as deep as the suites send it (1,000 levels) can be read and checked."""
    sys.setrecursionlimit(max(sys.getrecursionlimit(), _DEPTH))


def is_text(text: str) -> bool:
    """Whether a string can be encoded in UTF-8; lone surrogates cannot."""
    return _SURROGATE.search(text) is None


def loads(text: bytes | str, made_of: Callable[[list[tuple[str, Json]]], Json] | None = None) -> Json:
    """Read one JSON text (RFC 8259, UTF-8); `made_of`, if given, builds each object from its (key, value) pairs instead of a dict.

    Raises:
        ValueError: the text is not JSON (NaN and Infinity are not JSON), is not UTF-8, or is nested too deeply.

    """
    decoded = _decoded(text) if isinstance(text, bytes) else text
    try:
        try:
            return json.loads(decoded, parse_float=_parse_real, parse_constant=_refuse_literal, object_pairs_hook=made_of)
        except json.JSONDecodeError:
            raise
        except ValueError as error:
            if "digits" not in str(error):
                raise
            return json.loads(
                decoded,
                parse_float=_parse_real,
                parse_int=_parse_integer,
                parse_constant=_refuse_literal,
                object_pairs_hook=made_of,
            )
    except RecursionError:
        raise ValueError("the JSON nests too deeply to follow") from None


def _decoded(text: bytes) -> str:
    """Decode UTF-8; refuse a byte order mark, which JSON text must not begin with (RFC 8259, 8.1)."""
    if text.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise ValueError("its JSON is in UTF-16, not in UTF-8 (RFC 8259, 8.1)")
    if text.startswith(codecs.BOM_UTF8):
        raise ValueError("its JSON begins with a byte order mark (RFC 8259, 8.1)")
    return text.decode("utf-8")


def dumps(value: Json) -> bytes:
    """Write one JSON text in UTF-8: lone surrogates as escapes, `Decimal` as a number, and NaN as `NaN`, which is not JSON."""
    try:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    except TypeError:
        text = _with_decimals(value)
    try:
        return text.encode()
    except UnicodeEncodeError:
        return _SURROGATE.sub(lambda surrogate: f"\\u{ord(surrogate[0]):04x}", text).encode()


def _with_decimals(value: Json) -> str:
    """Write each `Decimal` as a string between marks, then remove quotes and marks; no string in the value contains the mark."""
    mark = "\ue000"
    while mark in json.dumps(value, ensure_ascii=False, default=str):
        mark += "\ue000"
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=lambda number: f"{mark}{number}")
    return re.sub(f'"{mark}([^"]*)"', r"\1", text)


def _parse_real(text: str) -> float | Decimal:
    number = float(text)
    if math.isinf(number) or (number == 0 and text.lower().partition("e")[0].strip("-0.")):
        return _decimal(text)
    return number


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError(f"a number beyond all bounds: {text[:40]}") from None


def _parse_integer(text: str) -> int | Decimal:
    return int(text) if len(text) < 4_000 else _decimal(text)  # noqa: PLR2004 - under sys.int_info.default_max_str_digits


def _refuse_literal(literal: str) -> NoReturn:
    raise ValueError(f"{literal} is not JSON")
