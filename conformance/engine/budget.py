"""How much a run may spend: examples of each exploration, and requests for making counterexamples small."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Budget:
    """`examples` scales every exploration; `shrinks` bounds the requests spent on one requirement's counterexample.

    `filters` counts compound filters by chance, and half as many conditions; `lives` the sequences of operations and `steps` how
    long each may get; `crowd` the documents of one large collection, which 0 leaves out, and which one list must be able to answer.
    `seconds` is how long a run may take if nobody says otherwise: a target that answers slowly, and never stops, must not keep a machine
    for days. Without `exhaustive` places take turns with what other budgets try at each of them.
    """

    name: str
    examples: int
    derived: int
    shrinks: int
    seconds: float
    filters: int = 30
    lives: int = 8
    steps: int = 15
    crowd: int = 0
    exhaustive: bool = True


BUDGETS = {
    "quick": Budget("quick", examples=12, derived=3, shrinks=80, seconds=600, filters=7, lives=5, steps=15, exhaustive=False),
    "standard": Budget("standard", examples=350, derived=40, shrinks=150, seconds=3600, filters=300, lives=35, steps=25, crowd=250),
    "thorough": Budget(
        "thorough", examples=5000, derived=400, shrinks=400, seconds=18000, filters=4000, lives=400, steps=40, crowd=999
    ),
}
