"""Classes of a user's own JSON, which a server keeps and gives back without knowing what it means."""

from collections.abc import Sequence
from typing import Any

from conformance.core.json_text import Json, dumps
from conformance.generation import json_values
from conformance.schema.rules import Limits

_HUNDRED = 100
# What may stand in a list with others: larger values stand only at the root of a body.
_LARGEST_INNER_BYTES = 24 * 1024
# Names that users may give to their fields, and that a server may use itself.
LIKELY_NAMES = (
    "id", "type", "name", "status", "text", "url", "description", "data", "content", "value", "version", "0", "tags", "label", "_note",
    "schema", "json", "copy", "class", "self", "items", "model_config", "length", "filters", "results",
)  # fmt: skip


def objects(limits: Limits, *, is_outermost: bool = False) -> list[Json]:
    """Return objects of falsy values, numbers, texts, keys, depths and widths, one class in each."""
    lengths = [length for length in json_values.LENGTHS if length <= limits.string_length]
    values: list[dict[str, Json]] = [
        {"falsy": list(json_values.FALSY), **{f"k{index}": falsy for index, falsy in enumerate(json_values.FALSY)}},
        {},
        {f"n{index}": number for index, number in enumerate(json_values.NUMBERS)},
        {f"t{index}": text for index, text in enumerate(json_values.TEXTS)},
        _lists(lengths),
        {key: index for index, key in enumerate(json_values.KEYS)},
        {"in": json_values.nested(limits.user_data_deep - 1)},
        {"list": [[], [[]], {}, [{}], [None], [0, "0", False, None, ""]], "order": [3, 1, 2, 1, 3]},
        {f"key{index:03}": index for index in range(limits.keys)},
        {"items": [index % 7 for index in range(limits.items)]},
        {f"l{length}": "x" * length for length in lengths},
        {"same": "same", "Same": "Same", "SAME": "SAME", "é": "NFC", "e\u0301": "NFD"},
        {"nulls": [None, {"null": None}], "deeper": {"null": None, "empty": {"empty": {}}}},
        {
            f"long{index}": "y" * limits.string_length
            for index in range(max(1, limits.body_bytes * 15 // 16 // limits.string_length))
        },
    ]
    return [value for value in values if is_outermost or len(dumps(value)) <= _LARGEST_INNER_BYTES]


def _lists(lengths: Sequence[int]) -> dict[str, Json]:
    """Return lists of one type (a database may make a column of them), lists in objects, and objects that look like lists."""
    return {
        "texts": list(json_values.TEXTS),
        "lengths": ["x" * length for length in lengths],
        "fractions": [number for number in json_values.NUMBERS if isinstance(number, float) and number % 1],
        "whole": [number for number in json_values.NUMBERS if isinstance(number, int)],
        "flags": [True, False, True, True],
        "objects": [{"text": text, "k": index} for index, text in enumerate(json_values.TEXTS)],
        "numbered": {"0": "a", "1": "b", "2": "c"},
        "inner": {"inner": {"items": [index % 9 for index in range(_HUNDRED)]}},
    }


def values(limits: Limits) -> list[Json]:
    """Return values of every class: scalars one by one, and objects and lists."""
    return [
        *json_values.FALSY,
        *json_values.NUMBERS,
        *json_values.TEXTS,
        True,
        "x" * limits.string_length,
        {key: [key] for key in json_values.KEYS},
        json_values.nested(limits.user_data_deep),
        [0, "", False, None, 1.5, "a"],
        [index % 97 for index in range(limits.items)],
    ]


def own_fields(names: Sequence[str], room: int, limits: Limits) -> list[dict[str, Any]]:
    """Return groups of a user's own fields for the root of a body, `room` of them at most, one class in each group."""
    lengths = [length for length in json_values.LENGTHS if length <= limits.string_length]
    groups: list[dict[str, Any]] = [
        {f"f{index}": falsy for index, falsy in enumerate(json_values.FALSY)},
        dict(zip(names, json_values.NUMBERS, strict=False)),
        {f"n{index}": number for index, number in enumerate(json_values.NUMBERS)},
        {f"t{index}": text for index, text in enumerate(json_values.TEXTS)},
        {f"len{length}": "x" * length for length in lengths},
        {f"field{index}": index for index in range(room)},
        {name: f"the user's {name}" for name in LIKELY_NAMES},
        {"deep": json_values.nested(limits.user_data_deep - 1), "tags": ["b", "a", "b"], "empty": [[], {}, [None], ""]},
    ]
    return [dict(list(group.items())[:room]) for group in groups]
