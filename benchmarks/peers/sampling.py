"""Which faults and variants are run, and in which order."""

import fnmatch
import random
from collections import Counter
from typing import NamedTuple

from triggers import TRIGGERS

# Requirements that an OpenAPI document can express, so that a tool that knows only the document can notice when they are broken.
EXPRESSIBLE_IN_OPENAPI = (
    "http.*", "auth.*-token", "auth.wrong-scheme", "errors.envelope", "errors.machine-readable-type", "*.requires-*", "*.rejects-*",
    "*-enum", "*.response-schema", "*.entry-schema", "*.accepts-*", "*.strict-scalars", "*.id-present", "*.mappings-are-strings",
    "*.feature-required-fields", "*.lineage-step-required-fields", "*.event-requires-*", "list.limit-bounds", "*.output-schema",
    "*.delete.then-unknown", "*.hostile-identifiers",
)  # fmt: skip


class Server(NamedTuple):
    """A server to run tools against. `kind` is `fault`, `variant`, or `faithful` for the unchanged reference."""

    kind: str
    name: str = ""
    trigger: str = ""
    breaks: str = ""


def is_expressible_in_openapi(requirement: str) -> bool:
    """Whether an OpenAPI document can express a requirement."""
    return any(fnmatch.fnmatchcase(requirement, glob) for glob in EXPRESSIBLE_IN_OPENAPI)


def select_servers(sample: int | None, variants: int | None, seed: int, *, only_expressible: bool = False) -> list[Server]:
    """Return faults and variants, all or a sample of each; with `only_expressible` only faults that an OpenAPI document can show."""
    from variants import VARIANTS

    from conformance.contracts.collections.reference.faults import FAULTS

    random_source = random.Random(seed)
    faults = [
        Server("fault", fault.name, fault.trigger, fault.breaks)
        for fault in FAULTS.values()
        if not only_expressible or is_expressible_in_openapi(fault.breaks)
    ]
    benign = [Server("variant", name) for name in VARIANTS]
    sampled_faults = faults if sample is None else stratified_sample(faults, sample, random_source)
    sampled_variants = benign if variants is None else random_source.sample(benign, min(variants, len(benign)))
    return interleave(sampled_faults, sampled_variants)


def stratified_sample(faults: list[Server], count: int, random_source: random.Random) -> list[Server]:
    """Return a sample that takes triggers in turn, and for each trigger the chapters of the requirements in turn."""
    queues = [_chapters_in_turn([fault for fault in faults if fault.trigger == trigger], random_source) for trigger in TRIGGERS]
    sample: list[Server] = []
    while len(sample) < min(count, len(faults)):
        sample += [queue.pop(0) for queue in queues if queue]
    return sample[:count]


def _chapters_in_turn(faults: list[Server], random_source: random.Random) -> list[Server]:
    """Return faults in random order, but one of each chapter before a second of any chapter."""
    counts: Counter[str] = Counter()
    numbered = []
    for fault in random_source.sample(faults, len(faults)):
        chapter = fault.breaks.rpartition(".")[0]
        numbered.append((counts[chapter], fault))
        counts[chapter] += 1
    return [fault for _round, fault in sorted(numbered, key=lambda pair: pair[0])]


def interleave(faults: list[Server], variants: list[Server]) -> list[Server]:
    """Return both lists evenly mixed, so that a run that is stopped has some of each."""
    positioned = [((index + 0.5) / len(servers), server) for servers in (faults, variants) for index, server in enumerate(servers)]
    return [server for _position, server in sorted(positioned, key=lambda pair: pair[0])]
