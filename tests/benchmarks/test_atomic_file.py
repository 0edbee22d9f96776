"""Result files are replaced as a whole."""

from atomic_file import write_atomically


def test_a_file_is_replaced_and_no_temporary_file_is_left(tmp_path):
    path = tmp_path / "new" / "a.json"
    write_atomically(path, "old")
    write_atomically(path, "lone surrogate: \ud800")
    assert path.read_text("utf-8") == "lone surrogate: ?"
    assert list(path.parent.iterdir()) == [path]
