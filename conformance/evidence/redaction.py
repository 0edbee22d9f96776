"""Keeping secrets out: every string that enters a record passes here, whether the toolkit or the target wrote it."""

import base64
import html
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

PLACEHOLDER = "$TOKEN"
Redact = Callable[[str], str]


def redactor(token: str | None) -> Redact:
    """Return a function that takes the token out of a text, also where it was escaped for JSON, HTML or a URL, or is in base64."""
    if not token:
        return lambda text: text
    encoded = base64.b64encode(token.encode()).decode()
    forms = {token, json.dumps(token)[1:-1], html.escape(token), quote(token), quote(token, safe=""), encoded, encoded.rstrip("=")}
    ordered = sorted(forms, key=len, reverse=True)

    def redact(text: str) -> str:
        for form in ordered:
            if form in text:
                text = text.replace(form, PLACEHOLDER)
        return text

    return redact


def redacted(value: Any, redact: Redact) -> Any:
    """Return a copy of a JSON value with every string in it redacted, keys included."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {redact(key): redacted(member, redact) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [redacted(item, redact) for item in value]
    return value
