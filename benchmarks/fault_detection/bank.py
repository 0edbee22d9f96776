"""The bank of one contract: its faults, its benign variants, and the harness that judges them."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))

import variants  # noqa: E402
import variants_2026_01  # noqa: E402
from harness import Harness  # noqa: E402

from conformance.contracts.collections.reference.faults import Fault  # noqa: E402
from conformance.runner import contracts  # noqa: E402

_VARIANTS: Mapping[str, Mapping[str, Fault]] = {"collections": variants.VARIANTS, "collections@2026-01": variants_2026_01.VARIANTS}


@dataclass(frozen=True, slots=True)
class Bank:
    """Faults and variants by their names. `edition` is part of the names of published files, empty for the first edition."""

    harness: Harness
    faults: Mapping[str, Fault]
    variants: Mapping[str, Fault]
    edition: str

    def combination(self, seed: str, count: int) -> Fault:
        """Return a variant that combines `count` benign variants, which the seed selects."""
        return variants.combined(
            *Random(seed).sample(sorted(variants.VARIANTS.keys() & self.variants.keys() - variants.RESHAPING), count)
        )


@cache
def bank(contract: str) -> Bank:
    """Return the bank of a contract.

    Raises:
        UsageError: there is no such contract.
        KeyError: it has no variants.

    """
    loaded = contracts.load(contract)
    assert loaded.reference is not None
    return Bank(Harness(loaded), loaded.reference.faults(), _VARIANTS[contract], contract.partition("@")[2])  # type: ignore[arg-type]
