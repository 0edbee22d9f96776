"""Files that are written whole: whoever reads one meanwhile finds what was there before, or what is there now, and no half."""

from pathlib import Path


def replace(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.part")
    # What servers answer is quoted in records, and may hold halves of letters that no file can.
    beside.write_text(text, "utf-8", "replace")
    beside.replace(path)
