"""Measure which faults of the reference the toolkit detects: `python benchmarks/faults.py [--budget B]… [--sample N] [NAME…]`.

Each named fault of the reference is tried on its own. With `--freedoms`, benign variants of the reference are tried too: they take a
freedom that the contract leaves, and nothing may be reported about them.

At `quick` all scenarios run against each fault, so that all requirements that fail are seen. At the larger budgets that would take
minutes, so only the scenarios that check the broken requirement run, until it has failed (as with `conformance run --only`).

Results are written to reports/local/ after each trial. When every fault was run at every budget, and freedoms too, the results are
published: reports/faults.json, reports/faults.html and docs/faults.md.

Exits with 1 if a goal is missed, if an error ended a trial, or with `--against` if a fault that was caught before is not caught now.
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

from arguments import OneLineErrorParser, non_negative_integer, positive_integer
from fault_detection.bank import bank
from fault_detection.baseline import Baseline, read_baseline
from fault_detection.goals import evaluate_goals
from fault_detection.jobs import Job, Result, fault_jobs, variant_jobs
from fault_detection.publishing import ResultsFolder, publish
from fault_detection.results import Results, collect
from fault_detection.trial import ROOT
from fault_detection.worker_pool import run_jobs

from conformance import __version__
from conformance.core.errors import UsageError

BUDGETS = ("quick", "standard", "thorough")


def main() -> int:
    arguments = parse_arguments(sys.argv[1:])
    edition = bank(arguments.contract).edition
    folder = ResultsFolder(arguments.output or ROOT / "reports" / "local", edition)
    results = run_planned_jobs(arguments, folder)
    folder.save_with_page(results)
    if arguments.publish or (is_whole(arguments) and arguments.output is None):
        publish(results, ROOT, edition)
    return report(results, arguments.against)


def parse_arguments(words: list[str]) -> argparse.Namespace:
    description = (__doc__ or "").partition("\n")[2]
    parser = OneLineErrorParser(prog="faults.py", description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="run only these faults (default: all)")
    parser.add_argument(
        "--contract", default="collections", metavar="NAME", help="the contract whose reference is tried (default: collections)"
    )
    parser.add_argument(
        "--budget", action="append", choices=BUDGETS, help="run at this budget; may be given several times (default: quick)"
    )
    parser.add_argument(
        "--seeds", type=positive_integer, default=1, metavar="N", help="at quick, run each fault with the seeds 1 to N (default: 1)"
    )
    parser.add_argument("--sample", type=positive_integer, metavar="N", help="run N random faults (default: all)")
    parser.add_argument(
        "--seed", type=non_negative_integer, default=1, metavar="S",
        help="the seed of the sample; the seeds of the runs are set by --seeds (default: 1)",
    )  # fmt: skip
    parser.add_argument(
        "--freedoms", type=non_negative_integer, default=0, metavar="SEEDS",
        help="run every benign variant with the seeds 1 to SEEDS (default: 0, none)",
    )  # fmt: skip
    parser.add_argument(
        "-n", dest="processes", type=positive_integer, default=2, metavar="N", help="how many processes to use (default: 2)"
    )
    parser.add_argument(
        "--output", type=Path, metavar="DIR", help="write to this folder, and do not publish (default: reports/local)"
    )
    parser.add_argument("--publish", action="store_true", help="write to reports/ and docs/ even if not everything was run")
    parser.add_argument(
        "--against", type=_baseline, metavar="FAULTS.json", help="fail if a fault that is caught in these results is not caught now"
    )
    arguments = parser.parse_args(words)
    try:
        faults = bank(arguments.contract).faults
    except (UsageError, KeyError) as error:
        parser.error(f"--contract {arguments.contract}: {error}")
    for name in arguments.names:
        if name not in faults:
            parser.error(f"there is no fault {name!r}; `conformance faults` lists them")
    arguments.budget = list(dict.fromkeys(arguments.budget or BUDGETS[:1]))
    return arguments


def _baseline(path: str) -> Baseline:
    try:
        return read_baseline(Path(path))
    except (OSError, ValueError) as error:
        raise argparse.ArgumentTypeError(f"cannot read {path}: {error}") from error


def is_whole(arguments: argparse.Namespace) -> bool:
    """Whether a run has all that is published: every fault at every budget, and benign variants."""
    return not arguments.names and arguments.sample is None and set(arguments.budget) == set(BUDGETS) and arguments.freedoms > 0


def plan_jobs(arguments: argparse.Namespace) -> list[Job]:
    """Return the jobs to run, in their order."""
    names = list(dict.fromkeys(arguments.names)) or list(bank(arguments.contract).faults)
    if arguments.sample is not None:
        names = Random(arguments.seed).sample(names, min(arguments.sample, len(names)))
    return [
        *fault_jobs(arguments.contract, names, arguments.budget, arguments.seeds),
        *variant_jobs(arguments.contract, arguments.freedoms),
    ]


def run_planned_jobs(arguments: argparse.Namespace, folder: ResultsFolder) -> Results:
    """Run the jobs and save the results after each of them, so that a run that is stopped leaves the results so far."""
    started, jobs, by_number = time.monotonic(), plan_jobs(arguments), dict[int, Result]()
    results = collect(_run_details(arguments, len(jobs), started), ())
    for job_number, result in run_jobs(jobs, arguments.processes):
        by_number[job_number] = result
        results = collect(_run_details(arguments, len(jobs), started), (by_number[number] for number in sorted(by_number)))
        folder.save(results)
    return results


def _run_details(arguments: argparse.Namespace, planned: int, started: float) -> dict[str, Any]:
    return {
        "command": shlex.join(["python", "benchmarks/faults.py", *sys.argv[1:]]), "toolkit": __version__, "contract": arguments.contract,
        "date": datetime.now(UTC).date().isoformat(), "python": platform.python_version(), "processes": arguments.processes,
        "seconds": round(time.monotonic() - started, 1), "planned": planned,
    }  # fmt: skip


def report(results: Results, baseline: Baseline | None) -> int:
    """Print the goals and what went wrong, and return the exit code."""
    goals = evaluate_goals(results.faults, results.variants)
    lines = [f"{goal.verdict.upper():<8} {goal.text}: {goal.reached}" for goal in goals]
    lines += [f"MISS     {result.label}: {', '.join(result.named) or 'no requirement failed'}"
              for result in results.faults if not result.is_right and not result.error]  # fmt: skip
    lines += [f"ALARM    {result.label}: {', '.join(result.named)}" for result in results.variants if result.named]
    lines += [f"ERROR    {error}" for error in results.errors]
    print("\n".join(lines))
    regressions = report_comparison(results, baseline) if baseline else []
    return int(bool(regressions or results.errors) or any(goal.verdict == "missed" for goal in goals))


def report_comparison(results: Results, baseline: Baseline) -> list[str]:
    """Print how the results differ from the baseline, and return the regressions."""
    regressions = baseline.regressions(results.faults)
    lines = [f"LOST     {label}: caught in the older results, not caught now" for label in regressions]
    lines += [f"NEW      {name} is not in the older results" for name in baseline.new_faults(results.faults)]
    lines.append(f"AGAINST  {baseline.count_missing(results.faults)} of {len(results.faults)} runs are not in the older results")
    print("\n".join(lines))
    return regressions


if __name__ == "__main__":
    sys.exit(main())
