"""Annotations and a step summary for GitHub Actions.

See https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands. Text from a target is escaped in both, so that
it cannot contain a workflow command or markup.
"""

from html import escape

from conformance.core.display import visible
from conformance.evidence.results import Results, Row, Status, Verdict
from conformance.reporting.messages import (
    count_of_causes,
    counts,
    effort,
    not_judged,
    notes,
    shared_causes,
    short,
    summary,
    verdict_text,
)

# GitHub shows ten annotations of each kind for a step, and accepts a summary of up to 1 MiB.
_MAX_ANNOTATIONS = 10
_MAX_ROWS = 200
_LISTED_STATUSES = (Status.FAILED, Status.ERROR, Status.DEVIATION, Status.NOT_EXERCISED)


def annotations(results: Results) -> list[str]:
    """Return workflow commands: an error for each requirement that fails the run, a warning for each other failure, and more warnings."""
    manifest = results.manifest
    rows = [row for row in results.requirements if row.status in (Status.FAILED, Status.ERROR)]
    lines = [_annotation(row, strict=manifest.strict) for row in rows]
    # Errors first, because GitHub does not show more than ten.
    commands: list[str] = []
    for kind in ("::error", "::warning"):
        commands += [line for line in lines if line.startswith(kind)][:_MAX_ANNOTATIONS]
    if results.verdict == Verdict.INCOMPLETE:
        commands.insert(
            0, _command("notice" if results.waits_for_others else "error", "incomplete", str(manifest.incomplete_because))
        )
    stale = [f"{name} does not show any more: remove it" for name in manifest.stale_deviations]
    return commands + [_command("warning", "stale deviation", text) for text in stale]


def _annotation(row: Row, *, strict: bool) -> str:
    is_crash = row.status == Status.ERROR
    text = f"the toolkit failed: {visible(row.reason or '')}" if is_crash else summary(row)
    return _command("error" if is_crash or row.weighs(strict=strict) else "warning", f"{row.level} {row.id}", text)


def _command(kind: str, title: str, text: str) -> str:
    return f"::{kind} title={_escaped(title, ':,')}::{_escaped(text)}"


def _escaped(text: str, more: str = "") -> str:
    for letter in "%\r\n" + more:
        text = text.replace(letter, f"%{ord(letter):02X}")
    return text


def step_summary(results: Results, files: list[str]) -> str:
    """Return the results in Markdown: the verdict, the numbers, and a table of the requirements that did not pass."""
    sentences = [count_of_causes(results), *shared_causes(results), *notes(results)]
    lines = [*_headline(results), *(part for sentence in sentences if sentence for part in (_text(sentence), ""))]
    rows = [row for status in _LISTED_STATUSES for row in results.requirements if row.status == status]
    if rows:
        lines += ["| requirement | verdict | what was seen |", "|---|---|---|", *map(_row, rows[:_MAX_ROWS]), ""]
    lines += [f"Files: {', '.join(f'<code>{_text(name)}</code>' for name in files)}", ""] if files else []
    return "\n".join(lines)


def _headline(results: Results) -> list[str]:
    manifest, without = results.manifest, not_judged(results)
    lines = [f"## {verdict_text(results).capitalize()}: {_text(manifest.target.name)}{f' ({without})' if without else ''}", ""]
    if manifest.incomplete_because:
        lines += [f"Incomplete: {_text(manifest.incomplete_because)}", ""]
    numbers = ", ".join(f"{count} {status}" for status, count in counts(results).items() if count)
    return [*lines, f"{numbers} of {len(results.requirements)} requirements; {_text(effort(results))}.", ""]


def _row(row: Row) -> str:
    example, reason = row.counterexample, visible(row.reason or "")
    seen = reason
    if example is not None:
        seen = f"{visible(example.message)}: expected {short(example.expected)}, actual {short(example.actual)}"
        seen += f" ({reason})" if reason else ""
    flaky = ", flaky" if row.flaky else ""
    return f"| <code>{row.id}</code><br>{escape(row.text)} | {row.status}{flaky} ({row.level}) | {_text(seen)} |"


def _text(text: str) -> str:
    """Return text in which characters with a meaning in HTML or Markdown are escaped."""
    safe = escape(visible(text), quote=False)
    return "".join(f"&#{ord(letter)};" if letter in "|`*_[]()~\\#!<>@:" else letter for letter in safe)
