"""How mutants and what is explained of them stand to each other: what is to be done about either."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from mutation import waivers as reasons
from mutation.markdown_report import UNSEEN
from mutation.mutant import Mutant
from mutation.waivers import Key, Reason

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """Survivors without a reason, those whose reason is a gap of ours, what is explained and noticed, and reasons of no mutant."""

    survivors: int
    unexplained: tuple[Row, ...]
    gaps: tuple[Row, ...]
    noticed: tuple[Row, ...]
    stale: tuple[Key, ...]

    @property
    def is_wanting(self) -> bool:
        """Whether something is to be done about what was judged."""
        return bool(self.unexplained or self.gaps or self.noticed)

    def shown(self) -> Iterator[tuple[str, str]]:
        """Yield each thing to be done: its kind, and what it is about."""
        for mark, rows in (("unexplained", self.unexplained), ("gap", self.gaps), ("noticed now", self.noticed)):
            yield from ((mark, f"{row['module']} {row['fingerprint']} {row['change']}") for row in rows)
        yield from (("stale", f"{module} {fingerprint} is no mutant any more") for module, fingerprint in self.stale)

    def summary(self) -> str:
        """Return the counts in words."""
        return (
            f"{self.survivors} not noticed, {len(self.unexplained)} of them unexplained and {len(self.gaps)} gaps; "
            f"{len(self.noticed)} explained and noticed now; {len(self.stale)} stale"
        )


def standing(rows: Iterable[Row], known: dict[Key, Reason], found: Iterable[Mutant]) -> Standing:
    """Return how what was judged, what is explained, and the mutants that there are stand to each other."""
    judged, mutants = list(rows), list(found)
    modules = {one.module for one in mutants}
    survivors = [row for row in judged if row["kind"] in UNSEEN]
    return Standing(
        len(survivors),
        tuple(row for row in survivors if _key(row) not in known),
        tuple(row for row in survivors if _key(row) in known and known[_key(row)].kind == "gap"),
        tuple(row for row in judged if row["kind"] == "noticed" and _key(row) in known),
        tuple(reasons.stale((key for key in known if key[0] in modules), mutants)),
    )


def _key(row: Row) -> Key:
    return row["module"], row["fingerprint"]
