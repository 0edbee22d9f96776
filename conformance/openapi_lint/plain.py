"""Values that every validator can take, in Rust or in Python: texts without lone surrogates, numbers that fit a double or 64 bits."""

import re
import sys
from decimal import Decimal
from typing import Any

from conformance.openapi_lint.refusals import DEEPEST, MOST_VALUES, too_deep, too_many

_SURROGATE = re.compile("[\ud800-\udfff]")


def plain(value: Any) -> Any:
    """Return a copy of JSON in plain values.

    Raises:
        Unreadable: it nests too deeply, or has too many values.

    """
    left = MOST_VALUES

    def copied(node: Any, depth: int) -> Any:
        nonlocal left
        left -= 1
        if depth > DEEPEST:
            raise too_deep()
        if left < 0:
            raise too_many()
        if isinstance(node, dict):
            return {key(name): copied(member, depth + 1) for name, member in node.items()}
        if isinstance(node, list):
            return [copied(item, depth + 1) for item in node]
        return scalar(node)

    return copied(value, 0)


def key(name: str) -> str:
    """Return a key with lone surrogates written as escapes, so that two keys stay two."""
    return name if name.isascii() else _SURROGATE.sub(lambda surrogate: f"\\u{ord(surrogate[0]):04x}", name)


def scalar(value: Any) -> Any:
    """Return a scalar of JSON: NaN becomes null, and a number beyond all doubles the largest of them."""
    if isinstance(value, str):
        return value if value.isascii() else _SURROGATE.sub("\ufffd", value)
    if value is None or isinstance(value, bool) or (isinstance(value, int) and -(2**63) <= value < 2**64):
        return value
    assert isinstance(value, int | float | Decimal)
    largest = sys.float_info.max
    return float(max(min(value, largest), -largest)) if value == value else None  # noqa: PLR0124 - NaN
