"""The same work by others: `python benchmarks/peers [--sample N] [--variants N] [--seed S] [--seconds S]`.

Runs every tool that is installed against the same servers. The record is written to reports/local/ after each run; if every fault and
variant was run, or with --publish, it ends up in reports/peers.json and docs/peers.md. Exits with 1 if a tool failed to run.
"""

import argparse
import shlex
import sys
import tempfile
import traceback
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
# Not this folder itself: its modules have the names of what they drive.
sys.path[:] = [
    str(ROOT / "benchmarks"),
    str(ROOT / "tests"),
    *(one for one in sys.path if Path(one).resolve() != Path(__file__).parent.resolve()),
]

from arguments import Parser, natural, positive  # noqa: E402
from atomic_file import replace  # noqa: E402
from peers import conformance_adapter as ours  # noqa: E402
from peers import markdown_report as page  # noqa: E402
from peers import schemathesis_adapter as st  # noqa: E402
from peers import specmatic_adapter as specmatic  # noqa: E402
from peers.finding import Report, first, subtracted  # noqa: E402
from peers.reference_server import served  # noqa: E402
from peers.run_record import Part, Row, begun, read, runs, written  # noqa: E402
from peers.sampling import Server, servers  # noqa: E402
from peers.tool import Tool, shown  # noqa: E402

RECORD, PAGE, LOCAL = ROOT / "reports" / "peers.json", ROOT / "docs" / "peers.md", ROOT / "reports" / "local" / "peers.json"
_FAITHFUL, _LONGER = 2, 3


def tools() -> dict[str, Tool]:
    """Return what is installed."""
    from conformance import __version__

    source = yaml.safe_load((ROOT / "specs" / "collections" / "openapi.yaml").read_text("utf-8"))
    found = {"ours": Tool(f"collections-conformance {__version__}", ours.command, ours.run)}
    found["schemathesis"] = Tool(st.version(), st.command, partial(st.run, source=source))
    if specmatic.jar():
        found["specmatic"] = Tool(specmatic.version(), specmatic.command, partial(specmatic.run, source=source))
    return found


def ran(name: str, tool: Tool, server: Server, seed: int, seconds: int) -> tuple[Row, Report, str]:
    """Run one tool against one server of its own; a tool that fails says nothing, and the record says that it did."""
    kind, of, trigger, breaks = server
    error, report, command = "", Report(), ""
    with tempfile.TemporaryDirectory() as folder:
        try:
            with served(kind, of) as url:
                line = tool.command(url, Path(folder), seed, seconds)
                command = shown(line, url, Path(folder))
                report = tool.run(line, url, Path(folder))
        except Exception as failure:  # noqa: BLE001 - one tool's failure is recorded, and must not end the others' runs
            traceback.print_exc()
            error = f"{type(failure).__name__}: {failure}"[:200]
    row = {"kind": kind, "name": of, "trigger": trigger, "breaks": breaks, "tool": name, "error": error,
           "requests": report.requests, "seconds": round(report.seconds, 1)}  # fmt: skip
    return row, report, command


def counted(row: Row, report: Report, plain: Iterable[Report]) -> Row:
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


def compared(given: argparse.Namespace, installed: dict[str, Tool], chosen: list[Server]) -> Iterator[tuple[Row, str]]:
    """Run every tool against the faithful reference, with several seeds, and then against each server in turn."""
    plain: dict[str, list[Report]] = {}
    for name, tool in installed.items():
        for turn in range(_FAITHFUL):
            # Longer, so that what a tool says of any server is known before it counts.
            row, report, command = ran(name, tool, ("faithful", "", "", ""), given.seed + turn, given.seconds * _LONGER)
            plain.setdefault(name, []).append(report)
            yield counted(row, report, ()), command
    for server in chosen:
        for name, tool in installed.items():
            row, report, command = ran(name, tool, server, given.seed, given.seconds)
            yield counted(row, report, plain[name]), command


def judged(given: argparse.Namespace) -> tuple[Part, ...]:
    """Return the record with this run's part, which is written as it goes: what was stopped is a smaller sample."""
    before, installed = given.before, tools()
    done = {(row["kind"], row["name"]) for row in runs(before)}
    chosen = [one for one in servers(given.sample, given.variants, given.seed, told=given.told) if one[:2] not in done]
    planned = (_FAITHFUL + len(chosen)) * len(installed)
    part = begun(asked(given), {name: tool.version for name, tool in installed.items()}, planned)
    for row, command in compared(given, installed, chosen):
        part = part.after(row, command)
        print(
            f"{row['kind']:<9}{row['name']:<34}{row['tool']:<14}{len(row['findings']):>3} {row['seconds']:>6} s {row['error']}",
            flush=True,
        )
        replace(LOCAL, written([*before, part]))
    return (*before, part)


def asked(given: argparse.Namespace) -> dict[str, Any]:
    """Return what was asked for."""
    line = shlex.join(["python", "benchmarks/peers", *sys.argv[1:]])
    return {"command": line, **{name: getattr(given, name) for name in ("seed", "seconds", "sample", "variants", "told")}}


def options(words: list[str]) -> argparse.Namespace:
    parser = Parser(prog="python benchmarks/peers", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--sample", type=natural, metavar="N", help="so many faults, spread over rarities and chapters (default: all)"
    )
    parser.add_argument("--variants", type=natural, metavar="N", help="so many variants by chance (default: all)")
    parser.add_argument("--seed", type=natural, default=1, metavar="S", help="of the samples and of the tools (default: 1)")
    parser.add_argument(
        "--seconds", type=positive, default=60, metavar="S", help="for a tool that can be given a limit (default: 60)"
    )
    parser.add_argument("--told", action="store_true", help="only faults in what an OpenAPI document can say")
    parser.add_argument("--append", action="store_true", help="add a part to reports/local/peers.json, of what is not in it yet")
    parser.add_argument("--publish", action="store_true", help="write reports/peers.json and docs/peers.md although it is a sample")
    parser.add_argument("--page", action="store_true", help="run nothing, make docs/peers.md from reports/peers.json anew")
    given = parser.parse_args(words)
    try:
        path = RECORD if given.page else LOCAL
        given.before = read(path.read_text("utf-8")) if given.page or given.append else ()
    except (OSError, ValueError) as error:
        parser.error(f"cannot read {path.relative_to(ROOT)}: {error}")
    return given


def is_whole(given: argparse.Namespace) -> bool:
    """Whether a run is of every fault and every variant."""
    return given.sample is None and given.variants is None and not given.told


def main() -> int:
    given = options(sys.argv[1:])
    parts = given.before if given.page else judged(given)
    is_published = given.page or given.publish or is_whole(given)
    if is_published and not given.page:
        replace(RECORD, written(parts))
    replace(PAGE if is_published else LOCAL.with_suffix(".md"), page.page(parts))
    failed = [row for row in runs(parts) if row["error"]]
    print(f"{len(runs(parts))} runs, {len(failed)} of which failed; {'published' if is_published else LOCAL.relative_to(ROOT)}")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
