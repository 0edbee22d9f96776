"""Sampling: which faults and variants are served, and in which order."""

import fnmatch
import random
from collections import Counter

TRIGGERS = ("always", "edge", "rare")
# Kind, name, rarity, and the requirement that it breaks.
Server = tuple[str, str, str, str]
# What an OpenAPI document can say, so that a tool that knows nothing else has a chance to see it broken.
TOLD = ("http.*", "auth.*-token", "auth.wrong-scheme", "errors.envelope", "errors.machine-readable-type", "*.requires-*", "*.rejects-*",
        "*-enum", "*.response-schema", "*.entry-schema", "*.accepts-*", "*.strict-scalars", "*.id-present", "*.mappings-are-strings",
        "*.feature-required-fields", "*.lineage-step-required-fields", "*.event-requires-*", "list.limit-bounds", "*.output-schema",
        "*.delete.then-unknown", "*.hostile-identifiers")  # fmt: skip


def is_told(requirement: str) -> bool:
    """Whether a requirement is about something that an OpenAPI document can say."""
    return any(fnmatch.fnmatchcase(requirement, glob) for glob in TOLD)


def servers(sample: int | None, variants: int | None, seed: int, *, told: bool = False) -> list[Server]:
    """Return faults and variants, all of them or samples; `told` leaves out faults that no OpenAPI document can tell."""
    from variants import VARIANTS

    from conformance.contracts.collections.reference.faults import FAULTS

    chance = random.Random(seed)
    faults: list[Server] = [
        ("fault", one.name, one.trigger, one.breaks) for one in FAULTS.values() if not told or is_told(one.breaks)
    ]
    benign: list[Server] = [("variant", name, "", "") for name in VARIANTS]
    picked = faults if sample is None else spread(faults, sample, chance)
    return mixed(picked, benign if variants is None else chance.sample(benign, min(variants, len(benign))))


def spread(faults: list[Server], count: int, chance: random.Random) -> list[Server]:
    """Return a sample that takes rarities in turns, and within each of them chapters in turns."""
    queues = [_by_turns([one for one in faults if one[2] == trigger], chance) for trigger in TRIGGERS]
    picked: list[Server] = []
    while len(picked) < min(count, len(faults)):
        picked += [queue.pop(0) for queue in queues if queue]
    return picked[:count]


def _by_turns(faults: list[Server], chance: random.Random) -> list[Server]:
    """Return faults in an order by chance, but one of each chapter before a second of any."""
    seen: Counter[str] = Counter()
    turns = []
    for one in chance.sample(faults, len(faults)):
        chapter = one[3].rpartition(".")[0]
        turns.append((seen[chapter], one))
        seen[chapter] += 1
    return [one for _turn, one in sorted(turns, key=lambda turn: turn[0])]


def mixed(faults: list[Server], variants: list[Server]) -> list[Server]:
    """Return both, evenly mixed, so that a run that is stopped has seen some of each."""
    places = [((at + 0.5) / len(some), one) for some in (faults, variants) for at, one in enumerate(some)]
    return [one for _place, one in sorted(places, key=lambda placed: placed[0])]
