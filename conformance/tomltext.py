"""Text as TOML has it, for what writes target files."""

import json


def quoted(text: str) -> str:
    """Return a basic string, which is one of JSON but for what JSON lets stand as it is."""
    return json.dumps(text).replace("\x7f", "\\u007f")
