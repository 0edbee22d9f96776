"""Records are JSON with a line for each row, and are written whole."""

import json

from atomic_file import replace
from json_format import lines


def test_each_row_has_a_line():
    record = {"format": 1, "rows": [{"a": "é\n"}, {"a": [1]}], "none": []}
    text = lines(record)
    assert json.loads(text) == record
    assert '\n{"a":[1]}\n' in text


def test_a_file_is_replaced_and_nothing_is_left_beside_it(tmp_path):
    path = tmp_path / "new" / "a.json"
    replace(path, "old")
    replace(path, "half a letter: \ud800")
    assert path.read_text("utf-8") == "half a letter: ?"
    assert list(path.parent.iterdir()) == [path]
