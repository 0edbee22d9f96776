"""Keeping secrets out: every string that enters a record passes here, whether the toolkit or the target wrote it.

What writes a record needs a `Redactor`, and there is no other one than this: where nothing is secret, it knows no secret.
"""

import base64
import html
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import SecretStr

import conformance
from conformance.core import resources
from conformance.core.errors import ConformanceError

PLACEHOLDER = "$TOKEN"
# What a server sent, as JSON: here a key may be a secret too. The keys of the record itself are ours.
_ECHOED = frozenset({"expected", "actual"})
_THEIRS = _ECHOED | {"response", "id", "value"}
# Words of our own, which a token that is a word itself must not take out of the record.
# Redacted whole, before they were cut.
_BODIES = frozenset({"body", "body_base64"})
_OURS = frozenset({"scenario", "operation", "expect", "about", "method", "credentials", "namespace", "level"})
_WORD = r"(?<![A-Za-z0-9_$])(?:{})(?![A-Za-z0-9_])"  # not in what stands for one already


class Redactor:
    """Takes secrets out of a text: as they are, backwards, in hex or base64, or escaped, letter by letter.

    Servers escape as they like, each letter or none, so each letter is matched in every form it may have. A secret that is a word of
    our own texts ("token", "test") hides nothing there, and would spoil them: it is taken out of what a target sent alone, and there
    where it stands as a word.
    """

    def __init__(self, *secrets: SecretStr | str | None) -> None:
        # The longest first, for one may begin another.
        known = sorted(filter(None, map(_revealed, secrets)), key=len, reverse=True)
        words = [secret for secret in known if secret.lower() in _our_text()]
        others = [secret for secret in known if secret not in words]
        self.has_secrets = bool(known)
        self._others = _Pattern(others)
        self._words = _Pattern(words, _WORD)

    def __call__(self, text: str) -> str:
        """Return a text that a target sent without secrets."""
        return self._words.without(self.ours(text))

    def ours(self, text: str) -> str:
        """Return a text of our own, which may quote a target, without secrets."""
        return self._others.without(text)

    def record(self, value: Any) -> Any:
        """Return a JSON value of a record with every string in it redacted but our own words, and bodies, which were before they were cut."""
        return self._part(value) if self.has_secrets else value

    def _part(self, value: Any, *, theirs: bool = False, keys: bool = False) -> Any:
        """Redact a part: `theirs` is what a target sent, and with `keys` the keys of its objects are too."""
        if isinstance(value, str):
            return self(value) if theirs and not is_said(value) else self.ours(value)
        if isinstance(value, dict):
            return {
                self(key) if keys else key: member
                if not keys and (key in _OURS or key in _BODIES)
                else self._part(member, theirs=theirs or key in _THEIRS, keys=keys or key in _ECHOED)
                for key, member in value.items()
            }
        if isinstance(value, list | tuple):
            return [self._part(item, theirs=theirs, keys=keys) for item in value]
        return value

    @contextmanager
    def raising(self) -> Iterator[None]:
        """Take secrets out of whatever message a command ends with: what a target answered may be part of it.

        Raises:
            ConformanceError: of the kind that was raised.

        """
        try:
            yield
        except ConformanceError as error:
            raise type(error)(self.ours(str(error))) from None


def _revealed(secret: SecretStr | str | None) -> str | None:
    return secret.get_secret_value() if isinstance(secret, SecretStr) else secret


class _Pattern:
    """Finds secrets in a text, in whatever form; `within` is the expression around them."""

    def __init__(self, secrets: list[str], within: str = "{}") -> None:
        # In either case: a request that is to be refused may have it in the other one.
        forms = "|".join(form for secret in secrets for form in _patterns(secret))
        self._pattern = re.compile(within.format(forms), re.IGNORECASE)
        self._plain = [
            plain.lower() for secret in secrets for plain in (secret, secret[::-1], secret.encode().hex(), *_in_base64(secret))
        ]

    def without(self, text: str) -> str:
        if not self._plain:
            return text
        # Every form at every letter would cost seconds for a megabyte, and most texts hold none.
        may_hold = any(plain in reading for reading in _readings(text.lower()) for plain in self._plain)
        return self._pattern.sub(PLACEHOLDER, text) if may_hold else text


@cache
def _our_text() -> str:
    """Return all that the toolkit may say, and all names that it sends, in lower case: its own source and its specifications."""
    files = [*Path(conformance.__file__).parent.rglob("*.py"), *resources.find("specs").rglob("*.*")]
    return "\n".join(file.read_text("utf-8", "replace") for file in files).lower()


_ESCAPE = re.compile(
    r"\\(?:u00([0-9a-f]{2})|u\{0*([0-9a-f]{1,6})\}|x([0-9a-f]{2}))|%(?:25)?([0-9a-f]{2})|&#x0*([0-9a-f]{1,6});", re.IGNORECASE
)
_NUMBER = re.compile(r"&#0*([0-9]{1,7});")
_OCTAL = re.compile(r"\\([0-7]{3})")
_PERCENT = re.compile(r"%(?:25)?[0-9a-f]{2}")
# What escapes begin with. To look for that costs a tenth of looking for the escapes themselves.
_MARKS = ("\\", "%", "&", "\0")
_OF_ESCAPES = ("\\u00", "\\u{", "\\x", "&#x")


def _readings(text: str) -> Iterator[str]:
    """Yield a text in lower case as it is, and without its escapes, as far as a secret could stand in them."""
    yield text
    if any(mark in text for mark in _MARKS):
        yield _plainly(text)


def _plainly(text: str) -> str:
    """Return a text in lower case without its escapes; of several backslashes in a row the last one begins an escape."""
    if "&#" in text:
        text = _NUMBER.sub(lambda escape: _letter(int(escape[1])), text)
    if "\\" in text:
        text = _OCTAL.sub(lambda escape: chr(int(escape[1], 8)), text)
    if any(mark in text for mark in _OF_ESCAPES) or _PERCENT.search(text):
        text = _ESCAPE.sub(lambda escape: _letter(int(next(filter(None, escape.groups())), 16)), text)
    if "&" in text:
        text = html.unescape(text)
    return text.replace("\\", "").replace("\0", "").lower()


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


def is_said(value: Any) -> bool:
    """Whether a violation's expected or actual value is a check's own words rather than a JSON value."""
    return isinstance(value, str) and value.startswith(("status ", "a status ", "no answer", "("))
