"""A summary of a run in sentences: which faults and variants were run, at which budgets and with which seeds."""

from collections.abc import Iterable, Sequence

from triggers import TRIGGERS

from fault_detection.bank import bank
from fault_detection.results import Results
from fault_detection.trial import FaultResult


def summarize(results: Results) -> str:
    """Return sentences about what was run."""
    budgets = dict.fromkeys(result.budget for result in results.faults)
    total = count_faults(results)
    sentences = [summarize_budget([result for result in results.faults if result.budget == budget], total) for budget in budgets]
    seeds = {result.seed for result in results.variants}
    sentences.append(f"{len(results.variants)} runs of freedoms, with {_seed_list(seeds)}." if seeds else "No freedom was run.")
    if not results.is_complete:
        sentences.append(f"It was stopped after {len(results.faults) + len(results.variants)} of {results.how['planned']} runs.")
    return " ".join(sentences)


def count_faults(results: Results) -> int:
    """Return how many faults the bank has."""
    return len(bank(results.how.get("contract", "collections")).faults)


def summarize_budget(results: Sequence[FaultResult], total: int) -> str:
    """Return a sentence about the results of one budget."""
    count = len({result.name for result in results})
    amount = "all" if count == total else f"{count} of {total}"
    triggers = [trigger for trigger in TRIGGERS if any(result.trigger == trigger for result in results)]
    only = "" if len(triggers) == len(TRIGGERS) else f" (none but {' and '.join(triggers)})"
    how = (
        "each run is whole"
        if all(result.is_whole for result in results)
        else "the scenarios that can show the broken requirement run, in their order, until they have"
    )
    return f"At {results[0].budget} {amount} faults{only} with {_seed_list({result.seed for result in results})}; {how}."


def _seed_list(seeds: Iterable[str]) -> str:
    ordered = sorted(seeds, key=int)
    return f"seed {ordered[0]}" if len(ordered) == 1 else f"seeds {', '.join(ordered)}"
