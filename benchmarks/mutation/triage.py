"""Triage: which mutants and which waivers somebody must look at."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mutation.mutant import Mutant
from mutation.scenario_runner import NOT_NOTICED
from mutation.waivers import Key, Row, Waiver, row_key, stale_keys


@dataclass(frozen=True, slots=True)
class Triage:
    """How many mutants were not noticed, and which mutants and waivers need work.

    - `unexplained`: not noticed, and without a waiver.
    - `gaps`: not noticed, and the waiver says that our checks should notice it.
    - `noticed`: noticed now, so that the waiver is wrong.
    - `stale`: waivers of mutants that do not exist any more.
    """

    survivors: int
    unexplained: tuple[Row, ...]
    gaps: tuple[Row, ...]
    noticed: tuple[Row, ...]
    stale: tuple[Key, ...]

    @property
    def needs_work(self) -> bool:
        """Whether any of the mutants that were run needs work."""
        return bool(self.unexplained or self.gaps or self.noticed)

    def items(self) -> Iterator[tuple[str, str]]:
        """Yield everything that needs work: its category and its description."""
        for category, rows in (("unexplained", self.unexplained), ("gap", self.gaps), ("noticed now", self.noticed)):
            yield from ((category, f"{row['module']} {row['fingerprint']} {row['change']}") for row in rows)
        yield from (("stale", f"{module} {fingerprint} is not a mutant any more") for module, fingerprint in self.stale)

    def summary(self) -> str:
        """Return the counts in words."""
        return (
            f"{self.survivors} not noticed, {len(self.unexplained)} of them unexplained and {len(self.gaps)} gaps; "
            f"{len(self.noticed)} explained and noticed now; {len(self.stale)} stale"
        )


def triage(rows: Iterable[Row], waivers: dict[Key, Waiver], mutants: Iterable[Mutant]) -> Triage:
    """Compare the results and the waivers with the mutants that exist. Waivers of other modules are not looked at."""
    all_rows, all_mutants = list(rows), list(mutants)
    modules = {mutant.module for mutant in all_mutants}
    survivors = [row for row in all_rows if row["kind"] in NOT_NOTICED]
    return Triage(
        len(survivors),
        tuple(row for row in survivors if row_key(row) not in waivers),
        tuple(row for row in survivors if row_key(row) in waivers and waivers[row_key(row)].kind == "gap"),
        tuple(row for row in all_rows if row["kind"] == "noticed" and row_key(row) in waivers),
        tuple(stale_keys((key for key in waivers if key[0] in modules), all_mutants)),
    )
