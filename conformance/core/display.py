"""Text and JSON values as a terminal or a report shows them: on one line, short, and with control characters escaped."""

import json
import unicodedata
from typing import Any

# In characters.
LONGEST = 200


def visible(text: str) -> str:
    """Return the text with control, format and combining characters written as backslash escapes."""
    return "".join(letter if _is_visible(letter) else letter.encode("unicode_escape").decode() for letter in text)


def _is_visible(letter: str) -> bool:
    return letter == " " or (letter.isprintable() and unicodedata.category(letter) not in ("Cf", "Mn"))


def cut(text: str, longest: int = LONGEST) -> str:
    """Return the text; if it has more than `longest` characters, its beginning and its length."""
    return text if len(text) <= longest else f"{text[:longest]}… ({len(text)} characters)"


def short(value: Any, longest: int = LONGEST) -> str:
    """Return a JSON value on one line, cut after `longest` characters."""
    return cut(visible(json.dumps(value, ensure_ascii=False)), longest)
