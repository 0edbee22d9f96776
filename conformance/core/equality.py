"""When two values are the same: the contract's "free to do" for numbers, times, nulls and vectors."""

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
EXACT = 2**53
INT64 = 2**63
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d):(\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


class Kind(StrEnum):
    """What sort of value was changed on its way."""

    STRING = "string"
    NUMBER = "number"
    LARGE_INTEGER = "large integer"
    EXTREME = "extreme number"
    STRUCTURE = "structure"
    FILLED = "filled in"


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where what came back is not what was sent; either side may be `MISSING`."""

    at: Pointer
    kind: Kind
    sent: Any
    got: Any


def kind_of(value: Json) -> Kind:
    """Return the kind that a leaf, or the lack of one, is judged by."""
    if isinstance(value, str):
        return Kind.STRING
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return Kind.STRUCTURE
    if isinstance(value, Decimal):
        return Kind.EXTREME
    if isinstance(value, int) and abs(value) >= EXACT:
        return Kind.LARGE_INTEGER if abs(value) <= INT64 else Kind.EXTREME
    return Kind.NUMBER


def same_number(one: float | Decimal, other: float | Decimal) -> bool:
    """Compare by value; beyond ±2^53 a number written with a fraction or an exponent compares as a double."""
    if isinstance(one, Decimal) or isinstance(other, Decimal):
        return _decimal(one) == _decimal(other)
    if one == other:
        return True
    if isinstance(one, int) and isinstance(other, int):
        return False
    try:
        return abs(one) > EXACT and float(one) == float(other)
    except OverflowError:
        return False


def _decimal(number: float | Decimal) -> Decimal:
    return Decimal(repr(number)) if isinstance(number, float) else Decimal(number)


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def same(sent: Json, got: Json) -> bool:
    """Whether two JSON values are the same, as user data is compared."""
    return next(differences(sent, got), None) is None


def differences(sent: Json, got: Json, at: Pointer = ()) -> Iterator[Difference]:
    """Yield each place where `got` differs from `sent`, both being user data: verbatim, null is not absent."""
    if isinstance(sent, dict) and isinstance(got, dict):
        yield from _in_objects(sent, got, at)
    elif isinstance(sent, list) and isinstance(got, list):
        for index, (one, other) in enumerate(zip(sent, got, strict=False)):
            if not is_same_scalar(one, other):
                yield from differences(one, other, (*at, index))
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
    """Whether two scalars are the same in type and value, so that no rule can find them different: most are."""
    return type(sent) is type(got) and type(sent) in _SCALARS and bool(sent == got)


def same_leaf(sent: Json, got: Json) -> bool:
    """Compare two values of which at least one is no container, or the containers differ in type."""
    if _is_number(sent) and _is_number(got):
        return same_number(sent, got)
    return type(sent) is type(got) and bool(sent == got)


def instant(value: Json) -> datetime | None:
    """Return the moment that an RFC 3339 date-time with an offset names, or None if the value is no such text."""
    match = _TIME.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    date, clock, second, fraction, offset = match.groups()
    # RFC 3339 allows a leap second, datetime does not; the instant after it is the nearest that can be compared.
    leap = second == "60"
    try:
        # datetime holds microseconds: the digits beyond are cut off.
        text = f"{date}T{clock}:{'59' if leap else second}{(fraction or '')[:7]}{'+00:00' if offset in 'Zz' else offset}"
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def same_time(sent: Json, got: Json) -> bool:
    """Whether two texts name one instant, to the microsecond; texts that are no times are compared as they are."""
    one, other = instant(sent), instant(got)
    return sent == got if one is None or other is None else one == other


_FLOAT32 = 1e-6


def same_vectors(sent: Json, got: Json) -> bool:
    """Whether vectors came back as sent, each number at float32 precision (relative 1e-6); a name with nothing in it counts too."""
    if isinstance(sent, dict) and isinstance(got, dict):
        return sent.keys() == got.keys() and all(same_vectors(value, got[key]) for key, value in sent.items())
    if isinstance(sent, list) and isinstance(got, list):
        return len(sent) == len(got) and all(map(same_vectors, sent, got))
    try:
        return _is_number(sent) and _is_number(got) and math.isclose(sent, got, rel_tol=_FLOAT32, abs_tol=1e-38)
    except OverflowError:  # an integer beyond all doubles
        return False
