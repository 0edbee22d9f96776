"""The fault bank and the freedom bank: `python benchmarks/faults.py [--budget B]… [--seeds N] [--sample N] [--freedoms N] [NAME…]`.

A run at `quick` is whole, so that it shows what else is named; at the larger budgets, where a whole run takes minutes, the scenarios
that can show the broken requirement run until they have (as with `--only`). Results are written to reports/local/ as they come. Once
every fault was run at every budget, and freedoms, they are published: reports/faults.json, reports/faults.html and docs/faults.md.
Exits with 1 if a goal is missed, if a trial ended by an error, or with `--against` if a fault that the older results caught is not
caught now.
"""

import argparse
import platform
import shlex
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from arguments import Parser, natural, positive
from fault_detection.baseline import Older, older
from fault_detection.goals import goals
from fault_detection.jobs import Outcome, Work, faulty, free
from fault_detection.publishing import Shelf, publish
from fault_detection.results import Record, record
from fault_detection.trial import ROOT
from fault_detection.worker_pool import outcomes

from conformance import __version__
from conformance.contracts.collections.reference.faults import FAULTS

BUDGETS = ("quick", "standard", "thorough")


def main() -> int:
    given = options(sys.argv[1:])
    shelf = Shelf(given.output or ROOT / "reports" / "local")
    made = ran(given, shelf)
    shelf.close(made)
    if given.publish or (is_whole(given) and given.output is None):
        publish(made, ROOT)
    return told(made, given.against)


def options(words: list[str]) -> argparse.Namespace:
    parser = Parser(
        prog="faults.py", description=(__doc__ or "").partition("\n")[2], formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", type=_fault, help="these faults only (default: all)")
    parser.add_argument(
        "--budget", action="append", choices=BUDGETS, help="at this budget; may be given several times (default: quick)"
    )
    parser.add_argument(
        "--seeds", type=positive, default=1, metavar="N", help="run each fault at quick with the seeds 1 to N (default: 1)"
    )
    parser.add_argument("--sample", type=positive, metavar="N", help="so many of the faults by chance (default: all)")
    parser.add_argument(
        "--seed", type=natural, default=1, metavar="S", help="which sample; the runs' own seeds are --seeds (default: 1)"
    )
    parser.add_argument(
        "--freedoms", type=natural, default=0, metavar="SEEDS", help="run every benign variant with so many seeds (default: 0)"
    )
    parser.add_argument("-n", dest="processes", type=positive, default=2, metavar="N", help="how many at once (default: 2)")
    parser.add_argument(
        "--output", type=Path, metavar="DIR", help="write to this folder, and publish nothing (default: reports/local)"
    )
    parser.add_argument("--publish", action="store_true", help="write reports/ and docs/ although it is a part only")
    parser.add_argument(
        "--against", type=_older, metavar="FAULTS.json", help="fail for what these results caught and this run does not"
    )
    given = parser.parse_args(words)
    given.budget = list(dict.fromkeys(given.budget or BUDGETS[:1]))
    return given


def _fault(name: str) -> str:
    if name not in FAULTS:
        raise argparse.ArgumentTypeError(f"{name!r} is no fault; `conformance faults` lists them")
    return name


def _older(path: str) -> Older:
    try:
        return older(Path(path))
    except (OSError, ValueError) as error:
        raise argparse.ArgumentTypeError(f"cannot read {path}: {error}") from error


def is_whole(given: argparse.Namespace) -> bool:
    """Whether a run is all that is published: every fault, every budget, and freedoms."""
    return not given.names and given.sample is None and set(given.budget) == set(BUDGETS) and given.freedoms > 0


def planned(given: argparse.Namespace) -> list[Work]:
    """Return what is to be run, in its order."""
    names = list(dict.fromkeys(given.names)) or list(FAULTS)
    if given.sample is not None:
        names = Random(given.seed).sample(names, min(given.sample, len(names)))
    return [*faulty(names, given.budget, given.seeds), *free(given.freedoms)]


def ran(given: argparse.Namespace, shelf: Shelf) -> Record:
    """Run what is planned, and write each result as it comes: what was stopped is a smaller record."""
    started, work, done = time.monotonic(), planned(given), dict[int, Outcome]()
    made = record(_how(given, len(work), started), ())
    for number, outcome in outcomes(work, given.processes):
        done[number] = outcome
        made = record(_how(given, len(work), started), (done[one] for one in sorted(done)))
        shelf.keep(made)
    return made


def _how(given: argparse.Namespace, count: int, started: float) -> dict[str, Any]:
    return {
        "command": shlex.join(["python", "benchmarks/faults.py", *sys.argv[1:]]), "toolkit": __version__,
        "date": datetime.now(UTC).date().isoformat(), "python": platform.python_version(), "processes": given.processes,
        "seconds": round(time.monotonic() - started, 1), "planned": count,
    }  # fmt: skip


def told(made: Record, before: Older | None) -> int:
    """Print how it went, and return the exit code."""
    reached = goals(made.trials, made.freedoms)
    lines = [f"{one.verdict.upper():<8} {one.text}: {one.reached}" for one in reached]
    lines += [f"MISS     {one.name} at {one.budget}, seed {one.seed}: {', '.join(one.named) or 'nothing named'}"
              for one in made.trials if not one.is_right and not one.error]  # fmt: skip
    lines += [f"ALARM    {one.name}, seed {one.seed}: {', '.join(one.named)}" for one in made.freedoms if one.named]
    lines += [f"ERROR    {one}" for one in made.errors]
    print("\n".join(lines))
    lost = compared(made, before) if before else []
    return int(bool(lost or made.errors) or any(one.verdict == "missed" for one in reached))


def compared(made: Record, before: Older) -> list[str]:
    """Print how a run stands to older results, and return what it lost."""
    lost = before.lost(made.trials)
    lines = [f"FALL     {one} was caught, and is not any more" for one in lost]
    lines += [f"NEW      {one} is not in the older results" for one in before.unknown(made.trials)]
    lines.append(f"AGAINST  {before.uncompared(made.trials)} of {len(made.trials)} runs have no older one to be compared with")
    print("\n".join(lines))
    return lost


if __name__ == "__main__":
    sys.exit(main())
