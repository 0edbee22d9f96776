"""When two JSON values are equal: servers may write numbers, times and vectors in another form."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from conformance.core.json_text import Json
from conformance.core.pointers import MISSING, Pointer

_SCALARS = frozenset({str, int, float, bool})
# A double holds every integer up to this absolute value exactly (RFC 8259, 6).
EXACT = 2**53
INT64 = 2**63
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d):(\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


class Kind(StrEnum):
    """The sort of value that changed between request and response."""

    STRING = "string"
    NUMBER = "number"
    LARGE_INTEGER = "large integer"
    EXTREME = "extreme number"
    STRUCTURE = "structure"
    FILLED = "filled in"


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where the received value differs from the sent value; either may be `MISSING`."""

    at: Pointer
    kind: Kind
    sent: Any
    got: Any


def kind_of(value: Json) -> Kind:
    """Return the kind of difference that a change of this value is."""
    if isinstance(value, str):
        return Kind.STRING
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return Kind.STRUCTURE
    if isinstance(value, Decimal):
        return Kind.EXTREME
    if isinstance(value, int) and abs(value) >= EXACT:
        return Kind.LARGE_INTEGER if abs(value) <= INT64 else Kind.EXTREME
    return Kind.NUMBER


def same_number(sent: float | Decimal, got: float | Decimal) -> bool:
    """Compare two numbers by value; above ±2^53 a number written with a fraction or an exponent is compared as a double."""
    if isinstance(sent, Decimal) or isinstance(got, Decimal):
        return _decimal(sent) == _decimal(got)
    if sent == got:
        return True
    if isinstance(sent, int) and isinstance(got, int):
        return False
    try:
        return abs(sent) > EXACT and float(sent) == float(got)
    except OverflowError:
        return False


def _decimal(number: float | Decimal) -> Decimal:
    return Decimal(repr(number)) if isinstance(number, float) else Decimal(number)


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def same(sent: Json, got: Json) -> bool:
    """Whether two JSON values are equal, by the rules of `differences`."""
    if not isinstance(sent, dict | list):
        return is_same_scalar(sent, got) or same_leaf(sent, got)
    return next(differences(sent, got), None) is None


def differences(sent: Json, got: Json, at: Pointer = ()) -> Iterator[Difference]:
    """Yield each place where `got` differs from `sent`; keys must be the same, and null is not the same as absent."""
    if isinstance(sent, dict) and isinstance(got, dict):
        yield from _in_objects(sent, got, at)
    elif isinstance(sent, list) and isinstance(got, list):
        for index, (sent_item, got_item) in enumerate(zip(sent, got, strict=False)):
            if not is_same_scalar(sent_item, got_item):
                yield from differences(sent_item, got_item, (*at, index))
        if len(sent) != len(got):
            yield Difference(at, Kind.STRUCTURE, sent, got)
    elif not same_leaf(sent, got):
        yield Difference(at, Kind.STRUCTURE if got is MISSING else kind_of(sent), sent, got)


def _in_objects(sent: dict[str, Json], got: dict[str, Json], at: Pointer) -> Iterator[Difference]:
    for key, value in sent.items():
        if key not in got:
            yield Difference((*at, key), Kind.STRUCTURE, value, MISSING)
        elif not is_same_scalar(value, got[key]):
            yield from differences(value, got[key], (*at, key))
    for key in (key for key in got if key not in sent):
        yield Difference((*at, key), Kind.STRUCTURE, MISSING, got[key])


def is_same_scalar(sent: Json, got: Any) -> bool:
    """Whether two scalars have the same type and value. This quick test settles most values without the slower rules."""
    return type(sent) is type(got) and type(sent) in _SCALARS and bool(sent == got)


def same_leaf(sent: Json, got: Json) -> bool:
    """Whether two values are equal, at least one of which is a scalar; two containers must differ in type."""
    if _is_number(sent) and _is_number(got):
        return same_number(sent, got)
    return type(sent) is type(got) and bool(sent == got)


def instant(value: Json) -> datetime | None:
    """Return the moment of an RFC 3339 date-time with an offset, or None if the value is not such a string."""
    match = _TIME.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    date, clock, second, fraction, offset = match.groups()
    # RFC 3339, 5.6 allows second 60 (a leap second), datetime does not: second 59 stands for it.
    is_leap_second = second == "60"
    try:
        # datetime holds microseconds: later digits are cut off.
        text = f"{date}T{clock}:{'59' if is_leap_second else second}{(fraction or '')[:7]}{'+00:00' if offset in 'Zz' else offset}"
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def same_time(sent: Json, got: Json) -> bool:
    """Whether two date-times are the same moment, to the microsecond; values that are not both date-times must be equal."""
    sent_time, got_time = instant(sent), instant(got)
    return sent == got if sent_time is None or got_time is None else sent_time == got_time


_FLOAT32_TOLERANCE = 1e-6


def same_vectors(sent: Json, got: Json) -> bool:
    """Whether two vectors, or two objects of vectors by name, are equal at float32 precision (relative tolerance 1e-6)."""
    if isinstance(sent, dict) and isinstance(got, dict):
        return sent.keys() == got.keys() and all(same_vectors(value, got[key]) for key, value in sent.items())
    if isinstance(sent, list) and isinstance(got, list):
        return len(sent) == len(got) and all(map(same_vectors, sent, got))
    try:
        return _is_number(sent) and _is_number(got) and math.isclose(sent, got, rel_tol=_FLOAT32_TOLERANCE, abs_tol=1e-38)
    except OverflowError:  # an integer larger than any double
        return False
