"""Files are written whole or not at all."""

import pytest

from conformance.core.whole_files import write_whole


def test_a_file_is_replaced_whole_or_left_alone(tmp_path):
    path = tmp_path / "results.json"
    path.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        write_whole(path, "\ud800")
    assert path.read_text() == "old"
    write_whole(path, "new")
    assert path.read_text() == "new"
    assert [file.name for file in tmp_path.iterdir()] == ["results.json"]
