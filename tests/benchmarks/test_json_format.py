"""Result files are JSON with one line for each row."""

import json

from json_format import one_line_per_row


def test_each_row_has_a_line():
    record = {"format": 1, "rows": [{"a": "é\n"}, {"a": [1]}], "none": []}
    text = one_line_per_row(record)
    assert json.loads(text) == record
    assert '\n{"a":[1]}\n' in text
