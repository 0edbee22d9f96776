"""Waivers: mutants.toml explains why a mutant is not noticed, and whether it should be."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mutation.mutant import Mutant

WAIVERS_FILE = Path(__file__).parents[1] / "mutants.toml"
WAIVER_KINDS = {
    "equivalent": "no request can tell it from the reference",
    "free": "the contract leaves it open",
    "unused": "nothing that answers a request uses it",
    "gap": "our checks should notice it and do not",
}
# A module and a fingerprint.
Key = tuple[str, str]
# One mutant and its outcome, as in reports/mutants.json.
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Waiver:
    """Why a mutant is not noticed, and which kind of reason that is."""

    kind: str
    why: str


def read_waivers(text: str) -> dict[Key, Waiver]:
    """Return the waivers by module and fingerprint.

    Raises:
        SystemExit: an entry has an unknown kind or no reason, or a mutant has two entries.

    """
    waivers: dict[Key, Waiver] = {}
    for entry in tomllib.loads(text).get("explained", []):
        waiver = _waiver(entry)
        for fingerprint in entry["changes"]:
            key = entry["module"], fingerprint
            if key in waivers:
                raise SystemExit(f"mutants.toml: {key} is explained twice")
            waivers[key] = waiver
    return waivers


def _waiver(entry: dict[str, Any]) -> Waiver:
    if entry.get("kind") not in WAIVER_KINDS or not entry.get("why"):
        raise SystemExit(
            f"mutants.toml: an entry of {entry.get('module')} needs a why, and one of the kinds {', '.join(WAIVER_KINDS)}"
        )
    return Waiver(entry["kind"], entry["why"])


def row_key(row: Row) -> Key:
    """Return the key under which a row's waiver is found."""
    return row["module"], row["fingerprint"]


def stale_keys(waivers: Iterable[Key], mutants: Iterable[Mutant]) -> list[Key]:
    """Return the keys of waivers whose mutant does not exist any more, because the code has changed."""
    existing = {(mutant.module, mutant.fingerprint) for mutant in mutants}
    return sorted(set(waivers) - existing)
