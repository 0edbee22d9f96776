"""Text as TOML has it, for what writes target files."""

import json


def quoted(text: str) -> str:
    """Return a basic string: one of JSON, but that it has no pairs of surrogates for letters, and that DEL is escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
