"""Faults nobody thought of: the reference changed mechanically in one place, and judged: `python benchmarks/mutants.py [--sample N]`.

Without a sample, or with all of some modules (`--only`), what `mutants.toml` explains and is no mutant any more is reported too.
Writes reports/mutants.json and docs/mutants.md; ends with 1 if something survived unexplained.

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

from mutation import loading, page, reasons  # noqa: E402 - they are found beside this file
from mutation.judging import SEED, Outcome  # noqa: E402
from mutation.mutant import Mutant, mutants  # noqa: E402
from mutation.trial import trials, warmed  # noqa: E402

MODULES = ("app", "service", "store", "listing", "selection", "parsing", "validation", "refusals")
RECORD = ROOT / "reports" / "mutants.json"
PAGE = ROOT / "docs" / "mutants.md"


def possible(modules: Iterable[str]) -> list[Mutant]:
    return [mutant for module in modules for mutant in mutants(module, loading.source(module))]


def chosen(found: list[Mutant], sample: int | None, seed: int) -> list[Mutant]:
    """Return a sample, or all, in an order by chance: what is there when a run is stopped is a sample as well."""
    return random.Random(seed).sample(found, len(found) if sample is None else min(sample, len(found)))


def row(mutant: Mutant, outcome: Outcome) -> dict[str, Any]:
    kept = {name: getattr(mutant, name) for name in ("module", "line", "scope", "operator", "change", "fingerprint")}
    return {**kept, **asdict(outcome)}


def record(rows: list[dict[str, Any]], options: argparse.Namespace, count: int) -> dict[str, Any]:
    rows = sorted(rows, key=lambda one: (MODULES.index(one["module"]), one["line"], one["change"]))
    return {
        "format": 1,
        "python": platform.python_version(),
        "scenario_seed": SEED,
        "seed": options.seed,
        "sample": options.sample,
        "only": options.only,
        "possible": count,
        "seconds": round(sum(one["seconds"] for one in rows), 1),
        "mutants": rows,
    }


def lines(made: dict[str, Any]) -> str:
    """Return a record as JSON with a line for each mutant, so that two of them can be compared by diff."""
    head = {name: value for name, value in made.items() if name != "mutants"}
    rows = ",\n".join(json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in made["mutants"])
    return f'{json.dumps(head)[:-1]}, "mutants": [\n{rows}\n]}}\n'


def judged(options: argparse.Namespace, found: list[Mutant]) -> dict[str, Any]:
    """Run the trials, and tell what is not noticed as it comes."""
    known, rows, picked = reasons.read(reasons.FILE.read_text("utf-8")), [], chosen(found, options.sample, options.seed)
    order = warmed()
    for number, (mutant, outcome) in enumerate(trials(picked, order, options.processes), 1):
        rows.append(row(mutant, outcome))
        if outcome.kind != "noticed" and (mutant.module, mutant.fingerprint) not in known:
            print(f"{number}/{len(picked)} {outcome.kind:<10} {mutant.module}.py:{mutant.line} {mutant.change}", flush=True)
    return record(rows, options, len(found))


def told(made: dict[str, Any], found: list[Mutant], *, is_whole: bool) -> int:
    """Print what is to be done, and return the exit code."""
    known = reasons.read(reasons.FILE.read_text("utf-8"))
    unseen = [one for one in made["mutants"] if one["kind"] in page.UNSEEN]
    unexplained = [one for one in unseen if (one["module"], one["fingerprint"]) not in known]
    modules = {one.module for one in found}
    old = reasons.stale((key for key in known if key[0] in modules), found)
    now = [one for one in made["mutants"] if one["kind"] == "noticed" and (one["module"], one["fingerprint"]) in known]
    for module, fingerprint in old:
        print(f"stale: {module} {fingerprint} is no mutant any more")
    for one in now:
        print(f"noticed now: {one['module']} {one['fingerprint']} {one['change']}")
    print(f"{len(made['mutants'])} mutants, {len(unseen)} not noticed, {len(unexplained)} of them unexplained; {len(old)} stale")
    return 1 if unexplained or (is_whole and old) else 0


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sample", type=int, metavar="N", help="so many mutants by chance (default: all)")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="which sample")
    parser.add_argument("--only", choices=MODULES, action="append", help="mutants of this module; may be given several times")
    parser.add_argument("-n", dest="processes", type=int, default=1, help="how many at once")
    parser.add_argument("--page", action="store_true", help="judge nothing, make the page from the record anew")
    return parser.parse_args()


def main() -> int:
    given = options()
    warnings.simplefilter("ignore", SyntaxWarning)  # `1 is None` is a mutant like any other
    found = possible(given.only or MODULES)
    made = json.loads(RECORD.read_text("utf-8")) if given.page else judged(given, found)
    RECORD.parent.mkdir(exist_ok=True)
    RECORD.write_text(lines(made), "utf-8")
    PAGE.write_text(page.page(made, reasons.read(reasons.FILE.read_text("utf-8"))), "utf-8")
    return told(made, found, is_whole=given.sample is None)


if __name__ == "__main__":
    sys.exit(main())
