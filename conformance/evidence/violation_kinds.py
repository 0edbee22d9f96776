"""Kinds of violation: what tells two defects of one requirement apart, and stays the same whatever seed shows them."""

import hashlib
from dataclasses import dataclass
from typing import Any

from conformance.core.json_text import Json
from conformance.core.pointers import MISSING, Pointer
from conformance.evidence.operation import UserKeys
from conformance.evidence.redaction import is_said


@dataclass(frozen=True, slots=True)
class Kind:
    """The operation that showed it, the message, the place without indices and keys of the user's, and what differs.

    `difference` names the JSON types on both sides or the statuses; where there is no place, what the request was the test of tells
    more.
    """

    operation: str
    message: str
    place: str
    difference: str

    def fingerprint(self, requirement: str) -> str:
        """Return what a baseline knows it by: 12 hexadecimal digits."""
        text = f"{requirement}\n{self.operation}\n{self.message}\n{self.place}\n{self.difference}"
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def difference(expected: Any, actual: Any) -> str:
    """Return what differs: the types of two JSON values, or a check's own words; of what is absent on one side, no more than that."""
    if MISSING in (expected, actual) and expected is not actual:
        return "lacking" if actual is MISSING else "left over"
    return f"{_side(expected)} → {_side(actual)}"


def _side(value: Any) -> str:
    return str(value).partition(":")[0] if is_said(value) else type_of(value)


def type_of(value: Json) -> str:
    """Return the JSON type of a value."""
    if value is None or value is MISSING:
        return "null" if value is None else "absent"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, dict):
        return "object"
    if isinstance(value, list | tuple):
        return "array"
    return "string" if isinstance(value, str) else "number"


def place(at: Pointer, user_keys: UserKeys) -> str:
    """Return a place without indices, and without the keys that are the user's."""
    parts: list[str] = []
    for part in at:
        if isinstance(part, int) or (parts and parts[-1] in user_keys.maps):
            parts.append("*")
            continue
        is_users = user_keys.root is not None and not parts and part not in user_keys.root
        parts.append("(field)" if is_users else part)
        if is_users or part in user_keys.below:
            break
    return "/".join(parts)
