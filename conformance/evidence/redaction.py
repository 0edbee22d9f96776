"""Keeping secrets out: every string that enters a record passes here, whether the toolkit or the target wrote it."""

import base64
import re
from collections.abc import Callable
from typing import Any

PLACEHOLDER = "$TOKEN"
Redact = Callable[[str], str]
# What a server sent, as JSON: here a key may be a secret too. The keys of the record itself are ours.
_ECHOED = frozenset({"expected", "actual"})


def redactor(*secrets: str | None) -> Redact:
    """Return a function that takes secrets out of a text: as they are, in base64, or escaped for JSON, HTML or a URL.

    Servers escape as they like, each letter or none, so each letter is matched in every form it may have.
    """
    # The longest first, for one may begin another.
    known = sorted((secret for secret in secrets if secret), key=len, reverse=True)
    if not known:
        return lambda text: text
    encoded = [base64.b64encode(secret.encode()).decode().rstrip("=") for secret in known]
    # In either case: a request that is to be refused may have it in the other one.
    pattern = re.compile("|".join("".join(map(_forms, secret)) for secret in (*known, *encoded)), re.IGNORECASE)
    return lambda text: pattern.sub(PLACEHOLDER, text)


def _forms(letter: str) -> str:
    code = f"{ord(letter):02x}"
    either = "".join(f"[{digit}{digit.upper()}]" if digit.isalpha() else digit for digit in code)
    named = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"}.get(letter)
    forms = [rf"\\?{re.escape(letter)}", rf"\\u00{either}", f"%{either}", f"&#0*{ord(letter)};", f"&#[xX]0*{either};"]
    return f"(?:{'|'.join([*forms, *([named] if named else [])])})"


def redacted(value: Any, redact: Redact, *, keys: bool = False) -> Any:
    """Return a copy of a record with every string in it redacted, and the keys of what a server sent."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {
            redact(key) if keys else key: redacted(member, redact, keys=keys or key in _ECHOED) for key, member in value.items()
        }
    if isinstance(value, list | tuple):
        return [redacted(item, redact, keys=keys) for item in value]
    return value
