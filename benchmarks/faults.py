"""The fault bank and the freedom bank: `python benchmarks/faults.py [--budget B]… [--sample N] [--freedoms N] [NAME…]`.

Writes reports/faults.json and reports/faults.html, and docs/faults.md if all faults were run at quick. A run at `quick` is whole, so
that it shows what else is named; at the larger budgets, where a whole run takes minutes, the scenarios that can show the broken
requirement run until they have (as with `--only`). Exits with 1 if a goal is missed, or with `--against` if a fault that the older
results caught is not caught now.
"""

import argparse
import json
import platform
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from bank import page
from bank.goals import goals
from bank.trial import ROOT, Caught, drawn_freedoms, fault, freedom

from conformance import __version__
from conformance.reference.faults import FAULTS

DOCUMENT = ROOT / "docs" / "faults.md"
_AT_ONCE = 5
_TEXT = (
    "At quick each run is whole. At standard and thorough the scenarios that can show the broken requirement run, in their order, "
    "until they have; thorough runs the rare faults only."
)
_HEAD = """# Which scenario catches each fault

Made by `python benchmarks/faults.py`: each fault that `conformance faults` lists, one at a time, at `--budget quick` with seed 1.
"After" counts the requests of the whole run until the requirement that the fault breaks was first seen violated; scenarios run in
the order of their files. Rare faults need a certain depth, length, count, order of calls, tie, or concurrency. The last columns are
the reduced counterexample: its requests, its own (those that do more than make the collection or the document that others name), and the
fields of its last body beyond the required ones.

"""


def main() -> int:
    options = _options()
    started = time.monotonic()
    names = options.names or list(FAULTS)
    if options.sample:
        names = Random(options.seed).sample(names, min(options.sample, len(names)))
    # A process lives for a few trials only: a faulty server may keep what it holds.
    with get_context("fork").Pool(options.processes, maxtasksperchild=8) as pool:
        trials = list(pool.imap(_trial, _work(names, options)))
        freedoms = dict(pool.imap(_freedom, _variants(options)))
    reached = goals(trials, sum(map(bool, freedoms.values())), len(freedoms))
    how = {
        "text": _TEXT, "command": " ".join(["python benchmarks/faults.py", *sys.argv[1:]]), "toolkit": __version__,
        "date": datetime.now(UTC).date().isoformat(), "python": platform.python_version(), "processes": options.processes,
        "seconds": round(time.monotonic() - started, 1),
    }  # fmt: skip
    results = page.as_json(trials, freedoms, reached, how)
    lost = _lost(options.against, trials)
    _write(results, trials, options)
    for one in reached:
        print(f"{'ok  ' if one.is_met else 'MISS'} {one.text}: {one.reached}")
    for name in lost:
        print(f"FALL {name} was caught, and is not any more")
    for one in trials:
        if not one.is_right:
            print(f"MISS {one.name} at {one.budget}: {', '.join(one.named) or 'nothing named'}")
    for name, named in freedoms.items():
        if named:
            print(f"FALSE ALARM {name}: {', '.join(named)}")
    return 0 if all(one.is_met for one in reached) and not lost else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--budget", action="append", choices=("quick", "standard", "thorough"))
    parser.add_argument("--sample", type=int, default=0, metavar="N", help="so many of the faults only")
    parser.add_argument("--freedoms", type=int, default=0, metavar="SEEDS", help="run every benign variant with so many seeds")
    parser.add_argument("--seed", default="1")
    parser.add_argument("-n", dest="processes", type=int, default=2)
    parser.add_argument("--output", type=Path, default=ROOT / "reports")
    parser.add_argument("--against", type=Path, metavar="FAULTS.json", help="fail for what these results caught")
    options = parser.parse_args()
    options.budget = options.budget or ["quick"]
    return options


Work = tuple[str, str, str]


def _work(names: Sequence[str], options: argparse.Namespace) -> Iterator[Work]:
    for budget in options.budget:
        for name in names:
            if budget != "thorough" or FAULTS[name].trigger == "rare":
                yield name, budget, options.seed


def _trial(work: Work) -> Caught:
    name, budget, seed = work
    return fault(name, budget, seed, whole=budget == "quick")


def _variants(options: argparse.Namespace) -> Iterator[tuple[str, str]]:
    from variants import VARIANTS

    for seed in range(1, options.freedoms + 1):
        yield from ((name, str(seed)) for name in (*VARIANTS, f"{_AT_ONCE} drawn"))


def _freedom(work: tuple[str, str]) -> tuple[str, list[str]]:
    from variants import VARIANTS

    name, seed = work
    variant = drawn_freedoms(seed, _AT_ONCE) if name not in VARIANTS else VARIANTS[name]
    return f"{variant.name or name}, seed {seed}", freedom(variant, "quick", seed)


def _lost(against: Path | None, trials: Sequence[Caught]) -> list[str]:
    if against is None:
        return []
    before = {
        (one["name"], one["budget"]) for one in json.loads(against.read_text("utf-8"))["faults"] if one["breaks"] in one["named"]
    }
    return [f"{one.name} at {one.budget}" for one in trials if not one.is_right and (one.name, one.budget) in before]


def _write(results: dict[str, Any], trials: Sequence[Caught], options: argparse.Namespace) -> None:
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / "faults.json").write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    (options.output / "faults.html").write_text(page.html(results), "utf-8")
    quick = [one for one in trials if one.budget == "quick"]
    if len(quick) == len(FAULTS) and options.output == ROOT / "reports":
        DOCUMENT.write_text(_document(quick), "utf-8")


def _document(trials: Sequence[Caught]) -> str:
    triggers = Counter(one.trigger for one in trials)
    counts = ", ".join(
        f"{sum(one.trigger == name and one.is_right for one in trials)} of {count} {name}" for name, count in triggers.items()
    )
    lines = [f"{sum(one.is_right for one in trials)} of {len(trials)} are caught by the requirement that they break: {counts}.", ""]
    lines += ["| fault | trigger | breaks | caught by the scenario | after | others named | requests | own | fields |",
              "|---|---|---|---|---:|---:|---:|---:|---:|"]  # fmt: skip
    lines += [
        f"| {one.name} | {one.trigger} | {one.breaks} | {one.scenario or '**missed**'} | {one.requests or ''} "
        f"| {len(set(one.named) - {one.breaks}) or ''} | {one.size or ''} | {one.own or ''} | {'' if one.fields is None else one.fields} |"
        for one in trials
    ]
    return _HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
