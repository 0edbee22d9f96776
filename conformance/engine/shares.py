"""Shares: how much of a round each exploration gets."""

from collections.abc import Mapping

# Whatever came of it so far, an exploration may find something next time; and one alone must not take all the time.
_LEAST, _MOST = 0.25, 4.0


def shares(chances: Mapping[str, float]) -> dict[str, float]:
    """Return the share of each exploration by its chance, above 0, to show something new; 1 is what each gets if all chances are the same."""
    mean = sum(chances.values()) / len(chances)
    return {name: min(_MOST, max(_LEAST, chance / mean)) for name, chance in chances.items()}
