"""A record of the banks as docs/faults.md: which scenario catches each fault at quick."""

from collections.abc import Sequence

from fault_detection.goals import TRIGGERS
from fault_detection.results import Record
from fault_detection.run_summary import of_budget
from fault_detection.seed_series import Series, series
from fault_detection.trial import Caught

_HEAD = """# Which scenario catches each fault

Made by `{command}`: faults that `conformance faults` lists, one at a time. {scope}
"Caught" counts the runs in which anything was named, "by the right" those of them in which the requirement that the fault breaks was.
The rest is of the first seed: "after" counts the requests of the whole run until that requirement was first seen violated; scenarios
run in the order of their files. Rare faults need a certain depth, length, count, order of calls, tie, or concurrency. The last columns
are the reduced counterexample: its requests, its own (those that do more than make the collection or the document that others name),
and the fields of its last body beyond the required ones.
"""


def markdown(record: Record) -> str:
    """Return the faults at quick as Markdown."""
    trials = [one for one in record.trials if one.budget == "quick"]
    parts = [_HEAD.format(command=record.how["command"], scope=of_budget(trials)), _counts(trials), _table(series(trials))]
    return "\n".join(parts)


def _counts(trials: Sequence[Caught]) -> str:
    by_trigger = {name: [one for one in trials if one.trigger == name] for name in TRIGGERS}
    counts = ", ".join(f"{_right(some)} of {len(some)} {name}" for name, some in by_trigger.items() if some)
    return f"In {_right(trials)} of {len(trials)} runs the requirement that is broken was named: {counts}.\n"


def _right(trials: Sequence[Caught]) -> int:
    return sum(one.is_right for one in trials)


def _table(faults: Sequence[Series]) -> str:
    lines = ["| fault | trigger | breaks | caught | by the right | by the scenario | after | others named | requests | own | fields |",
             "|---|---|---|---|---|---|---:|---:|---:|---:|---:|"]  # fmt: skip
    return "\n".join([*lines, *map(_row, faults), ""])


def _row(some: Series) -> str:
    one, size, count = some.first, some.first.size, len(some.trials)
    cells = [
        one.name, one.trigger, one.breaks, f"{some.caught} of {count}", some.rightly,
        "**error**" if some.errors else one.scenario or "**missed**", one.requests or "", len(some.others) or "",
        *((size.requests, size.own, size.fields) if size else ("", "", "")),
    ]  # fmt: skip
    return f"| {' | '.join(map(str, cells))} |"
