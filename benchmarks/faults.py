"""Which scenario catches each named fault of the reference, and after how many requests: `python benchmarks/faults.py [NAME…]`.

Without names all faults are run at `--budget quick`, seed 1, and docs/faults.md is written anew.
"""

import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "faults.md"
_HEAD = """# Which scenario catches each fault

Made by `python benchmarks/faults.py`: each fault of `conformance serve --fault list`, one at a time, at `--budget quick` with seed 1.
"After" counts the requests of the whole run until the requirement that the fault breaks was first seen violated; scenarios run in
the order of their files. Rare faults need a certain depth, length, count, order of calls, tie, or concurrency.

"""
Row = tuple[str, str, str, str, int, int]


def caught(name: str) -> Row:
    """Judge one faulty reference by the whole contract."""
    sys.path.insert(0, str(ROOT / "tests"))
    from harness import judged, reference

    from conformance.reference.faults import FAULTS

    fault = FAULTS[name]
    run = judged(reference(fault))
    found = run.ledger.findings.get(fault.breaks)
    others = len(run.ledger.failed() - {fault.breaks})
    if found is None or found.counterexample is None:
        return name, fault.trigger, fault.breaks, "", 0, others
    last = found.counterexample.exchanges[-1]
    return name, fault.trigger, fault.breaks, last.scenario.replace("/test_", "/"), last.number, others


def page(rows: list[Row]) -> str:
    """Return the table as Markdown."""
    caught_ones = [row for row in rows if row[3]]
    triggers = Counter(row[1] for row in rows)
    counts = ", ".join(f"{sum(row[1] == name for row in caught_ones)} of {count} {name}" for name, count in triggers.items())
    lines = [f"{len(caught_ones)} of {len(rows)} are caught by the requirement that they break: {counts}.", ""]
    lines += ["| fault | trigger | breaks | caught by the scenario | after | others named |", "|---|---|---|---|---:|---:|"]
    lines += [f"| {name} | {trigger} | {breaks} | {scenario or '**missed**'} | {after or ''} | {others or ''} |"
              for name, trigger, breaks, scenario, after, others in rows]  # fmt: skip
    return _HEAD + "\n".join(lines) + "\n"


def main() -> int:
    from conformance.reference.faults import FAULTS

    names = sys.argv[1:] or list(FAULTS)
    with ProcessPoolExecutor(2) as pool:
        rows = list(pool.map(caught, names))
    if len(sys.argv) == 1:
        PAGE.write_text(page(rows), "utf-8")
    for name, trigger, breaks, scenario, after, others in rows:
        print(f"{'ok  ' if scenario else 'MISS'} {name:<34} {trigger:<7} {breaks:<44} {scenario or '-':<50} {after:>5} {others:>3}")
    return 0 if all(row[3] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
