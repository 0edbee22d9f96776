"""The limits up to which a request must be accepted (CONTRACT, "goes this far and no further")."""

from conformance.schema.rules import Limits

LIMITS = Limits(
    string_length=4_096,
    items=100,
    keys=100,
    body_bytes=256 * 1024,
    user_data_deep=16,
    # The body, a list, and its item (parameters).
    outer=3,
    hostile_keys=frozenset({"__proto__", "constructor", "toString", ""}),
    group_keys=frozenset({"AND", "OR", "NOT"}),
    groups_deep=5,
)
