"""Faults nobody thought of: the reference changed mechanically in one place, and judged: `python benchmarks/mutants.py [--sample N]`.

Results are written to reports/local/ as they come; those of all mutants are published: reports/mutants.json and docs/mutants.md. Ends
with 1 if something survived that `mutants.toml` does not explain or calls a gap, if something that it explains is noticed now, or, if
all of a module were judged, if it explains what is no mutant any more.

Why an engine of our own: cosmic-ray 8.7 starts the test command anew for each mutant, which is 5 s where a warm fork takes 0.8 on the
average, and changes the files in place, in which somebody may work. mutmut 3.8 forks, but calls pytest.main in each fork, so that
collecting and warming up are paid every time, and it can change only what is within functions, and not in those with decorators: the
tables of operators, defaults, bounds and statuses would be left out. Both keep nothing of a mutant but an exit code: not which
requirement noticed it, nor after how many requests.
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

from arguments import Parser, natural, positive  # noqa: E402 - they are found beside this file
from atomic_file import replace  # noqa: E402
from json_format import lines  # noqa: E402
from mutation import markdown_report as page  # noqa: E402
from mutation import module_loader as loading  # noqa: E402
from mutation import waivers as reasons  # noqa: E402
from mutation.mutant import Mutant, mutants  # noqa: E402
from mutation.mutant_process import trials, warmed  # noqa: E402
from mutation.scenario_runner import SEED, Outcome  # noqa: E402
from mutation.triage import standing  # noqa: E402
from mutation.waivers import Key, Reason  # noqa: E402

MODULES = ("app", "service", "store", "listing", "selection", "parsing", "validation", "refusals")
RECORD = ROOT / "reports" / "mutants.json"
PAGE = ROOT / "docs" / "mutants.md"
LOCAL = ROOT / "reports" / "local"


def possible(modules: Iterable[str]) -> list[Mutant]:
    return [mutant for module in modules for mutant in mutants(module, loading.source(module))]


def chosen(found: list[Mutant], sample: int | None, seed: int) -> list[Mutant]:
    """Return a sample, or all, in an order by chance: what is there when a run is stopped is a sample as well."""
    return random.Random(seed).sample(found, len(found) if sample is None else min(sample, len(found)))


def row(mutant: Mutant, outcome: Outcome) -> dict[str, Any]:
    kept = {name: getattr(mutant, name) for name in ("module", "line", "scope", "operator", "change", "fingerprint")}
    return {**kept, **asdict(outcome)}


def record(rows: list[dict[str, Any]], given: argparse.Namespace, count: int) -> dict[str, Any]:
    rows = sorted(rows, key=lambda one: (MODULES.index(one["module"]), one["line"], one["change"]))
    return {
        "format": 1,
        "python": platform.python_version(),
        "scenario_seed": SEED,
        "seed": given.seed,
        "sample": given.sample,
        "only": given.only,
        "possible": count,
        "seconds": round(sum(one["seconds"] for one in rows), 1),
        "mutants": rows,
    }


def judged(given: argparse.Namespace, found: list[Mutant], known: dict[Key, Reason]) -> dict[str, Any]:
    """Run the trials, tell what is not noticed, and write each as it comes: what was stopped is a smaller sample."""
    rows, picked, order = list[dict[str, Any]](), chosen(found, given.sample, given.seed), warmed()
    made = record(rows, given, len(found))
    for number, (mutant, outcome) in enumerate(trials(picked, order, given.processes), 1):
        rows.append(row(mutant, outcome))
        made = record(rows, given, len(found))
        replace(LOCAL / RECORD.name, lines(made))
        if outcome.kind != "noticed" and (mutant.module, mutant.fingerprint) not in known:
            print(f"{number}/{len(picked)} {outcome.kind:<10} {mutant.module}.py:{mutant.line} {mutant.change}", flush=True)
    return made


def told(made: dict[str, Any], found: list[Mutant], known: dict[Key, Reason]) -> int:
    """Print what is to be done, and return the exit code; what was not looked for in a sample is no fault of it."""
    state = standing(made["mutants"], known, found)
    for mark, keys in state.shown():
        print(f"{mark}: {keys}")
    print(f"{len(made['mutants'])} mutants: {state.summary()}")
    return int(state.is_wanting or (made["sample"] is None and bool(state.stale)))


def options(words: list[str]) -> argparse.Namespace:
    parser = Parser(prog="mutants.py", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sample", type=positive, metavar="N", help="so many mutants by chance (default: all)")
    parser.add_argument("--seed", type=natural, default=1, metavar="S", help="which sample, and the order (default: 1)")
    parser.add_argument("--only", choices=MODULES, action="append", help="mutants of this module; may be given several times")
    parser.add_argument("-n", dest="processes", type=positive, default=1, metavar="N", help="how many at once (default: 1)")
    parser.add_argument(
        "--publish", action="store_true", help="write reports/mutants.json and docs/mutants.md although it is a part only"
    )
    parser.add_argument("--page", action="store_true", help="judge nothing, make docs/mutants.md from reports/mutants.json anew")
    given = parser.parse_args(words)
    if given.page and not RECORD.exists():
        parser.error(f"there is no {RECORD.relative_to(ROOT)}")
    return given


def main() -> int:
    given = options(sys.argv[1:])
    warnings.simplefilter("ignore", SyntaxWarning)  # `1 is None` is a mutant like any other
    known = reasons.read(reasons.FILE.read_text("utf-8"))
    made = json.loads(RECORD.read_text("utf-8")) if given.page else judged(given, possible(given.only or MODULES), known)
    is_published = given.page or given.publish or (given.sample is None and given.only is None)
    if is_published and not given.page:
        replace(RECORD, lines(made))
    replace(PAGE if is_published else LOCAL / PAGE.name, page.page(made, known))
    return told(made, possible(made["only"] or MODULES), known)


if __name__ == "__main__":
    sys.exit(main())
