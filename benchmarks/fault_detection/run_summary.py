"""The scope of a record in words: which faults and freedoms were run, at which budgets and with which seeds, and how."""

from collections.abc import Iterable, Sequence

from conformance.contracts.collections.reference.faults import FAULTS
from fault_detection.goals import TRIGGERS
from fault_detection.results import Record
from fault_detection.trial import Caught


def scope(record: Record) -> str:
    """Return sentences about what is in a record, made of nothing but what is in it."""
    budgets = dict.fromkeys(one.budget for one in record.trials)
    parts = [of_budget([one for one in record.trials if one.budget == budget]) for budget in budgets]
    freedoms = {one.seed for one in record.freedoms}
    parts.append(f"{len(record.freedoms)} runs of freedoms, with {seeds(freedoms)}." if freedoms else "No freedom was run.")
    if not record.is_complete:
        parts.append(f"It was stopped after {len(record.trials) + len(record.freedoms)} of {record.how['planned']} runs.")
    return " ".join(parts)


def of_budget(trials: Sequence[Caught]) -> str:
    """Return a sentence about the trials of one budget."""
    count = len({one.name for one in trials})
    which = "all" if count == len(FAULTS) else f"{count} of {len(FAULTS)}"
    triggers = [name for name in TRIGGERS if any(one.trigger == name for one in trials)]
    only = "" if len(triggers) == len(TRIGGERS) else f" (none but {' and '.join(triggers)})"
    how = (
        "each run is whole"
        if all(one.is_whole for one in trials)
        else "the scenarios that can show the broken requirement run, in their order, until they have"
    )
    return f"At {trials[0].budget} {which} faults{only} with {seeds({one.seed for one in trials})}; {how}."


def seeds(some: Iterable[str]) -> str:
    """Return seeds as a person would list them."""
    ordered = sorted(some, key=int)
    return f"seed {ordered[0]}" if len(ordered) == 1 else f"seeds {', '.join(ordered)}"
