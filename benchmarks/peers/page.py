"""The page: what each tool caught of the faults, and what it said of servers that take a freedom, from the record alone."""

from collections.abc import Callable, Iterable
from statistics import median
from typing import Any

from peers.sampling import TRIGGERS, is_told

Row = dict[str, Any]
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
- Times are of a machine that others use too. "Seconds" count from the start of the tool's process to the first report that counts.
  For ours that is when it was proven (sent again, and made small), and the run goes on to the whole verdict.
"""


def page(record: dict[str, Any]) -> str:
    """Return a record as Markdown."""
    rows: list[Row] = record["runs"]
    tools = list(record["tools"])
    parts = [_HEAD, _how(record), _caught(rows, tools), _alarms(rows, tools), _CAVEATS, _each(rows, tools), _commands(record)]
    return "\n".join(parts)


def _how(record: dict[str, Any]) -> str:
    which = "all faults and variants" if record["sample"] is None else f"**a sample**, seed {record['seed']}"
    versions = "; ".join(record["tools"].values())
    counts = {kind: len({row["name"] for row in record["runs"] if row["kind"] == kind}) for kind in ("fault", "variant")}
    return (
        f"This run: {which}: {counts['fault']} faults and {counts['variant']} variants, made by `{'` and `'.join(record['made_by'])}`; "
        f"{record['seconds']} s for whoever can be given a limit.\n"
        f"{versions}. Python {record['python']}, {record['machine']}, all with `nice -n 19` beside other work.\n"
    )


def _of(rows: Iterable[Row], kind: str, tool: str) -> list[Row]:
    return [row for row in rows if row["kind"] == kind and row["tool"] == tool]


def _caught(rows: list[Row], tools: list[str]) -> str:
    lines = ["## Faults caught", "", f"| rarity | faults | {' | '.join(tools)} |", f"|---|---:|{'---:|' * len(tools)}"]
    for trigger in TRIGGERS:
        some = [row for row in rows if row["kind"] == "fault" and row["trigger"] == trigger]
        counts = [sum(row["caught"] for row in _of(some, "fault", tool)) for tool in tools]
        lines.append(f"| {trigger} | {len({row['name'] for row in some})} | {' | '.join(map(str, counts))} |")
    total = [sum(row["caught"] for row in _of(rows, "fault", tool)) for tool in tools]
    lines.append(f"| all | {len({row['name'] for row in rows if row['kind'] == 'fault'})} | {' | '.join(map(str, total))} |")
    for title, told in (("of them what an OpenAPI document can say", True), ("what only the contract says", False)):
        some = [row for row in rows if row["kind"] == "fault" and is_told(row["breaks"]) is told]
        counts = [sum(row["caught"] for row in _of(some, "fault", tool)) for tool in tools]
        lines.append(f"| {title} | {len({row['name'] for row in some})} | {' | '.join(map(str, counts))} |")
    for title, value in _FIGURES.items():
        figures = [
            _median(row[value] for row in _of(rows, "fault", tool) if value != "first_requests" or row["caught"]) for tool in tools
        ]
        lines.append(f"| {title} | | {' | '.join(figures)} |")
    within = [str(_within(rows, tool)) for tool in tools]
    lines.append(f"| caught within the time that ours took on the same server | | {' | '.join(within)} |")
    return "\n".join([*lines, ""])


_FIGURES = {
    "median requests to the first catch, of what it caught": "first_requests",
    "median seconds to the first catch": "first_seconds",
    "median seconds of a run": "seconds",
    "median requests of a run": "requests",
}


def _median(values: Iterable[float | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{median(known):,.0f}" if known else "–"


def _within(rows: list[Row], tool: str) -> int:
    ours = {row["name"]: row["seconds"] for row in _of(rows, "fault", "ours")}
    return sum(
        row["caught"] and row["first_seconds"] <= ours[row["name"]] for row in _of(rows, "fault", tool) if row["name"] in ours
    )


def _alarms(rows: list[Row], tools: list[str]) -> str:
    lines = ["## False alarms on servers that take a freedom", "", f"| | {' | '.join(tools)} |", f"|---|{'---:|' * len(tools)}"]
    counts: list[tuple[str, Callable[[list[Row]], int]]] = [
        ("servers", len),
        ("of them with a false alarm", lambda some: sum(bool(row["findings"]) for row in some)),
        ("false alarms", lambda some: sum(len(row["findings"]) for row in some)),
    ]
    for title, count in counts:
        lines.append(f"| {title} | {' | '.join(str(count(_of(rows, 'variant', tool))) for tool in tools)} |")
    faithful = [str(len({tuple(one) for row in _of(rows, "faithful", tool) for one in row["findings"]})) for tool in tools]
    lines.append(f"| reported on the faithful reference itself, and subtracted | {' | '.join(faithful)} |")
    return "\n".join([*lines, ""])


def _each(rows: list[Row], tools: list[str]) -> str:
    lines = ["## Each server", "", f"| server | rarity | breaks | {' | '.join(tools)} |", f"|---|---|---|{'---|' * len(tools)}"]
    names = dict.fromkeys((row["kind"], row["name"], row["trigger"], row["breaks"]) for row in rows)
    for kind, name, trigger, breaks in names:
        told = [
            next((_told(row) for row in rows if (row["kind"], row["name"], row["tool"]) == (kind, name, tool)), "")
            for tool in tools
        ]
        lines.append(f"| {name or kind} | {trigger or kind} | {breaks} | {' | '.join(told)} |")
    return "\n".join([*lines, ""])


def _told(row: Row) -> str:
    if row["error"]:
        return f"did not run: {row['error']}"
    if not row["findings"]:
        return "–"
    said = [" ".join(one).strip() for one in row["findings"]]
    more = f" and {len(said) - 1} more" if len(said) > 1 else ""
    at = "" if row["first_seconds"] is None else f", {row['first_requests'] or '?'} requests, {row['first_seconds']:.0f} s"
    return f"{said[0]}{more}{at}".replace("|", "\\|")


def _commands(record: dict[str, Any]) -> str:
    lines = ["## Command lines", ""]
    for tool, command in record["commands"].items():
        lines += [f"{tool}:", "", "```sh", command, "```", ""]
    return "\n".join(lines)
