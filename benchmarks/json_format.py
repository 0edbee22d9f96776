"""Lines: a record as JSON with a line for each of its rows, so that two of them can be compared by diff."""

import json
from typing import Any


def lines(record: dict[str, Any]) -> str:
    """Return a record with a line for each member, or if that is a list, for each of its items."""
    members = (f"{json.dumps(name)}: {_member(value)}" for name, value in record.items())
    return "{\n" + ",\n".join(members) + "\n}\n"


def _member(value: Any) -> str:
    return "[\n" + ",\n".join(map(_line, value)) + "\n]" if isinstance(value, list) and value else _line(value)


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
