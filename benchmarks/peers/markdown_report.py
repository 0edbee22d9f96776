"""The page: what each tool caught of the faults, and what it said of servers that take a freedom, from the record alone."""

from collections.abc import Callable, Iterable, Sequence
from statistics import median

from peers.run_record import Part, Row, runs
from peers.sampling import TRIGGERS, is_told

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


def page(parts: Sequence[Part]) -> str:
    """Return a record as Markdown."""
    rows, tools = runs(parts), list(dict.fromkeys(name for part in parts for name in part.tools))
    return "\n".join([
        _HEAD, "## What was run", "", *map(_how, parts), "", _caught(rows, tools), _alarms(rows, tools), _CAVEATS, _each(rows, tools),
        _commands(parts, tools),
    ])  # fmt: skip


def _how(part: Part) -> str:
    """Return what a part of the record is of, and in which state of the machine it was made."""
    asked = [
        _amount(part.sample, "faults" + (" in what an OpenAPI document can say" if part.told else "")),
        _amount(part.variants, "variants"),
    ]
    done = " and ".join(
        f"{len({row['name'] for row in part.runs if row['kind'] == kind})} {kind}s" for kind in ("fault", "variant")
    )
    stopped = f"; stopped after {len(part.runs)} of {part.planned} runs" if len(part.runs) < part.planned else ""
    niced = f"with `nice -n {part.niceness}`" if part.niceness else "not niced"
    return (
        f"- `{part.command}`: {' and '.join(asked)}, seed {part.seed}: {done}{stopped}; {part.seconds} s for whoever can be given a limit. "
        f"{'; '.join(part.tools.values())}. Python {part.python}, {part.machine}, {niced}, load average {part.load:g} at the start."
    )


def _amount(count: int | None, what: str) -> str:
    return f"all {what}" if count is None else f"a sample of {count} {what}"


def _of(rows: Iterable[Row], kind: str, tool: str) -> list[Row]:
    return [row for row in rows if row["kind"] == kind and row["tool"] == tool]


def _caught(rows: list[Row], tools: list[str]) -> str:
    faults = [row for row in rows if row["kind"] == "fault"]
    lines = ["## Faults caught", "", f"| rarity | faults | {' | '.join(tools)} |", f"|---|---:|{'---:|' * len(tools)}"]
    lines += [_counts(title, [row for row in faults if holds(row)], tools) for title, holds in _GROUPS.items()]
    lines += [_figures(title, value, faults, tools) for title, value in _FIGURES.items()]
    within = [str(_within(rows, tool)) for tool in tools]
    lines.append(f"| caught within the time that ours took on the same server | | {' | '.join(within)} |")
    return "\n".join([*lines, ""])


def _rarity(trigger: str) -> Callable[[Row], bool]:
    return lambda row: bool(row["trigger"] == trigger)


_GROUPS: dict[str, Callable[[Row], bool]] = {
    **{trigger: _rarity(trigger) for trigger in TRIGGERS},
    "all": lambda _row: True,
    "of them what an OpenAPI document can say": lambda row: is_told(row["breaks"]),
    "what only the contract says": lambda row: not is_told(row["breaks"]),
}
_FIGURES = {
    "median requests to the first catch, of what it caught": "first_requests",
    "median seconds to the first catch": "first_seconds",
    "median seconds of a run": "seconds",
    "median requests of a run": "requests",
}


def _counts(title: str, faults: list[Row], tools: list[str]) -> str:
    counts = [str(sum(row["caught"] for row in faults if row["tool"] == tool)) for tool in tools]
    return f"| {title} | {len({row['name'] for row in faults})} | {' | '.join(counts)} |"


def _figures(title: str, value: str, faults: list[Row], tools: list[str]) -> str:
    figures = [
        _median(row[value] for row in _of(faults, "fault", tool) if value != "first_requests" or row["caught"]) for tool in tools
    ]
    return f"| {title} | | {' | '.join(figures)} |"


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


def _commands(parts: Sequence[Part], tools: list[str]) -> str:
    lines = ["## Command lines", ""]
    for tool in tools:
        commands = dict.fromkeys(command for part in parts for command in part.commands.get(tool, ()))
        lines += [f"{tool}:", "", "```sh", *commands, "```", ""]
    return "\n".join(lines)
