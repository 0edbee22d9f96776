"""Write files atomically: a reader sees the old file or the new one, never a half-written one."""

from pathlib import Path


def write_atomically(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.part")
    # Results quote what servers answered. That may contain lone surrogates, which UTF-8 cannot encode.
    temporary.write_text(text, "utf-8", "replace")
    temporary.replace(path)
