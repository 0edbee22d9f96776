"""Answers made comparable: without what two requests cannot share."""

from typing import Any

from conformance.contract.jsontext import Json

# What user data holds is compared as it is; elsewhere null, absent and empty are one.
_VERBATIM = frozenset({"metadata", "parameters", "payload", "value"})


def same_without(value: Json) -> Any:
    """Return the value without nulls and empty containers, but for those within user data."""
    if isinstance(value, dict):
        cleaned = {key: member if key in _VERBATIM else same_without(member) for key, member in value.items()}
        return {key: member for key, member in cleaned.items() if member not in (None, [], {})}
    if isinstance(value, list):
        return [same_without(item) for item in value]
    return value
