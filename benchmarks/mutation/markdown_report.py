"""The report docs/mutants.md, made from reports/mutants.json."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, get_args

from mutation.scenario_runner import NOT_NOTICED, Kind
from mutation.waivers import WAIVER_KINDS, Key, Row, Waiver, row_key

_KINDS: tuple[str, ...] = get_args(Kind)
_SERVER_ERROR = "http.no-server-error"
_HEAD = """# Faults nobody thought of

Made by `python benchmarks/mutants.py`: the code of the reference that answers requests, changed mechanically in one place at a time
(a comparison, a constant, a statement left out, …), and each such server judged by the scenarios at `--budget quick` with seed {seed}.
**Noticed**: some requirement was found broken. **Survived**: every scenario ran and nothing was. **Incomplete**: nothing was, but the
run could not end or left a MUST without a check, so that no verdict calls the server conforming. **Crashed**: our own code
raised, or the process ended by something else than its limit. **Timeout** and **broken** (it did not start) show nothing either way.

What survives is explained in `benchmarks/mutants.toml`, by what is changed and not by its line.
"""


def markdown_report(record: dict[str, Any], waivers: dict[Key, Waiver]) -> str:
    """Return a record as Markdown."""
    rows: list[Row] = record["mutants"]
    parts = [_HEAD.format(seed=record["scenario_seed"]), _summary(record, waivers)]
    parts += [_table("module", rows, lambda row: row["module"]), _table("operator", rows, lambda row: row["operator"])]
    parts += [_noticed(rows), _incomplete(rows), *_survivors(rows, waivers)]
    return "\n".join(parts)


def _summary(record: dict[str, Any], waivers: dict[Key, Waiver]) -> str:
    rows: list[Row] = record["mutants"]
    counts = Counter(row["kind"] for row in rows)
    conclusive = counts["noticed"] + counts["survived"] + counts["incomplete"] + counts["crashed"]
    by_waiver = Counter(_waiver_kind(row, waivers) for row in rows if row["kind"] in NOT_NOTICED)
    noticeable = conclusive - sum(count for kind, count in by_waiver.items() if kind in ("equivalent", "free", "unused"))
    noticed = counts["noticed"] + counts["incomplete"]
    noticed_of_all = f"{noticed} ({noticed / max(conclusive, 1):.1%})"
    amount = "all" if record["sample"] is None else f"a sample (seed {record['seed']})"
    only = f" in {', '.join(record['only'])} alone" if record["only"] else ""
    lines = [
        f"**{len(rows)} mutants**, {amount} of {record['possible']}{only}; Python {record['python']}, {record['seconds']:,.0f} s of CPU.",
        "",
        f"Of {conclusive} that ran, {noticed_of_all} were noticed. Without those that no request can tell from the",
        f"reference, that the contract leaves free, or that nothing uses: {noticed} of {noticeable} ({noticed / max(noticeable, 1):.1%}).",
        "",
        *(f"- {kind}: {count} – {_waiver_kind_text(kind)}" for kind, count in sorted(by_waiver.items())),
        "",
    ]
    return "\n".join(lines)


def _waiver_kind(row: Row, waivers: dict[Key, Waiver]) -> str:
    waiver = waivers.get(row_key(row))
    return "unexplained" if waiver is None else waiver.kind


def _waiver_kind_text(kind: str) -> str:
    return WAIVER_KINDS.get(kind, "nobody has looked at it yet")


def _table(title: str, rows: Iterable[Row], group: Callable[[Row], str]) -> str:
    counts = Counter((group(row), row["kind"]) for row in rows)
    totals = Counter(group(row) for row in rows)
    lines = [f"| {title} | mutants | {' | '.join(_KINDS)} |", f"|---|---:|{'---:|' * len(_KINDS)}"]
    for name, total in totals.most_common():
        lines.append(f"| {name} | {total} | {' | '.join(str(counts[name, kind] or '') for kind in _KINDS)} |")
    return "\n".join([*lines, ""])


def _noticed(rows: list[Row]) -> str:
    """Return after how many requests mutants were noticed, and which requirements noticed most of them."""
    noticed = [row for row in rows if row["kind"] == "noticed"]
    if not noticed:
        return ""
    requests = sorted(row["requests"] for row in noticed)
    median, ninth_decile = requests[len(requests) // 2], requests[len(requests) * 9 // 10]
    requirements = Counter(_SERVER_ERROR if _SERVER_ERROR in row["about"] else row["about"][0] for row in noticed)
    most_common = ", ".join(f"{name} {count}" for name, count in requirements.most_common(12))
    return (
        f"Half of the noticed ones were after {median} requests, nine in ten after {ninth_decile}. Most often by: {most_common}.\n"
    )


def _incomplete(rows: list[Row]) -> str:
    lines = [f"{_mutant_item(row)}: {', '.join(row['about'])}" for row in rows if row["kind"] == "incomplete"]
    return "\n".join(["## Incomplete: what was left without a check, or why the run ended\n", *lines, ""]) if lines else ""


def _survivors(rows: list[Row], waivers: dict[Key, Waiver]) -> list[str]:
    parts = []
    for kind in ("unexplained", "gap", "free", "equivalent", "unused"):
        survivors = [row for row in rows if row["kind"] in NOT_NOTICED and _waiver_kind(row, waivers) == kind]
        if survivors:
            parts.append(f"## {kind.capitalize()}: {_waiver_kind_text(kind)}\n")
            parts.append(_list_by_reason(survivors, waivers))
    return parts


def _list_by_reason(rows: list[Row], waivers: dict[Key, Waiver]) -> str:
    """List mutants below the reason that their waiver gives."""
    by_reason: dict[str, list[Row]] = {}
    for row in rows:
        waiver = waivers.get(row_key(row))
        by_reason.setdefault("" if waiver is None else waiver.why, []).append(row)
    lines = []
    for reason, group in by_reason.items():
        lines += [reason, ""] if reason else []
        lines += [_mutant_item(row) for row in sorted(group, key=lambda row: (row["module"], row["line"], row["change"]))]
        lines.append("")
    return "\n".join(lines)


def _mutant_item(row: Row) -> str:
    return f"- `{row['module']}.py:{row['line']}` {_code(row['change'])}"


def _code(text: str) -> str:
    return f"`` {text} ``" if "`" in text else f"`{text}`"
