"""Reads text in JSON or YAML as plain JSON values, and finds the keys that stand twice in it."""

import codecs
from typing import Any

import yaml

from conformance.core import json_text
from conformance.openapi_lint import json_keys, yaml_text
from conformance.openapi_lint.duplicate_keys import DuplicateKeys
from conformance.openapi_lint.plain import plain
from conformance.openapi_lint.refusals import Unreadable

# Byte order marks, the longer ones first: UTF-32 begins as UTF-16 does.
_OTHER_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"), (codecs.BOM_UTF32_BE, "UTF-32"), (codecs.BOM_UTF16_LE, "UTF-16"), (codecs.BOM_UTF16_BE, "UTF-16"),
)  # fmt: skip
_LONGEST = 200


def read(raw: bytes) -> tuple[Any, DuplicateKeys]:
    """Return the value that JSON or YAML text stands for.

    Raises:
        Unreadable: it is neither, or not in UTF-8, or empty, or too large, or holds something that JSON cannot express.

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


def _from_json(text: str) -> tuple[Any, DuplicateKeys]:
    """Read JSON, or YAML that begins like JSON; a text that is neither is reported as broken JSON."""
    duplicates: list[None] = []
    try:
        value = json_text.loads(text, made_of=json_keys.object_maker(lambda: duplicates.append(None)))
    except ValueError:
        if (from_yaml := _from_flow_yaml(text)) is not None:
            return from_yaml
        raise
    return plain(value), json_keys.duplicate_keys(text) if duplicates else DuplicateKeys()


def _from_flow_yaml(text: str) -> tuple[Any, DuplicateKeys] | None:
    """Read YAML that begins with a brace or a bracket; None if it is no YAML."""
    try:
        return yaml_text.loads(text)
    except (yaml.YAMLError, RecursionError):
        return None
