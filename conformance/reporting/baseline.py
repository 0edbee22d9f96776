"""A baseline: what fails today as declared deviations, to start from; each has room for its reason."""

import json
import tomllib
from pathlib import Path
from typing import Any

from conformance.errors import UsageError
from conformance.evidence.record import write_whole
from conformance.reporting.words import flakiness, pair, visible

REASON = "TODO: why, and since when it is known"


def write(results: dict[str, Any], path: Path) -> int:
    """Write what failed into a target file, or add it to one that is there; return how many requirements that are.

    Raises:
        UsageError: the file cannot be written, or is no target file that tables can be added to.

    """
    rows = [row for row in results["requirements"] if row["status"] == "failed"]
    try:
        before = path.read_text("utf-8") if path.exists() else _target(results["manifest"])
        text = before.rstrip("\n") + "\n" + "".join(map(_table, rows))
        tomllib.loads(text)
        write_whole(path, text)
    except OSError as error:
        raise UsageError(f"--write-deviations {path}: {error.strerror or error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"--write-deviations {path}: nothing can be added to it: {error}") from None
    return len(rows)


def _target(manifest: dict[str, Any]) -> str:
    target = manifest["target"]
    place = [f"{key} = {_quoted(target[key])}" for key in ("url", "app") if target[key]]
    lines = [
        "# What fails today, so that what fails tomorrow is seen. Give each its reason, or mend it and take it out.",
        "[target]",
        *place,
    ]
    if manifest["token_env"]:
        lines += ["", "[auth]", f"token_env = {_quoted(manifest['token_env'])}"]
    if manifest["namespaces"] and (target["url"] or target["app"]):
        primary, secondary = map(_quoted, manifest["namespaces"])
        lines += ["", "[namespaces]", f"primary = {primary}", f"secondary = {secondary}"]
    return "\n".join(lines)


def _table(row: dict[str, Any]) -> str:
    found = row["counterexample"]
    expected, actual = pair(found["expected"], found["actual"])
    flaky = flakiness(found)
    lines = [
        "",
        f"# {row['level']}: {visible(found['message'])}: expected {expected}, actual {actual}",
        *([f"# flaky: {flaky}"] if flaky else []),
        "[[flaky]]" if flaky else "[[deviations]]",
        f"requirement = {_quoted(row['id'])}",
        f"reason = {_quoted(REASON)}",
        '# issue = "https://…"',
        "# expires = 2027-12-31",
    ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """Return a basic string of TOML, which is one of JSON but for what JSON lets stand as it is."""
    return json.dumps(text).replace("\x7f", "\\u007f")
