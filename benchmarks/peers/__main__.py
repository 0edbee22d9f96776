"""Compare with other tools: `python benchmarks/peers [--sample N] [--variants N] [--seed S] [--seconds S]`.

Runs every installed tool against the same servers. The results are written to reports/local/ after each run. If every fault and every
variant was run, or with --publish, they are written to reports/peers.json and docs/peers.md too. Exits with 1 if a tool could not be run.
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
# Python puts this folder first. It is taken out, so that its modules are imported only as `peers.…`.
sys.path[:] = [
    str(ROOT / "benchmarks"),
    str(ROOT / "tests"),
    *(folder for folder in sys.path if Path(folder).resolve() != Path(__file__).parent.resolve()),
]

from arguments import OneLineErrorParser, non_negative_integer, positive_integer  # noqa: E402
from atomic_file import write_atomically  # noqa: E402
from peers import conformance_adapter, schemathesis_adapter, specmatic_adapter  # noqa: E402
from peers.finding import Report, earliest, new_findings  # noqa: E402
from peers.markdown_report import markdown_report  # noqa: E402
from peers.reference_server import serve_reference  # noqa: E402
from peers.run_record import Row, RunRecord, all_rows, from_json, start_record, to_json  # noqa: E402
from peers.sampling import Server, select_servers  # noqa: E402
from peers.tool import Tool, portable_command  # noqa: E402

RECORD, PAGE, LOCAL = ROOT / "reports" / "peers.json", ROOT / "docs" / "peers.md", ROOT / "reports" / "local" / "peers.json"
# Each tool is run against the unchanged reference with this many seeds, and with this many times the time limit.
_UNCHANGED_RUNS, _UNCHANGED_TIME_FACTOR = 2, 3


def installed_tools() -> dict[str, Tool]:
    from conformance import __version__

    source = yaml.safe_load((ROOT / "specs" / "collections" / "openapi.yaml").read_text("utf-8"))
    tools = {
        "ours": Tool(f"collections-conformance {__version__}", conformance_adapter.build_command, conformance_adapter.run),
        "schemathesis": Tool(
            schemathesis_adapter.version(), schemathesis_adapter.build_command, partial(schemathesis_adapter.run, source=source)
        ),
    }
    if specmatic_adapter.jar():
        tools["specmatic"] = Tool(
            specmatic_adapter.version(), specmatic_adapter.build_command, partial(specmatic_adapter.run, source=source)
        )
    return tools


def run_tool(name: str, tool: Tool, server: Server, seed: int, seconds: int) -> tuple[Row, Report, str]:
    """Run a tool against a new server. Return the row, the report and the command line. An error is recorded in the row."""
    error, report, shown_command = "", Report(), ""
    with tempfile.TemporaryDirectory() as folder:
        try:
            with serve_reference(server.kind, server.name) as url:
                command = tool.build_command(url, Path(folder), seed, seconds)
                shown_command = portable_command(command, url, Path(folder))
                report = tool.run(command, url, Path(folder))
        except Exception as failure:  # noqa: BLE001 - if one tool fails, the others must still run
            traceback.print_exc()
            error = f"{type(failure).__name__}: {failure}"[:200]
    row = {**server._asdict(), "tool": name, "error": error, "requests": report.requests, "seconds": round(report.seconds, 1)}
    return row, report, shown_command


def with_findings(row: Row, report: Report, unchanged: Iterable[Report]) -> Row:
    """Return a row with the findings that count, and when the earliest of them was reported."""
    findings = new_findings(report, unchanged)
    first_seen = earliest(findings)
    return {
        **row,
        "caught": bool(findings) and row["kind"] == "fault",
        "findings": [
            [finding.check, finding.operation] for finding in sorted(findings, key=lambda finding: findings[finding].seconds)
        ],
        "first_requests": first_seen.requests if first_seen else None,
        "first_seconds": round(first_seen.seconds, 1) if first_seen else None,
    }


def run_all(arguments: argparse.Namespace, tools: dict[str, Tool], servers: list[Server]) -> Iterator[tuple[Row, str]]:
    """Run every tool against the unchanged reference, with several seeds, and then against each server."""
    unchanged: dict[str, list[Report]] = {}
    for name, tool in tools.items():
        for number in range(_UNCHANGED_RUNS):
            # With more time, so that a tool finds here what it would find on any server.
            seconds = arguments.seconds * _UNCHANGED_TIME_FACTOR
            row, report, command = run_tool(name, tool, Server("faithful"), arguments.seed + number, seconds)
            unchanged.setdefault(name, []).append(report)
            yield with_findings(row, report, ()), command
    for server in servers:
        for name, tool in tools.items():
            row, report, command = run_tool(name, tool, server, arguments.seed, arguments.seconds)
            yield with_findings(row, report, unchanged[name]), command


def run_comparison(arguments: argparse.Namespace) -> tuple[RunRecord, ...]:
    """Run the comparison. Return the earlier records and the new one, which are saved after each row."""
    earlier, tools = arguments.earlier_records, installed_tools()
    done = {(row["kind"], row["name"]) for row in all_rows(earlier)}
    selected = select_servers(arguments.sample, arguments.variants, arguments.seed, only_expressible=arguments.told)
    servers = [server for server in selected if (server.kind, server.name) not in done]
    planned = (_UNCHANGED_RUNS + len(servers)) * len(tools)
    record = start_record(asked_for(arguments), {name: tool.version for name, tool in tools.items()}, planned)
    for row, command in run_all(arguments, tools, servers):
        record = record.with_row(row, command)
        print(
            f"{row['kind']:<9}{row['name']:<34}{row['tool']:<14}{len(row['findings']):>3} {row['seconds']:>6} s {row['error']}",
            flush=True,
        )
        write_atomically(LOCAL, to_json([*earlier, record]))
    return (*earlier, record)


def asked_for(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the command line and the arguments that are recorded."""
    command = shlex.join(["python", "benchmarks/peers", *sys.argv[1:]])
    return {"command": command, **{name: getattr(arguments, name) for name in ("seed", "seconds", "sample", "variants", "told")}}


def parse_arguments(words: list[str]) -> argparse.Namespace:
    parser = OneLineErrorParser(prog="python benchmarks/peers", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--sample", type=non_negative_integer, metavar="N", help="run N faults of all triggers and chapters (default: all)"
    )
    parser.add_argument("--variants", type=non_negative_integer, metavar="N", help="run N random variants (default: all)")
    parser.add_argument(
        "--seed", type=non_negative_integer, default=1, metavar="S", help="the seed of the samples and of the tools (default: 1)"
    )
    parser.add_argument(
        "--seconds", type=positive_integer, default=60, metavar="S", help="the time limit of a tool that has one (default: 60)"
    )
    parser.add_argument("--told", action="store_true", help="run only faults that break what an OpenAPI document can express")
    parser.add_argument("--append", action="store_true", help="add to reports/local/peers.json, and run only what is not in it yet")
    parser.add_argument("--publish", action="store_true", help="write reports/peers.json and docs/peers.md even if it is a sample")
    parser.add_argument("--page", action="store_true", help="run nothing; write docs/peers.md again from reports/peers.json")
    arguments = parser.parse_args(words)
    path = RECORD if arguments.page else LOCAL
    try:
        arguments.earlier_records = from_json(path.read_text("utf-8")) if arguments.page or arguments.append else ()
    except (OSError, ValueError) as error:
        parser.error(f"cannot read {path.relative_to(ROOT)}: {error}")
    return arguments


def is_whole(arguments: argparse.Namespace) -> bool:
    """Whether a run is of every fault and every variant."""
    return arguments.sample is None and arguments.variants is None and not arguments.told


def main() -> int:
    arguments = parse_arguments(sys.argv[1:])
    records = arguments.earlier_records if arguments.page else run_comparison(arguments)
    is_published = arguments.page or arguments.publish or is_whole(arguments)
    if is_published and not arguments.page:
        write_atomically(RECORD, to_json(records))
    write_atomically(PAGE if is_published else LOCAL.with_suffix(".md"), markdown_report(records))
    rows = all_rows(records)
    errors = [row for row in rows if row["error"]]
    print(f"{len(rows)} runs, {len(errors)} with an error; {'published' if is_published else LOCAL.relative_to(ROOT)}")
    return int(bool(errors))


if __name__ == "__main__":
    sys.exit(main())
