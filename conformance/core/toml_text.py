"""Decode TOML files and quote TOML strings, for target files."""

import codecs
import json
import re

_UTF_32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def decoded(data: bytes) -> str:
    """Return the text of a TOML file, which must be UTF-8 (TOML 1.0.0, Spec).

    Raises:
        ValueError: the file has another encoding or begins with a byte order mark, which some editors write.

    """
    if data.startswith(codecs.BOM_UTF8):
        raise ValueError("it begins with a byte order mark; save it as UTF-8 without one")
    # The UTF-32 mark begins with the same bytes as the UTF-16 mark, so UTF-32 comes first.
    for name, marks, zeros in (("UTF-32", _UTF_32, b"\0\0"), ("UTF-16", _UTF_16, b"\0")):
        if data.startswith(marks) or zeros in data[:4]:
            raise ValueError(f"it is in {name}; save it as UTF-8")
    return data.decode("utf-8")


def entry(key: str, text: str) -> str:
    """Return the line that gives a key this text."""
    return f"{key if re.fullmatch('[A-Za-z0-9_-]+', key) else quoted(key)} = {quoted(text)}"


def quoted(text: str) -> str:
    """Return the text as a TOML basic string: like a JSON string, without surrogate pairs and with DEL escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
