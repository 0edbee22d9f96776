"""How much a run may spend: examples of each exploration, and requests for making counterexamples small."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Budget:
    """`examples` scales every exploration; `shrinks` bounds the requests spent on one requirement's counterexample.

    `derived` counts the valid bodies that are derived from the document alone, `schemathesis` the invalid ones by Schemathesis (0: it is
    not even loaded, which costs a third of a second and 30 MB), `filters` the compound filters by chance (and half as many conditions),
    `sequences` the sequences of operations, and `steps` how long each may get; `crowd` is the number of documents in one large
    collection (0: there is none). `seconds` is how long a run may take if nobody says otherwise: a target that answers slowly, and never
    stops, must not keep a machine for days. With `exhaustive` each value is tried in each place; without it, each place gets some of
    the values in turn.
    """

    name: str
    examples: int
    derived: int
    schemathesis: int
    shrinks: int
    seconds: float
    filters: int = 30
    sequences: int = 8
    steps: int = 15
    crowd: int = 0
    exhaustive: bool = True

    def of_round(self, share: float) -> "Budget":
        """Return what an exploration may spend in a round of a long run, times its share: short rounds, so that the shares can change soon."""
        examples, derived, schemathesis, filters, sequences = (max(1, round(number * share)) for number in _ROUND)
        return replace(
            self,
            examples=examples,
            derived=derived,
            schemathesis=schemathesis,
            filters=filters,
            sequences=sequences,
            exhaustive=False,
        )


# Examples, derived bodies, those by Schemathesis, filters and sequences of each exploration in a round.
_ROUND = (120, 4, 5, 60, 12)

BUDGETS = {
    "quick": Budget(
        "quick", examples=12, derived=3, schemathesis=0, shrinks=80, seconds=600, filters=7, sequences=5, steps=15, exhaustive=False
    ),
    "standard": Budget(
        "standard",
        examples=350,
        derived=40,
        schemathesis=8,
        shrinks=150,
        seconds=3600,
        filters=300,
        sequences=35,
        steps=25,
        crowd=250,
    ),
    "thorough": Budget(
        "thorough",
        examples=5000,
        derived=400,
        schemathesis=80,
        shrinks=400,
        seconds=18000,
        filters=4000,
        sequences=400,
        steps=40,
        crowd=999,
    ),
}
