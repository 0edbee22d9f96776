"""Mutation testing: change the reference in one place, and see whether a scenario notices: `python benchmarks/mutants.py [--sample N]`.

Results are written to reports/local/ after each mutant. The results of all mutants are published: reports/mutants.json and
docs/mutants.md. Exits with 1 if

- a mutant is not noticed, and `mutants.toml` does not explain it or calls it a gap,
- a mutant is noticed that `mutants.toml` explains,
- all mutants of a module were run, and `mutants.toml` explains one that does not exist any more.

Why not an existing tool: cosmic-ray 8.7 starts the test command for each mutant, which takes 5 s, where a fork of a warm process takes
0.8 s on average. It also changes the files in place, where somebody may be working. mutmut 3.8 forks, but calls pytest.main in each
fork, so collecting and warming up are repeated each time. It can only change code within functions without decorators, so the tables of
operators, defaults, bounds and statuses would be left out. Both record only an exit code for each mutant: neither which requirement
noticed it, nor after how many requests.
"""

import argparse
import json
import platform
import random
import sys
import warnings
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "benchmarks"), str(ROOT / "tests")]

from arguments import OneLineErrorParser, non_negative_integer, positive_integer  # noqa: E402 - found by the path set above
from atomic_file import write_atomically  # noqa: E402
from json_format import one_line_per_row  # noqa: E402
from mutation.markdown_report import markdown_report  # noqa: E402
from mutation.module_loader import module_source  # noqa: E402
from mutation.mutant import Mutant, find_mutants  # noqa: E402
from mutation.mutant_process import run_mutants, warm_up  # noqa: E402
from mutation.scenario_runner import SEED, Outcome  # noqa: E402
from mutation.triage import triage  # noqa: E402
from mutation.waivers import WAIVERS_FILE, Key, Row, Waiver, read_waivers  # noqa: E402

MODULES = ("app", "service", "store", "listing", "selection", "parsing", "validation", "refusals")
RECORD = ROOT / "reports" / "mutants.json"
PAGE = ROOT / "docs" / "mutants.md"
LOCAL = ROOT / "reports" / "local"


def all_mutants(modules: Iterable[str]) -> list[Mutant]:
    return [mutant for module in modules for mutant in find_mutants(module, module_source(module))]


def draw_sample(mutants: list[Mutant], sample: int | None, seed: int) -> list[Mutant]:
    """Return a sample, or all mutants, in random order, so that the results of a run that is stopped are a random sample too."""
    return random.Random(seed).sample(mutants, len(mutants) if sample is None else min(sample, len(mutants)))


def result_row(mutant: Mutant, outcome: Outcome) -> Row:
    columns = {name: getattr(mutant, name) for name in ("module", "line", "scope", "operator", "change", "fingerprint")}
    return {**columns, **asdict(outcome)}


def build_record(rows: list[Row], arguments: argparse.Namespace, possible: int) -> dict[str, Any]:
    rows = sorted(rows, key=lambda row: (MODULES.index(row["module"]), row["line"], row["change"]))
    return {
        "format": 1,
        "python": platform.python_version(),
        "scenario_seed": SEED,
        "seed": arguments.seed,
        "sample": arguments.sample,
        "only": arguments.only,
        "possible": possible,
        "seconds": round(sum(row["seconds"] for row in rows), 1),
        "mutants": rows,
    }


def run_sample(arguments: argparse.Namespace, mutants: list[Mutant], waivers: dict[Key, Waiver]) -> dict[str, Any]:
    """Run the mutants, print those that are not noticed and have no waiver, and return the record, which is saved after each mutant."""
    rows, sample, order = list[Row](), draw_sample(mutants, arguments.sample, arguments.seed), warm_up()
    record = build_record(rows, arguments, len(mutants))
    for number, (mutant, outcome) in enumerate(run_mutants(sample, order, arguments.processes), 1):
        rows.append(result_row(mutant, outcome))
        record = build_record(rows, arguments, len(mutants))
        write_atomically(LOCAL / RECORD.name, one_line_per_row(record))
        if outcome.kind != "noticed" and (mutant.module, mutant.fingerprint) not in waivers:
            print(f"{number}/{len(sample)} {outcome.kind:<10} {mutant.module}.py:{mutant.line} {mutant.change}", flush=True)
    return record


def report(record: dict[str, Any], mutants: list[Mutant], waivers: dict[Key, Waiver]) -> int:
    """Print what needs work, and return the exit code. Stale waivers only count if all mutants were run."""
    result = triage(record["mutants"], waivers, mutants)
    for category, description in result.items():
        print(f"{category}: {description}")
    print(f"{len(record['mutants'])} mutants: {result.summary()}")
    return int(result.needs_work or (record["sample"] is None and bool(result.stale)))


def parse_arguments(words: list[str]) -> argparse.Namespace:
    parser = OneLineErrorParser(prog="mutants.py", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sample", type=positive_integer, metavar="N", help="run N random mutants (default: all)")
    parser.add_argument(
        "--seed", type=non_negative_integer, default=1, metavar="S", help="the seed of the sample and of the order (default: 1)"
    )
    parser.add_argument(
        "--only", choices=MODULES, action="append", help="run only mutants of this module; may be given several times"
    )
    parser.add_argument(
        "-n", dest="processes", type=positive_integer, default=1, metavar="N", help="how many processes to use (default: 1)"
    )
    parser.add_argument(
        "--publish", action="store_true", help="write reports/mutants.json and docs/mutants.md even if not all mutants are run"
    )
    parser.add_argument("--page", action="store_true", help="run nothing; write docs/mutants.md again from reports/mutants.json")
    arguments = parser.parse_args(words)
    if arguments.page and not RECORD.exists():
        parser.error(f"{RECORD.relative_to(ROOT)} does not exist")
    return arguments


def main() -> int:
    arguments = parse_arguments(sys.argv[1:])
    warnings.simplefilter("ignore", SyntaxWarning)  # some mutants cause it, such as `1 is None`
    waivers = read_waivers(WAIVERS_FILE.read_text("utf-8"))
    modules = arguments.only or MODULES
    record = json.loads(RECORD.read_text("utf-8")) if arguments.page else run_sample(arguments, all_mutants(modules), waivers)
    is_published = arguments.page or arguments.publish or (arguments.sample is None and arguments.only is None)
    if is_published and not arguments.page:
        write_atomically(RECORD, one_line_per_row(record))
    write_atomically(PAGE if is_published else LOCAL / PAGE.name, markdown_report(record, waivers))
    return report(record, all_mutants(record["only"] or MODULES), waivers)


if __name__ == "__main__":
    sys.exit(main())
