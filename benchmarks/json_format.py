"""JSON with one line for each row, so that `diff` can compare two result files."""

import json
from typing import Any


def one_line_per_row(record: dict[str, Any]) -> str:
    """Return a record as JSON: one line for each member, and one line for each item of a member that is a list."""
    members = (f"{json.dumps(name)}: {_member(value)}" for name, value in record.items())
    return "{\n" + ",\n".join(members) + "\n}\n"


def _member(value: Any) -> str:
    return "[\n" + ",\n".join(map(_compact, value)) + "\n]" if isinstance(value, list) and value else _compact(value)


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
