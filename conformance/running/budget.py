"""How much a run may spend: examples of each exploration, and requests for making counterexamples small."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Budget:
    """`examples` scales every exploration; `shrinks` bounds the requests spent on one requirement's counterexample."""

    name: str
    examples: int
    derived: int
    shrinks: int


BUDGETS = {
    "quick": Budget("quick", examples=120, derived=5, shrinks=60),
    "standard": Budget("standard", examples=800, derived=60, shrinks=150),
    "thorough": Budget("thorough", examples=6000, derived=400, shrinks=400),
}
