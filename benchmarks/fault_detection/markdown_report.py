"""The report docs/faults.md: which scenario catches each fault at quick."""

from collections.abc import Sequence

from triggers import TRIGGERS

from fault_detection.results import Results
from fault_detection.run_summary import count_faults, summarize_budget
from fault_detection.seed_series import SeedSeries, group_by_fault
from fault_detection.trial import FaultResult

_HEAD = """# Which scenario catches each fault

Made by `{command}`: faults that `conformance faults` lists, one at a time. {summary}
"Caught" counts the runs in which anything was named, "by the right" those of them in which the requirement that the fault breaks was.
The rest is of the first seed: "after" counts the requests of the whole run until that requirement was first seen violated; scenarios
run in the order of their files. Rare faults need a certain depth, length, count, order of calls, tie, or concurrency. The last columns
are the reduced counterexample: its requests, its own (those that do more than make the collection or the document that others name),
and the fields of its last body beyond the required ones.
"""


def markdown_report(results: Results) -> str:
    """Return the results of the faults at quick as Markdown."""
    quick = [result for result in results.faults if result.budget == "quick"]
    head = _HEAD.format(command=results.how["command"], summary=summarize_budget(quick, count_faults(results)))
    return "\n".join([head, _counts(quick), _table(group_by_fault(quick))])


def _counts(results: Sequence[FaultResult]) -> str:
    by_trigger = {trigger: [result for result in results if result.trigger == trigger] for trigger in TRIGGERS}
    counts = ", ".join(f"{_count_right(group)} of {len(group)} {trigger}" for trigger, group in by_trigger.items() if group)
    return f"In {_count_right(results)} of {len(results)} runs the requirement that is broken was named: {counts}.\n"


def _count_right(results: Sequence[FaultResult]) -> int:
    return sum(result.is_right for result in results)


def _table(faults: Sequence[SeedSeries]) -> str:
    lines = ["| fault | trigger | breaks | caught | by the right | by the scenario | after | others named | requests | own | fields |",
             "|---|---|---|---|---|---|---:|---:|---:|---:|---:|"]  # fmt: skip
    return "\n".join([*lines, *map(_row, faults), ""])


def _row(series: SeedSeries) -> str:
    first, size = series.first, series.first.size
    cells = [
        first.name, first.trigger, first.breaks, f"{series.caught} of {len(series.results)}", series.right_share,
        "**error**" if series.errors else first.scenario or "**missed**", first.requests or "", len(series.other_requirements) or "",
        *((size.requests, size.own, size.fields) if size else ("", "", "")),
    ]  # fmt: skip
    return f"| {' | '.join(map(str, cells))} |"
