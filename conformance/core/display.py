"""Text and JSON values as a terminal or a report may show them: on one line, short, and with nothing invisible in them."""

import json
import unicodedata
from typing import Any

LONGEST = 200


def visible(text: str) -> str:
    """Return the text with what a terminal would act on, or nobody could see, written out as an escape."""
    return "".join(letter if _is_visible(letter) else letter.encode("unicode_escape").decode() for letter in text)


def _is_visible(letter: str) -> bool:
    return letter == " " or (letter.isprintable() and unicodedata.category(letter) not in ("Cf", "Mn"))


def cut(text: str, longest: int = LONGEST) -> str:
    """Return a text, cut where it is too long to read, with its length."""
    return text if len(text) <= longest else f"{text[:longest]}… ({len(text)} characters)"


def short(value: Any, longest: int = LONGEST) -> str:
    """Return a JSON value on one line, cut where it is too long to read."""
    return cut(visible(json.dumps(value, ensure_ascii=False)), longest)
