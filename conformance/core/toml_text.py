"""Text as TOML has it, for what reads and writes target files."""

import codecs
import json

_UTF_32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def decoded(data: bytes) -> str:
    """Return the text of a TOML file, which is UTF-8 and nothing else (TOML 1.0.0, Spec).

    Raises:
        ValueError: it is in another encoding, or begins with a byte order mark, as some editors write it.

    """
    if data.startswith(codecs.BOM_UTF8):
        raise ValueError("it begins with a byte order mark; save it as UTF-8 without one")
    # The mark of UTF-32 begins as that of UTF-16 does.
    for name, marks, zeros in (("UTF-32", _UTF_32, b"\0\0"), ("UTF-16", _UTF_16, b"\0")):
        if data.startswith(marks) or zeros in data[:4]:
            raise ValueError(f"it is in {name}; save it as UTF-8")
    return data.decode("utf-8")


def quoted(text: str) -> str:
    """Return a basic string: one of JSON, but that it has no pairs of surrogates for letters, and that DEL is escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
