"""A baseline: declare all current failures as deviations in a target file, each with its reason and the fingerprints it covers."""

import tempfile
import tomllib
from collections.abc import Sequence
from itertools import starmap
from pathlib import Path

from conformance.core.display import visible
from conformance.core.errors import UsageError
from conformance.core.toml_text import decoded, entry, quoted
from conformance.core.whole_files import write_whole
from conformance.evidence.results import Example, Manifest, Results, Row, Status
from conformance.reporting.messages import flakiness, pair


def check(path: Path) -> None:
    """Check before a run that a baseline can be written after it.

    Raises:
        UsageError: no tables can be added to the file, or its folder does not exist or cannot be written to.

    """
    _with_tables(path, _content(path) or "", [], "")
    folder = path.absolute().parent
    if not folder.is_dir():
        raise UsageError(f"--write-deviations {path}: its folder is not there")
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise UsageError(f"--write-deviations {path}: {error.strerror or error}") from None


def write(results: Results, path: Path) -> str:
    """Add the failed requirements to a target file as deviations, or write a new one; return a sentence that says what was done.

    Raises:
        UsageError: the file cannot be written, or no tables can be added to it.

    """
    rows = [row for row in results.requirements if row.status == Status.FAILED]
    if not rows:
        return f"nothing failed, so nothing is declared in {path}"
    before = _content(path)
    text = _with_tables(path, _new_file(results.manifest) if before is None else before, rows, results.manifest.started[:10])
    try:
        write_whole(path, text)
    except OSError as error:
        raise UsageError(f"--write-deviations {path}: {error.strerror or error}") from None
    flaky = sum(row.flaky for row in rows)
    parts = [f"{count} {name}" for count, name in ((len(rows) - flaky, "as deviations"), (flaky, "as flaky")) if count]
    declared = f"{path}: declared {' and '.join(parts)}; each with what was seen as its reason"
    expired = [row.id for row in rows if row.reason]
    return declared + (f"; take out the expired ones ({', '.join(expired)})" if expired else "")


def _content(path: Path) -> str | None:
    try:
        return decoded(path.read_bytes()) if path.exists() else None
    except OSError as error:
        raise UsageError(f"--write-deviations {path}: {error.strerror or error}") from None
    except ValueError as error:
        raise UsageError(f"--write-deviations {path}: nothing can be added to it: {error}") from None


def _with_tables(path: Path, before: str, rows: Sequence[Row], day: str) -> str:
    text = before.rstrip("\r\n") + "\n" + "".join(_table(row, day) for row in rows)
    try:
        # With a table of each kind: `check` has no rows, and must find out all the same whether tables can be added.
        tomllib.loads(text + "\n[[deviations]]\n[[flaky]]\n")
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"--write-deviations {path}: nothing can be added to it: {error}") from None
    return text


def _new_file(manifest: Manifest) -> str:
    target = manifest.target
    place = [f"{key} = {quoted(value)}" for key, value in (("url", target.url), ("app", target.app)) if value]
    place.append(f"contract = {quoted(manifest.contract.name)}")
    lines = [
        "# The failures of today, so that a run shows only new ones. Give each a reason, or fix it and remove its entry.",
        "[target]",
        *place,
    ]
    if manifest.token_env:
        lines += ["", "[auth]", f"token_env = {quoted(manifest.token_env)}"]
    if manifest.namespaces and (target.url or target.app):
        primary, secondary = map(quoted, manifest.namespaces)
        lines += ["", "[namespaces]", f"primary = {primary}", f"secondary = {secondary}"]
    if manifest.routes:
        lines += ["", "[routes]", *starmap(entry, manifest.routes.items())]
    return "\n".join(lines)


def _table(row: Row, day: str) -> str:
    flaky = flakiness(row.examples[0])
    lines = [
        "",
        f"# {row.level}",
        *([f"# flaky: {flaky}"] if flaky else []),
        "[[flaky]]" if flaky else "[[deviations]]",
        f"requirement = {quoted(row.id)}",
        f"reason = {quoted(_what_was_seen(row.examples[0]))}",
        *_fingerprints(row),
        f"since = {day}",
        '# issue = "https://…"',
        "# expires = 2027-12-31",
    ]
    return "\n".join(lines) + "\n"


def _what_was_seen(example: Example) -> str:
    expected, actual = pair(example.expected, example.actual)
    return f"{visible(example.message)}: expected {expected}, actual {actual}"


def _fingerprints(row: Row) -> list[str]:
    texts = [quoted(example.fingerprint) for example in row.examples if example.fingerprint]
    return [f"fingerprints = [{', '.join(texts)}]  # these kinds of violation; another one fails"] if texts else []
