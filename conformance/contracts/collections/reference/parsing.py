"""Reading request bodies: strict JSON, an object, and nothing that cannot be stored and given back as it came."""

import json
import math
from decimal import Decimal
from typing import Any, NoReturn

from conformance.contracts.collections.reference.refusals import Refusal

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 200


def media_type(header: str | None) -> None:
    """Refuse a body that is labelled as something else than JSON."""
    kind = (header or "application/json").partition(";")[0].strip().lower()
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise Refusal(415, f"bodies are JSON, not {kind}")


def parse(body: bytes) -> dict[str, Any]:
    """Return the object that a body holds.

    Raises:
        Refusal: 400 for what is not strict JSON or cannot be kept, 422 for JSON that is no object.

    """
    if not body:
        raise Refusal(400, "the body is empty")
    try:
        value = json.loads(body.decode("utf-8"), parse_float=_real, parse_constant=_constant)
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except RecursionError:
        raise Refusal(400, "the body nests too deeply") from None
    except ValueError:
        raise Refusal(400, "the body is not JSON that can be kept") from None
    if not isinstance(value, dict):
        raise Refusal(422, "the body is no object")
    if _depth(value) > MAX_DEPTH:
        raise Refusal(400, "the body nests too deeply")
    return value


def _real(text: str) -> float:
    number = float(text)
    if math.isinf(number) or (number == 0 and Decimal(text) != 0):
        raise ValueError("beyond the range of a double")
    return number


def _constant(literal: str) -> NoReturn:
    raise ValueError(f"{literal} is not JSON")


def _depth(value: Any) -> int:
    deepest, level = 0, [value]
    while level and deepest <= MAX_DEPTH:
        deepest += 1
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
    return deepest
