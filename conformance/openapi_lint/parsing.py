"""Text in JSON or YAML as plain JSON values, with the keys that stand twice in it."""

import codecs
from typing import Any

import yaml

from conformance.core import json_text
from conformance.openapi_lint import json_keys, yaml_text
from conformance.openapi_lint.duplicate_keys import Repeats
from conformance.openapi_lint.plain import plain
from conformance.openapi_lint.refusals import Unreadable

# The longer marks first: UTF-32 begins as UTF-16 does.
_OTHER_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"), (codecs.BOM_UTF32_BE, "UTF-32"), (codecs.BOM_UTF16_LE, "UTF-16"), (codecs.BOM_UTF16_BE, "UTF-16"),
)  # fmt: skip
_LONGEST = 200


def read(raw: bytes) -> tuple[Any, Repeats]:
    """Return the value that JSON or YAML text stands for.

    Raises:
        Unreadable: it is neither, or not in UTF-8, or empty, or too large, or holds what JSON has not.

    """
    text = _decoded(raw)
    try:
        return _from_json(text) if text.lstrip().startswith(("{", "[")) else yaml_text.loads(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise Unreadable(f"neither JSON nor YAML: {' '.join(str(error).split())[:_LONGEST]}") from None


def _decoded(raw: bytes) -> str:
    if not raw.strip():
        raise Unreadable("it is empty")
    other = next((name for mark, name in _OTHER_MARKS if raw.startswith(mark)), None)
    if other is not None:
        raise Unreadable(f"not text in UTF-8, but in {other}")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(f"not text in UTF-8 (byte {error.start + 1})") from None


def _from_json(text: str) -> tuple[Any, Repeats]:
    """Read JSON, or YAML that begins as JSON does; what is neither is reported as broken JSON."""
    noticed: list[None] = []
    try:
        value = json_text.loads(text, made_of=json_keys.noticing(lambda: noticed.append(None)))
    except ValueError:
        if (found := _from_flow(text)) is not None:
            return found
        raise
    return plain(value), json_keys.repeats(text) if noticed else Repeats()


def _from_flow(text: str) -> tuple[Any, Repeats] | None:
    """Read YAML that begins with a brace or a bracket, or return None if it is no YAML."""
    try:
        return yaml_text.loads(text)
    except (yaml.YAMLError, RecursionError):
        return None
