"""The pages of the reference, made of the code: options, the target file, results, the public functions."""

import argparse
import inspect
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from conformance import authoring, plugin, records, strategies, testing
from conformance.cli import main
from conformance.configuration.target_file import TargetFile
from conformance.contracts.collections.contract import CONTRACT
from conformance.core import resources
from conformance.evidence import results_file


def reference_pages() -> dict[str, str]:
    """Return the pages by their paths."""
    return {
        "reference/command-line.md": _command_line(),
        "reference/target-file.md": _target_file(),
        "reference/pytest-options.md": _pytest_options(),
        "reference/results.md": _results(),
        "reference/results.schema.json": resources.find(results_file.SCHEMA).read_text("utf-8"),
        "reference/python.md": _python(),
    }


def _command_line() -> str:
    parser = main.parser()
    commands = next(action for action in parser._actions if isinstance(action, argparse._SubParsersAction))  # noqa: SLF001 - no public name
    about = {action.dest: action.help for action in commands._choices_actions}  # noqa: SLF001
    exits = (
        "Exit codes: 0 conforming, 1 not conforming, 2 a mistake in what was given, 3 the target cannot be reached, 4 incomplete."
    )
    parts = ["# Command line", exits]
    for name, command in commands.choices.items():
        parts += [f"## `conformance {name}`", _sentence(about.get(name) or ""), _options(command)]
    return "\n\n".join(parts) + "\n"


def _options(command: argparse.ArgumentParser) -> str:
    rows = [row for action in command._actions if (row := _option(action)) is not None]  # noqa: SLF001
    nested = [action for action in command._actions if isinstance(action, argparse._SubParsersAction)]  # noqa: SLF001
    inner = [f"### `{child.prog}`\n\n{_options(child)}" for action in nested for child in action.choices.values()]
    table = "| option | what it says |\n|---|---|\n" + "\n".join(rows) if rows else ""
    return "\n\n".join([table, *inner]).strip()


def _option(action: argparse.Action) -> str | None:
    if isinstance(action, argparse._HelpAction | argparse._SubParsersAction) or action.help == argparse.SUPPRESS:  # noqa: SLF001
        return None
    value = action.metavar if isinstance(action.metavar, str) else action.dest.upper() if action.nargs != 0 else ""
    if action.choices and action.nargs != 0:
        value = "|".join(map(str, action.choices))
    names = ", ".join(action.option_strings)
    shown = f"{names} {value}".strip() if names else value
    return f"| `{shown}` | {_cell(_sentence(action.help or ''))} |"


def _target_file() -> str:
    text = [
        "# Target file",
        "Every key is optional. [The target file](../target.md) shows how they are used.",
        *_tables(TargetFile),
    ]
    vocabulary = CONTRACT.vocabulary_table
    return "\n\n".join([*text, "## `[vocabulary]`", _sentence(inspect.getdoc(vocabulary) or ""), _keys(vocabulary)]) + "\n"


def _tables(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        table = _model_in(field.annotation)
        if table is None and name == "vocabulary":
            continue  # it is the contract's, and stands at the end
        if table is None:
            yield f"## `[{name}]`"
            yield _sentence(field.description or "")
            continue
        is_list = "tuple" in str(field.annotation)
        yield f"## `[[{name}]]`" if is_list else f"## `[{name}]`"
        yield _sentence(inspect.getdoc(table) or "")
        yield _keys(table)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the model that an annotation is about, within a list or beside None."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for part in getattr(annotation, "__args__", ()) if (model := _model_in(part)) is not None), None)


def _keys(table: type[BaseModel]) -> str:
    rows = "\n".join(
        f"| `{name}` | {_cell(_type(field.annotation))} | {'needed' if field.is_required() else _default(field.default)} |"
        for name, field in table.model_fields.items()
    )
    return f"| key | value | without it |\n|---|---|---|\n{rows}" if rows else ""


_WORDS = {str: "string", bool: "true or false", float: "number", int: "integer", Path: "path", date: "date"}


def _type(annotation: Any) -> str:
    """Return a type in words."""
    parts = [part for part in get_args(annotation) if part not in (type(None), ...)]
    if annotation in _WORDS:
        return _WORDS[annotation]
    if get_origin(annotation) is tuple:
        return f"list of {_type(parts[0])}s"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "table with " + ", ".join(f"`{name}`" for name in annotation.model_fields)
    return " or ".join(map(_type, parts)) if parts else "any value"


def _default(value: Any) -> str:
    return "" if value in (None, (), {}) or isinstance(value, BaseModel) else f"`{json.dumps(value, default=str)}`"


def _pytest_options() -> str:
    rows = [
        f"| `--conformance-{name}={name.upper()}` | `conformance_{name.replace('-', '_')}` | {_cell(text)} |"
        for name, text in plugin.OPTIONS.items()
    ]
    rows += [f"| `--conformance-{name}` | `conformance_{name} = true` | {_cell(text)} |" for name, text in plugin.FLAGS.items()]
    head = "| option | in an ini file | what it says |\n|---|---|---|\n"
    return "# Options of pytest\n\nPaths in an ini file begin at its folder.\n\n" + head + "\n".join(rows) + "\n"


def _results() -> str:
    schema = json.loads(resources.find(results_file.SCHEMA).read_text("utf-8"))
    parts = [
        "# `results.json`",
        _sentence(schema.get("description", "")),
        "Its [JSON Schema](results.schema.json) (2020-12), by its parts:",
    ]
    for name, part in [("The record", schema), *schema["$defs"].items()]:
        if "properties" in part:
            parts += [f"## {name}", _sentence(part.get("description", "")) if name != "The record" else "", _properties(part)]
    return "\n\n".join(filter(None, parts)) + "\n"


def _properties(part: dict[str, Any]) -> str:
    needed = set(part.get("required", ()))
    rows = [
        f"| `{name}` | {_cell(_json_type(value))} | {'always' if name in needed else ''} |"
        for name, value in part["properties"].items()
    ]
    return "| key | value | there |\n|---|---|---|\n" + "\n".join(rows)


def _json_type(value: dict[str, Any]) -> str:
    if "$ref" in value:
        return value["$ref"].rpartition("/")[2]
    if "anyOf" in value:
        return " or ".join(map(_json_type, value["anyOf"]))
    if "enum" in value or "const" in value:
        return ", ".join(f"`{json.dumps(word)}`" for word in value.get("enum", [value.get("const")]))
    kind = value.get("type", "any value")
    words = " or ".join(kind) if isinstance(kind, list) else kind
    return f"{words} of {_json_type(value['items'])}" if isinstance(value.get("items"), dict) else words


def _python() -> str:
    parts = ["# Python", "What is documented here stays. Everything else of the package may change."]
    for module in (testing, strategies, records, authoring):
        parts += [f"## `{module.__name__}`", inspect.getdoc(module) or "", *_members(module)]
    return "\n\n".join(parts) + "\n"


def _members(module: ModuleType) -> Iterator[str]:
    for name in sorted(module.__all__):
        value = getattr(module, name)
        if inspect.isfunction(value):
            yield f"### `{name}`"
            yield f"```python\n{_signature(name, value)}\n```"
        else:
            yield f"### `{name}`"
        if doc := inspect.getdoc(value):
            yield _paragraphs(doc)


def _signature(name: str, function: Any) -> str:
    """Return how a function is called, a parameter a line, types without their modules."""
    signature = inspect.signature(function)
    lines, is_by_name = [], False
    for parameter in signature.parameters.values():
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY and not is_by_name:
            lines.append("    *,")
            is_by_name = True
        lines.append(f"    {parameter},")
    text = "\n".join([f"{name}(", *lines, f") -> {inspect.formatannotation(signature.return_annotation)}"])
    return re.sub(r"\b(?:\w+\.)+(?=[A-Z_]\w*)", "", text)


def _paragraphs(doc: str) -> str:
    """Return a docstring as Markdown: what it raises is a list."""
    lines = [
        f"- {line.strip()}" if line.startswith("    ") else "Raises:\n" if line.strip() == "Raises:" else line
        for line in doc.splitlines()
    ]
    return "\n".join(lines)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if not text or text.endswith((".", ":", ")")) else ".")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;").replace("%%", "%")
