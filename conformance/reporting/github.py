"""What GitHub Actions shows of a run: annotations on the job, and its step summary.

See https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands. What a target said is text in both: no line of
it can begin a workflow command, and none of it is markup.
"""

from html import escape
from typing import Any

from conformance.contracts.collections.requirements import requirements as registry
from conformance.reporting.messages import (
    causes_told,
    counts,
    not_judged,
    notes,
    shared_causes,
    short,
    spent,
    summary,
    verdict_told,
    visible,
    weighs,
)

# GitHub shows ten annotations of each kind a step, and takes 1 MiB of summary.
_MOST = 10
_MOST_ROWS = 200
_SHOWN = ("failed", "error", "deviation", "not-exercised")


def annotations(results: dict[str, Any]) -> list[str]:
    """Return workflow commands, one a requirement that fails the run (errors) or nearly does (warnings), and one for the verdict."""
    manifest, lines = results["manifest"], []
    for row in results["requirements"]:
        if row["status"] not in ("failed", "error"):
            continue
        kind = "error" if row["status"] == "error" or weighs(row, strict=manifest["strict"]) else "warning"
        text = f"the toolkit failed: {visible(row['reason'])}" if row["status"] == "error" else summary(row)
        lines.append(_command(kind, f"{row['level']} {row['id']}", text))
    # The weightiest first, for those beyond the tenth are not shown.
    lines = sorted(lines, key=lambda line: not line.startswith("::error"))
    shown = [line for kind in ("::error", "::warning") for line in [one for one in lines if one.startswith(kind)][:_MOST]]
    if results["verdict"] == "incomplete":
        shown.insert(0, _command("error", "incomplete", str(manifest["incomplete_because"])))
    shown += [
        _command("warning", "stale deviation", f"{name} does not show any more: take it out")
        for name in manifest["stale_deviations"]
    ]
    return shown


def _command(kind: str, title: str, text: str) -> str:
    return f"::{kind} title={_escaped(title, ':,')}::{_escaped(text)}"


def _escaped(text: str, more: str = "") -> str:
    for letter in "%\r\n" + more:
        text = text.replace(letter, f"%{ord(letter):02X}")
    return text


def step_summary(results: dict[str, Any], files: list[str]) -> str:
    """Return the run in Markdown: the verdict, the numbers, a table of what does not hold."""
    manifest = results["manifest"]
    number = {status: count for status, count in counts(results["requirements"]).items() if count}
    without = not_judged(results)
    lines = [
        f"## {verdict_told(results).capitalize()}: {_text(manifest['target']['name'])}{f' ({without})' if without else ''}",
        "",
    ]
    if manifest["incomplete_because"]:
        lines += [f"Incomplete: {_text(manifest['incomplete_because'])}", ""]
    told = ", ".join(f"{count} {status}" for status, count in number.items())
    lines += [f"{told} of {len(results['requirements'])} requirements; {_text(spent(results))}.", ""]
    more = [causes_told(results), *shared_causes(results), *notes(results)]
    lines += [part for note in more if note for part in (_text(note), "")]
    rows = [row for status in _SHOWN for row in results["requirements"] if row["status"] == status]
    if rows:
        lines += ["| requirement | verdict | what was seen |", "|---|---|---|", *map(_row, rows[:_MOST_ROWS]), ""]
    lines += [f"Files: {', '.join(f'<code>{_text(name)}</code>' for name in files)}", ""] if files else []
    return "\n".join(lines)


def _row(row: dict[str, Any]) -> str:
    found = row["counterexample"]
    seen = visible(row["reason"] or "")
    if found is not None:
        seen = f"{visible(found['message'])}: expected {short(found['expected'])}, actual {short(found['actual'])}"
        seen += f" ({visible(row['reason'])})" if row["reason"] else ""
    flaky = ", flaky" if row["flaky"] else ""
    promise = escape(registry()[row["id"]].text)
    return f"| <code>{row['id']}</code><br>{promise} | {row['status']}{flaky} ({row['level']}) | {_text(seen)} |"


def _text(text: str) -> str:
    """Return text that neither HTML nor Markdown reads anything into."""
    safe = escape(visible(text), quote=False)
    return "".join(f"&#{ord(letter)};" if letter in "|`*_[]()~\\#!<>@:" else letter for letter in safe)
