"""Keeping secrets out: every string that enters a record passes here, whether the toolkit or the target wrote it."""

import base64
import html
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from conformance.errors import ConformanceError

PLACEHOLDER = "$TOKEN"
Redact = Callable[[str], str]
# What a server sent, as JSON: here a key may be a secret too. The keys of the record itself are ours.
_ECHOED = frozenset({"expected", "actual"})
# Words of our own, which a token that is a word itself must not take out of the record.
_OURS = frozenset({"scenario", "operation", "expect", "about", "method", "credentials", "namespace", "level"})


def redactor(*secrets: str | None) -> Redact:
    """Return a function that takes secrets out of a text: as they are, backwards, in hex or base64, or escaped, letter by letter.

    Servers escape as they like, each letter or none, so each letter is matched in every form it may have.
    """
    # The longest first, for one may begin another.
    known = sorted((secret for secret in secrets if secret), key=len, reverse=True)
    if not known:
        return lambda text: text
    # In either case: a request that is to be refused may have it in the other one.
    pattern = re.compile("|".join(form for secret in known for form in _patterns(secret)), re.IGNORECASE)
    plain = [one.lower() for secret in known for one in (secret, secret[::-1], secret.encode().hex(), *_in_base64(secret))]

    def redact(text: str) -> str:
        # Every form at every letter would cost seconds for a megabyte, and most texts hold none.
        read = f"{text.lower()}\n{_plainly(text)}"
        return pattern.sub(PLACEHOLDER, text) if any(one in read for one in plain) else text

    return redact


_ESCAPE = re.compile(
    r"\\+(?:u00([0-9a-f]{2})|u\{0*([0-9a-f]{1,6})\}|x([0-9a-f]{2}))|%(?:25)?([0-9a-f]{2})|&#x0*([0-9a-f]{1,6});", re.IGNORECASE
)
_NUMBER = re.compile(r"&#0*([0-9]{1,7});")
_OCTAL = re.compile(r"\\+([0-7]{3})")
_MARKS = ("\\", "%", "&", "\0")


def _plainly(text: str) -> str:
    """Return a text in lower case without its escapes, as far as a secret could stand in them."""
    if not any(mark in text for mark in _MARKS):
        return ""
    text = _OCTAL.sub(lambda found: chr(int(found[1], 8)), _NUMBER.sub(lambda found: _letter(int(found[1])), text))
    text = _ESCAPE.sub(lambda found: _letter(int(next(one for one in found.groups() if one), 16)), text)
    return html.unescape(text).replace("\\", "").replace("\0", "").lower()


def _letter(number: int) -> str:
    return chr(number) if number < sys.maxunicode else ""


_NUL = r"(?:\0|\\{1,2}u0000)?"


def _patterns(secret: str) -> Iterator[str]:
    # A NUL after each letter is what is left of UTF-16.
    yield _NUL.join(map(_forms, secret))
    yield _NUL.join(map(_forms, secret[::-1]))
    yield re.escape(secret.encode().hex())
    yield from {"".join(map(_forms, one)) for one in _in_base64(secret)}


def _in_base64(secret: str) -> Iterator[str]:
    """Yield what the base64 of any text holds that holds the secret: three bytes are four letters, so there are three (RFC 4648)."""
    data = secret.encode()
    for before in range(3):
        text = base64.b64encode(bytes(before) + data).decode().rstrip("=")
        # The letters at the ends hold bits of what stands around it.
        first = (before * 8 + 5) // 6
        last = (before + len(data)) * 8 // 6
        for alphabet in (text, text.translate(str.maketrans("+/", "-_"))):
            yield alphabet[first:last]


def _forms(letter: str) -> str:
    number = ord(letter)
    code = f"{number:02x}"
    named = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"}.get(letter)
    forms = [rf"\\?{re.escape(letter)}", rf"\\{{1,2}}u(?:00{code}|\{{0*{code}\}})", rf"\\{{1,2}}x{code}", rf"\\{{1,2}}{number:03o}",
             f"%(?:25)?{code}", f"&#0*{number};", f"&#x0*{code};"]  # fmt: skip
    return f"(?:{'|'.join([*forms, *([named] if named else [])])})"


@contextmanager
def redacting(redact: Redact) -> Iterator[None]:
    """Take the token out of whatever message a command ends with: what a target answered may be part of it.

    Raises:
        ConformanceError: of the kind that was raised.

    """
    try:
        yield
    except ConformanceError as error:
        raise type(error)(redact(str(error))) from None


def redacted(value: Any, redact: Redact, *, keys: bool = False) -> Any:
    """Return a copy of a record with every string in it redacted but our own words, and the keys of what a server sent."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {
            redact(key) if keys else key: member
            if not keys and key in _OURS
            else redacted(member, redact, keys=keys or key in _ECHOED)
            for key, member in value.items()
        }
    if isinstance(value, list | tuple):
        return [redacted(item, redact, keys=keys) for item in value]
    return value
