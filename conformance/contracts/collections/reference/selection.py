"""What a filter selects and a sort orders, as SQL over the JSON text of documents.

Groups become AND, OR and NOT of SQL, and SQLite cuts the one field that a condition is about out of each document; only that
fragment is compared in Python, where numbers are read as they were written. So a list never loads more documents than it answers.
"""

import json
import re
import sqlite3
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

Body = dict[str, Any]
_PLAIN_KEY = re.compile(r'[^"\\\x00-\x1f]+')


class Sql(NamedTuple):
    """A piece of SQL with the values bound to it."""

    text: str
    values: tuple[Any, ...] = ()


EVERYTHING = Sql("1")
AS_ADDED = Sql("rowid")


def register(connection: sqlite3.Connection) -> None:
    """Give a connection the functions that the pieces of SQL call."""
    connection.create_function("matches", 2, matches, deterministic=True)
    connection.create_function("fragment", 2, _fragment, deterministic=True)


def chosen(group: Body | None) -> Sql:
    """Return the condition that a filter's root group stands for."""
    return EVERYTHING if group is None else _group(group, is_sensitive=False)


def ordered(field: str, direction: str) -> Sql:
    """Return the order by a root field; documents with equal keys stay as they were added."""
    return Sql(f"json_extract(body, ?) {'DESC' if direction == 'desc' else 'ASC'}, rowid", (f'$."{field}"',))


def _group(group: Body, *, is_sensitive: bool) -> Sql:
    own = group.get("case_sensitive")
    is_sensitive = is_sensitive if own is None else own
    parts = []
    for name, joint, form in (("AND", " AND ", "({})"), ("OR", " OR ", "({})"), ("NOT", " OR ", "NOT ({})")):
        if group.get(name):
            members = [_member(one, is_sensitive=is_sensitive) for one in group[name]]
            parts.append(Sql(form.format(joint.join(one.text for one in members)), sum((one.values for one in members), ())))
    return Sql(" AND ".join(one.text for one in parts) or "1", sum((one.values for one in parts), ()))


def _member(member: Body, *, is_sensitive: bool) -> Sql:
    if "field" not in member:
        return _group(member, is_sensitive=is_sensitive)
    keys = member["field"].split(".")
    condition = json.dumps([member.get("operator", "eq"), member.get("value"), is_sensitive])
    if all(_PLAIN_KEY.fullmatch(key) for key in keys):
        return Sql("matches(body -> ?, ?)", ("$" + "".join(f'."{key}"' for key in keys), condition))
    # SQLite's paths cannot say a key that JSON escapes.
    return Sql("matches(fragment(body, ?), ?)", (json.dumps(keys), condition))


def _fragment(body: str, keys: str) -> str | None:
    value = json.loads(body)
    for key in json.loads(keys):
        if not isinstance(value, dict) or key not in value:
            return None
        value = value[key]
    return json.dumps(value)


def matches(fragment: str | None, condition: str) -> bool:
    """Whether a condition (operator, operand, whether case counts; as JSON) holds for the JSON text of a field; None is no field."""
    operator, operand, is_sensitive = _read(condition)
    if fragment is None:
        return operator in ("ne", "nin") or (operator == "exists" and operand is False)
    return _OPERATORS[operator](json.loads(fragment), operand, _same_letters if is_sensitive else str.lower)


@lru_cache(maxsize=512)
def _read(condition: str) -> tuple[str, Any, bool]:
    operator, operand, is_sensitive = json.loads(condition)
    return operator, operand, is_sensitive


Fold = Callable[[str], str]


def _same_letters(text: str) -> str:
    return text


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _equal(value: Any, operand: Any, fold: Fold) -> bool:
    if isinstance(value, str) and isinstance(operand, str):
        return fold(value) == fold(operand)
    return _identical(value, operand)


def _identical(value: Any, operand: Any) -> bool:
    if _is_number(value) and _is_number(operand):
        return bool(value == operand)
    if isinstance(value, dict) and isinstance(operand, dict):
        return value.keys() == operand.keys() and all(_identical(value[key], operand[key]) for key in value)
    if isinstance(value, list) and isinstance(operand, list):
        return len(value) == len(operand) and all(map(_identical, value, operand))
    return type(value) is type(operand) and bool(value == operand)


def _is_in(value: Any, operand: Any, fold: Fold) -> bool:
    return isinstance(operand, list) and any(_equal(value, one, fold) for one in operand)


def _contains(value: Any, operand: Any, fold: Fold) -> bool:
    if isinstance(value, list):
        return any(_equal(one, operand, fold) for one in value)
    return _texts(value, operand, fold, lambda text, part: part in text)


def _texts(value: Any, operand: Any, fold: Fold, test: Callable[[str, str], bool]) -> bool:
    return isinstance(value, str) and isinstance(operand, str) and test(fold(value), fold(operand))


def _found(value: Any, operand: Any, fold: Fold) -> bool:
    flags = 0 if fold is _same_letters else re.IGNORECASE
    try:
        return isinstance(value, str) and isinstance(operand, str) and re.search(operand, value, flags) is not None
    except re.error:
        return False


def _has_word(value: Any, operand: Any, _fold: Fold) -> bool:
    return isinstance(value, str) and isinstance(operand, str) and operand.lower() in re.findall(r"\w+", value.lower())


def _compared(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any, Fold], bool]:
    return lambda value, operand, _fold: _is_number(value) and _is_number(operand) and test(value, operand)


_OPERATORS: dict[str, Callable[[Any, Any, Fold], bool]] = {
    "eq": _equal,
    "ne": lambda value, operand, fold: not _equal(value, operand, fold),
    "gt": _compared(lambda value, operand: value > operand),
    "lt": _compared(lambda value, operand: value < operand),
    "gte": _compared(lambda value, operand: value >= operand),
    "lte": _compared(lambda value, operand: value <= operand),
    "in": _is_in,
    "nin": lambda value, operand, fold: not _is_in(value, operand, fold),
    "contains": _contains,
    "starts_with": lambda value, operand, fold: _texts(value, operand, fold, str.startswith),
    "ends_with": lambda value, operand, fold: _texts(value, operand, fold, str.endswith),
    "regex": _found,
    "exists": lambda _value, operand, _fold: operand is not False,
    "is_null": lambda value, operand, _fold: (value is None) is (operand is not False),
    "text": _has_word,
}
