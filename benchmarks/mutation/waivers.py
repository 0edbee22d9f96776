"""Reasons: why mutants that no scenario notices are none of our checks' business, or what it would take to notice them."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mutation.mutant import Mutant

FILE = Path(__file__).parents[1] / "mutants.toml"
KINDS = {
    "equivalent": "no request can tell it from the reference",
    "free": "the contract leaves it open",
    "unused": "nothing that answers a request uses it",
    "gap": "our checks should notice it and do not",
}
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Reason:
    """What kind of survivor a mutant is, and why."""

    kind: str
    why: str


def read(text: str) -> dict[Key, Reason]:
    """Return the reasons by module and fingerprint.

    Raises:
        SystemExit: an entry is of no known kind, gives no reason, or is there twice.

    """
    found: dict[Key, Reason] = {}
    for entry in tomllib.loads(text).get("explained", []):
        reason = _reason(entry)
        for fingerprint in entry["changes"]:
            key = entry["module"], fingerprint
            if key in found:
                raise SystemExit(f"mutants.toml: {key} is explained twice")
            found[key] = reason
    return found


def _reason(entry: dict[str, Any]) -> Reason:
    if entry.get("kind") not in KINDS or not entry.get("why"):
        raise SystemExit(f"mutants.toml: an entry of {entry.get('module')} needs a why, and a kind of {', '.join(KINDS)}")
    return Reason(entry["kind"], entry["why"])


def stale(reasons: Iterable[Key], mutants: Iterable[Mutant]) -> list[Key]:
    """Return the keys that are no mutant's any more: what they explained has been written anew."""
    known = {(one.module, one.fingerprint) for one in mutants}
    return sorted(set(reasons) - known)
