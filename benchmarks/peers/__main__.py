"""The same work by others: `python benchmarks/peers [--sample N] [--variants N] [--seed S] [--seconds S]`.

Runs every tool that is installed against the same servers, and writes reports/peers.json and docs/peers.md.
"""

import argparse
import json
import os
import platform
import shlex
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
# Not this folder itself: its modules have the names of what they drive.
sys.path[:1] = [str(ROOT / "benchmarks"), str(ROOT / "tests")]

from peers import ours, page, specmatic, st  # noqa: E402
from peers.finding import Finding, Report, Seen, first, subtracted  # noqa: E402
from peers.sampling import Server, servers  # noqa: E402
from peers.serving import served  # noqa: E402

RECORD, PAGE = ROOT / "reports" / "peers.json", ROOT / "docs" / "peers.md"
Run = Callable[[str, Path, int, int], Report]
_FAITHFUL, _LONGER = 2, 3


def tools() -> dict[str, tuple[str, Run]]:
    """Return what is installed: a name, its version, and how it is run."""
    from conformance import __version__

    source = yaml.safe_load((ROOT / "specs" / "collections" / "openapi.yaml").read_text("utf-8"))
    found: dict[str, tuple[str, Run]] = {"ours": (f"collections-conformance {__version__}", ours.run)}
    found["schemathesis"] = (st.version(), partial(st.run, source=source))
    if specmatic.jar():
        found["specmatic"] = (specmatic.version(), partial(specmatic.run, source=source))
    return found


def ran(tool: str, run: Run, server: Server, seed: int, seconds: int) -> tuple[dict[str, Any], Report]:
    """Run one tool against one server of its own; a tool that fails says nothing, and the record says that it did."""
    kind, name, trigger, breaks = server
    error, report = "", Report()
    with tempfile.TemporaryDirectory() as folder, served(kind, name) as url:
        try:
            report = run(url, Path(folder), seed, seconds)
        except Exception as failure:  # noqa: BLE001 - one tool's failure must not end the others' runs
            traceback.print_exc()
            error = f"{type(failure).__name__}: {failure}"[:200]
    row = {"kind": kind, "name": name, "trigger": trigger, "breaks": breaks, "tool": tool, "error": error,
           "requests": report.requests, "seconds": round(report.seconds, 1)}  # fmt: skip
    return row, report


def told(row: dict[str, Any], report: Report, plain: list[Report]) -> dict[str, Any]:
    """Return a row with what counts of a report."""
    found = subtracted(report, plain)
    seen = first(found)
    return {
        **row,
        "caught": bool(found) and row["kind"] == "fault",
        "findings": [[one.check, one.operation] for one in sorted(found, key=lambda one: found[one].seconds)],
        "first_requests": seen.requests if seen else None,
        "first_seconds": round(seen.seconds, 1) if seen else None,
    }


def compared(options: argparse.Namespace, before: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Run every tool against the faithful reference, with several seeds, unless it was before; then against each server in turn."""
    plain = faithful(before)
    for tool, (_version, run) in tools().items() if not plain else ():
        for turn in range(_FAITHFUL):
            # Longer, so that what a tool says of any server is known before it counts.
            row, report = ran(tool, run, ("faithful", "", "", ""), options.seed + turn, options.seconds * _LONGER)
            plain.setdefault(tool, []).append(report)
            yield told(row, report, [])
    done = {(row["kind"], row["name"]) for row in before}
    for server in servers(options.sample, options.variants, options.seed, told=options.told):
        if server[:2] in done:
            continue
        for tool, (_version, run) in tools().items():
            yield told(*ran(tool, run, server, options.seed, options.seconds), plain[tool])


def faithful(rows: list[dict[str, Any]]) -> dict[str, list[Report]]:
    """Return what each tool said of the faithful reference, from a record."""
    found: dict[str, list[Report]] = {}
    for row in rows:
        if row["kind"] == "faithful":
            report = Report({Finding(*one): Seen(None, 0.0) for one in row["findings"]})
            found.setdefault(row["tool"], []).append(report)
    return found


def judged(options: argparse.Namespace) -> dict[str, Any]:
    """Return the record of a run, which is written as it goes: what was stopped is a smaller sample."""
    before = json.loads(RECORD.read_text("utf-8")) if options.append else {"runs": [], "made_by": []}
    rows: list[dict[str, Any]] = before["runs"]
    for row in compared(options, list(rows)):
        rows.append(row)
        print(
            f"{row['kind']:<9}{row['name']:<34}{row['tool']:<14}{len(row['findings']):>3} {row['seconds']:>6} s {row['error']}",
            flush=True,
        )
        write(record(rows, options, before["made_by"]))
    return record(rows, options, before["made_by"])


def write(made: dict[str, Any]) -> None:
    RECORD.parent.mkdir(exist_ok=True)
    RECORD.write_text(json.dumps(made, indent=1) + "\n", "utf-8")


def record(rows: list[dict[str, Any]], options: argparse.Namespace, before: list[str]) -> dict[str, Any]:
    return {
        "format": 1,
        "made_by": [*before, f"python benchmarks/peers {' '.join(sys.argv[1:])}".strip()],
        "sample": options.sample,
        "variants": options.variants,
        "seed": options.seed,
        "seconds": options.seconds,
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "tools": {name: version for name, (version, _run) in tools().items()},
        "commands": commands(options),
        "runs": rows,
    }


def commands(options: argparse.Namespace) -> dict[str, str]:
    """Return the command lines as a person would write them: programs by their names, and no path of this machine."""
    folder, url = Path("DIR"), "URL"
    lines = {
        "ours": ours.command(folder, options.seed),
        "schemathesis": st.command(url, folder, options.seed, options.seconds),
        "specmatic": specmatic.command(url, folder),
    }
    return {tool: shlex.join(part if "=" in part else Path(part).name if part.startswith("/") else part for part in line)
            for tool, line in lines.items()}  # fmt: skip


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python benchmarks/peers", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sample", type=int, metavar="N", help="so many faults, spread over rarities and chapters (default: all)")
    parser.add_argument("--variants", type=int, metavar="N", help="so many variants by chance (default: all)")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="of the samples and of the tools")
    parser.add_argument("--seconds", type=int, default=60, metavar="S", help="for a tool that can be given a limit (default: 60)")
    parser.add_argument("--told", action="store_true", help="only faults in what an OpenAPI document can say")
    parser.add_argument("--append", action="store_true", help="add to the record rather than begin another")
    parser.add_argument("--page", action="store_true", help="run nothing, make the page from the record anew")
    return parser.parse_args()


def main() -> int:
    given = options()
    made = json.loads(RECORD.read_text("utf-8")) if given.page else judged(given)
    PAGE.write_text(page.page(made), "utf-8")
    print(f"{PAGE.relative_to(ROOT)} is made of {len(made['runs'])} runs")
    return 0


if __name__ == "__main__":
    sys.exit(main())
