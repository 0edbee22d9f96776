"""How much a run may spend: examples of each exploration, and requests for making counterexamples small."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Budget:
    """`examples` scales every exploration; `shrinks` bounds the requests spent on one requirement's counterexample.

    Without `is_fine` places take turns with what other budgets try at each of them.
    """

    name: str
    examples: int
    derived: int
    shrinks: int
    is_fine: bool = True


BUDGETS = {
    "quick": Budget("quick", examples=80, derived=5, shrinks=80, is_fine=False),
    "standard": Budget("standard", examples=800, derived=60, shrinks=150),
    "thorough": Budget("thorough", examples=6000, derived=400, shrinks=400),
}
