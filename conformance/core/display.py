"""Text and JSON values as a terminal or a report shows them: on one line, short, and with control characters escaped."""

import json
import re
import textwrap
import unicodedata
from typing import Any

# In characters.
LONGEST = 200


def visible(text: str) -> str:
    """Return the text with control, format and combining characters written as backslash escapes."""
    return "".join(letter if _is_visible(letter) else letter.encode("unicode_escape").decode() for letter in text)


def _is_visible(letter: str) -> bool:
    return letter == " " or (letter.isprintable() and unicodedata.category(letter) not in ("Cf", "Mn"))


# What begins a line: its indentation, and a label with blanks after it.
_LABEL = re.compile(r" *(?:[\w.-]+ {2,}|(?:expected|not judged:|selected:) )?")


def wrapped(line: str, width: int, *, breaks_words: bool = False) -> str:
    """Return a line in lines of a width, the further ones beginning where the text after the label does.

    A word that is longer than that stays whole, unless `breaks_words`.
    """
    if len(line) <= width:
        return line
    found = _LABEL.match(line)
    label = found.group() if found else ""
    hanging = " " * (len(label) if label.strip() and len(label) < width // 2 else len(label) - len(label.lstrip()) + 2)
    return textwrap.fill(
        line[len(label) :],
        width,
        initial_indent=label,
        subsequent_indent=hanging,
        break_long_words=breaks_words,
        break_on_hyphens=False,
    )


def cut(text: str, longest: int = LONGEST) -> str:
    """Return the text; if it has more than `longest` characters, its beginning and its length."""
    return text if len(text) <= longest else f"{text[:longest]}… ({len(text)} characters)"


def short(value: Any, longest: int = LONGEST) -> str:
    """Return a JSON value on one line, cut after `longest` characters."""
    return cut(visible(json.dumps(value, ensure_ascii=False)), longest)
