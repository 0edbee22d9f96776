"""The report docs/peers.md: which faults each tool caught, and what it reported about benign variants."""

from collections.abc import Callable, Iterable, Sequence
from statistics import median

from peers.run_record import Row, RunRecord, all_rows
from peers.sampling import is_expressible_in_openapi
from triggers import TRIGGERS

_HEAD = """# The same work by others

Made by `python benchmarks/peers`: each server – the reference with one of its named faults, or with one freedom of the contract taken –
is served on loopback by a fresh process, and each tool is run against it, one after the other. What a tool reports there and not on
the faithful reference (by the name of its check and the operation) is taken as its having caught the fault; on a server that only takes a
freedom it is a false alarm. How each tool was configured, why that is its best, and which other tools fell out and why, is in
[benchmarks/peers/README.md](../benchmarks/peers/README.md).
"""
_CAVEATS = """## What this does not say

- The faults are ours, made for requirements that we check, so ours catching them all says little; what the others catch of them, and
  what the mutants of [mutants.md](mutants.md), which nobody thought of, show of ours, says more.
- Many of the requirements cannot be read from an OpenAPI document: what a filter selects, what a default is, that what was sent comes
  back. A general tool cannot catch a fault in those, and is not to blame for it.
- Whatever a tool says on the faulty server and not on the faithful one counts for it, also where it is by chance.
- Times are of the machine and its load that are named above. "Seconds" count from the start of the tool's process to the first report
  that counts. For ours that is when it was proven (sent again, and made small), and the run goes on to the whole verdict.
"""


def markdown_report(records: Sequence[RunRecord]) -> str:
    """Return records as Markdown."""
    rows, tools = all_rows(records), list(dict.fromkeys(name for record in records for name in record.tools))
    return "\n".join([
        _HEAD, "## What was run", "", *map(_run_description, records), "", _caught(rows, tools), _false_alarms(rows, tools), _CAVEATS,
        _servers(rows, tools), _commands(records, tools),
    ])  # fmt: skip


def _run_description(record: RunRecord) -> str:
    """Return what was asked for, what was run, and the state of the machine."""
    asked = [
        _amount(record.sample, "faults" + (" in what an OpenAPI document can say" if record.told else "")),
        _amount(record.variants, "variants"),
    ]
    done = " and ".join(
        f"{len({row['name'] for row in record.runs if row['kind'] == kind})} {kind}s" for kind in ("fault", "variant")
    )
    stopped = f"; stopped after {len(record.runs)} of {record.planned} runs" if len(record.runs) < record.planned else ""
    niceness = f"with `nice -n {record.niceness}`" if record.niceness else "not niced"
    return (
        f"- `{record.command}`: {' and '.join(asked)}, seed {record.seed}: {done}{stopped}; "
        f"{record.seconds} s for whoever can be given a limit. {'; '.join(record.tools.values())}. "
        f"Python {record.python}, {record.machine}, {niceness}, load average {record.load:g} at the start."
    )


def _amount(count: int | None, what: str) -> str:
    return f"all {what}" if count is None else f"a sample of {count} {what}"


def _rows_of(rows: Iterable[Row], kind: str, tool: str) -> list[Row]:
    return [row for row in rows if row["kind"] == kind and row["tool"] == tool]


def _caught(rows: list[Row], tools: list[str]) -> str:
    faults = [row for row in rows if row["kind"] == "fault"]
    lines = ["## Faults caught", "", f"| rarity | faults | {' | '.join(tools)} |", f"|---|---:|{'---:|' * len(tools)}"]
    lines += [_counts(title, [row for row in faults if belongs(row)], tools) for title, belongs in _GROUPS.items()]
    lines += [_medians(title, column, faults, tools) for title, column in _MEDIANS.items()]
    in_time = [str(_count_caught_in_our_time(rows, tool)) for tool in tools]
    lines.append(f"| caught within the time that ours took on the same server | | {' | '.join(in_time)} |")
    return "\n".join([*lines, ""])


def _has_trigger(trigger: str) -> Callable[[Row], bool]:
    return lambda row: bool(row["trigger"] == trigger)


_GROUPS: dict[str, Callable[[Row], bool]] = {
    **{trigger: _has_trigger(trigger) for trigger in TRIGGERS},
    "all": lambda _row: True,
    "of them what an OpenAPI document can say": lambda row: is_expressible_in_openapi(row["breaks"]),
    "what only the contract says": lambda row: not is_expressible_in_openapi(row["breaks"]),
}
_MEDIANS = {
    "median requests to the first catch, of what it caught": "first_requests",
    "median seconds to the first catch": "first_seconds",
    "median seconds of a run": "seconds",
    "median requests of a run": "requests",
}


def _counts(title: str, faults: list[Row], tools: list[str]) -> str:
    counts = [str(sum(row["caught"] for row in faults if row["tool"] == tool)) for tool in tools]
    return f"| {title} | {len({row['name'] for row in faults})} | {' | '.join(counts)} |"


def _medians(title: str, column: str, faults: list[Row], tools: list[str]) -> str:
    medians = [
        _median(row[column] for row in _rows_of(faults, "fault", tool) if column != "first_requests" or row["caught"])
        for tool in tools
    ]
    return f"| {title} | | {' | '.join(medians)} |"


def _median(values: Iterable[float | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{median(known):,.0f}" if known else "–"


def _count_caught_in_our_time(rows: list[Row], tool: str) -> int:
    ours = {row["name"]: row["seconds"] for row in _rows_of(rows, "fault", "ours")}
    return sum(
        row["caught"] and row["first_seconds"] <= ours[row["name"]] for row in _rows_of(rows, "fault", tool) if row["name"] in ours
    )


def _false_alarms(rows: list[Row], tools: list[str]) -> str:
    lines = ["## False alarms on servers that take a freedom", "", f"| | {' | '.join(tools)} |", f"|---|{'---:|' * len(tools)}"]
    counts: list[tuple[str, Callable[[list[Row]], int]]] = [
        ("servers", len),
        ("of them with a false alarm", lambda group: sum(bool(row["findings"]) for row in group)),
        ("false alarms", lambda group: sum(len(row["findings"]) for row in group)),
    ]
    for title, count in counts:
        lines.append(f"| {title} | {' | '.join(str(count(_rows_of(rows, 'variant', tool))) for tool in tools)} |")
    faithful = [
        str(len({tuple(finding) for row in _rows_of(rows, "faithful", tool) for finding in row["findings"]})) for tool in tools
    ]
    lines.append(f"| reported on the faithful reference itself, and subtracted | {' | '.join(faithful)} |")
    return "\n".join([*lines, ""])


def _servers(rows: list[Row], tools: list[str]) -> str:
    lines = ["## Each server", "", f"| server | rarity | breaks | {' | '.join(tools)} |", f"|---|---|---|{'---|' * len(tools)}"]
    names = dict.fromkeys((row["kind"], row["name"], row["trigger"], row["breaks"]) for row in rows)
    for kind, name, trigger, breaks in names:
        cells = [
            next((_cell(row) for row in rows if (row["kind"], row["name"], row["tool"]) == (kind, name, tool)), "")
            for tool in tools
        ]
        lines.append(f"| {name or kind} | {trigger or kind} | {breaks} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def _cell(row: Row) -> str:
    if row["error"]:
        return f"did not run: {row['error']}"
    if not row["findings"]:
        return "–"
    findings = [" ".join(finding).strip() for finding in row["findings"]]
    more = f" and {len(findings) - 1} more" if len(findings) > 1 else ""
    when = "" if row["first_seconds"] is None else f", {row['first_requests'] or '?'} requests, {row['first_seconds']:.0f} s"
    return f"{findings[0]}{more}{when}".replace("|", "\\|")


def _commands(records: Sequence[RunRecord], tools: list[str]) -> str:
    lines = ["## Command lines", ""]
    for tool in tools:
        commands = dict.fromkeys(command for record in records for command in record.commands.get(tool, ()))
        lines += [f"{tool}:", "", "```sh", *commands, "```", ""]
    return "\n".join(lines)
