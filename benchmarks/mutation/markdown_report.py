"""The page: what became of the mutants, for people, made from the record alone."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from mutation.waivers import KINDS, Key, Reason

Row = dict[str, Any]
_KINDS = ("noticed", "survived", "incomplete", "crashed", "timeout", "broken")
_CRASH = "http.no-server-error"
UNSEEN = ("survived", "crashed")
_HEAD = """# Faults nobody thought of

Made by `python benchmarks/mutants.py`: the code of the reference that answers requests, changed mechanically in one place at a time
(a comparison, a constant, a statement left out, …), and each such server judged by the scenarios at `--budget quick` with seed {seed}.
**Noticed**: some requirement was found broken. **Survived**: every scenario ran and nothing was. **Incomplete**: nothing was, but the
run could not end or left a MUST without a check, so that no verdict calls the server conforming. **Crashed**: our own code
raised, or the process ended by something else than its limit. **Timeout** and **broken** (it did not start) show nothing either way.

What survives is explained in `benchmarks/mutants.toml`, by what is changed and not by its line.
"""


def page(record: dict[str, Any], reasons: dict[Key, Reason]) -> str:
    """Return a record as Markdown."""
    rows: list[Row] = record["mutants"]
    parts = [_HEAD.format(seed=record["scenario_seed"]), _summary(record, reasons)]
    parts += [_table("module", rows, lambda row: row["module"]), _table("operator", rows, lambda row: row["operator"])]
    parts += [_requests(rows), _incomplete(rows), *_survivors(rows, reasons)]
    return "\n".join(parts)


def _summary(record: dict[str, Any], reasons: dict[Key, Reason]) -> str:
    rows: list[Row] = record["mutants"]
    counts = Counter(row["kind"] for row in rows)
    judged = counts["noticed"] + counts["survived"] + counts["incomplete"] + counts["crashed"]
    told = Counter(_kind(row, reasons) for row in rows if row["kind"] in UNSEEN)
    worth = judged - sum(count for kind, count in told.items() if kind in ("equivalent", "free", "unused"))
    seen = counts["noticed"] + counts["incomplete"]
    which = "all" if record["sample"] is None else f"a sample (seed {record['seed']})"
    only = f" in {', '.join(record['only'])} alone" if record["only"] else ""
    lines = [
        f"**{len(rows)} mutants**, {which} of {record['possible']}{only}; Python {record['python']}, {record['seconds']:,.0f} s of CPU.",
        "",
        f"Of {judged} that ran, {seen} ({seen / max(judged, 1):.1%}) were noticed. Without those that no request can tell from the",
        f"reference, that the contract leaves free, or that nothing uses: {seen} of {worth} ({seen / max(worth, 1):.1%}).",
        "",
        *(f"- {kind}: {count} – {KINDS.get(kind, 'nobody has looked at it yet')}" for kind, count in sorted(told.items())),
        "",
    ]
    return "\n".join(lines)


def _kind(row: Row, reasons: dict[Key, Reason]) -> str:
    reason = reasons.get((row["module"], row["fingerprint"]))
    return "unexplained" if reason is None else reason.kind


def _table(title: str, rows: Iterable[Row], group: Callable[[Row], str]) -> str:
    counts = Counter((group(row), row["kind"]) for row in rows)
    totals = Counter(group(row) for row in rows)
    lines = [f"| {title} | mutants | {' | '.join(_KINDS)} |", f"|---|---:|{'---:|' * len(_KINDS)}"]
    for name, total in totals.most_common():
        lines.append(f"| {name} | {total} | {' | '.join(str(counts[name, kind] or '') for kind in _KINDS)} |")
    return "\n".join([*lines, ""])


def _requests(rows: list[Row]) -> str:
    after = sorted(row["requests"] for row in rows if row["kind"] == "noticed")
    if not after:
        return ""
    half, most = after[len(after) // 2], after[len(after) * 9 // 10]
    by = Counter(_CRASH if _CRASH in row["about"] else row["about"][0] for row in rows if row["kind"] == "noticed")
    named = ", ".join(f"{name} {count}" for name, count in by.most_common(12))
    return f"Half of the noticed ones were after {half} requests, nine in ten after {most}. Most often by: {named}.\n"


def _incomplete(rows: list[Row]) -> str:
    lines = [f"- `{row['module']}.py:{row['line']}` {_code(row['change'])}: {', '.join(row['about'])}"
             for row in rows if row["kind"] == "incomplete"]  # fmt: skip
    return "\n".join(["## Incomplete: what was left without a check, or why the run ended\n", *lines, ""]) if lines else ""


def _survivors(rows: list[Row], reasons: dict[Key, Reason]) -> list[str]:
    parts = []
    for kind in ("unexplained", "gap", "free", "equivalent", "unused"):
        some = [row for row in rows if row["kind"] in UNSEEN and _kind(row, reasons) == kind]
        if some:
            parts.append(f"## {kind.capitalize()}: {KINDS.get(kind, 'nobody has looked at it yet')}\n")
            parts.append(_explained(some, reasons))
    return parts


def _explained(rows: list[Row], reasons: dict[Key, Reason]) -> str:
    """List mutants under what is said of them, each with its place and its change."""
    by_why: dict[str, list[Row]] = {}
    for row in rows:
        reason = reasons.get((row["module"], row["fingerprint"]))
        by_why.setdefault("" if reason is None else reason.why, []).append(row)
    lines = []
    for why, some in by_why.items():
        lines += [why, ""] if why else []
        lines += [f"- `{row['module']}.py:{row['line']}` {_code(row['change'])}" for row in sorted(some, key=_place)]
        lines.append("")
    return "\n".join(lines)


def _place(row: Row) -> tuple[str, int, str]:
    return row["module"], row["line"], row["change"]


def _code(text: str) -> str:
    return f"`` {text} ``" if "`" in text else f"`{text}`"
