"""Records that were judged by several editions of one contract: what the editions share, and what one of them does not have.

Editions are told apart by the contract's name: those of one family have the same name before "@".
"""

import fnmatch
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from conformance.evidence.results import Manifest, Results


def family(manifest: Manifest) -> str:
    """Return the name that all editions of a record's contract have in common."""
    return manifest.contract.name.partition("@")[0]


def differ(one: Manifest, another: Manifest) -> bool:
    """Whether two records were judged by different editions of the same contract."""
    return family(one) == family(another) and one.contract.name != another.contract.name


@dataclass(frozen=True, slots=True)
class Editions:
    """The editions that some records were judged by: the requirements of each by its name, as far as the records tell."""

    requirements: Mapping[str, frozenset[str]]
    # What was selected in the records of each edition: a record of everything has no requirement left out.
    selections: Mapping[str, tuple[tuple[str, ...], ...]]

    @classmethod
    def of(cls, records: Iterable[Results]) -> "Editions":
        """Return the editions of some records, the oldest first."""
        requirements: dict[str, frozenset[str]] = {}
        selections: dict[str, tuple[tuple[str, ...], ...]] = {}
        for results in sorted(records, key=lambda results: results.manifest.contract.name):
            name = results.manifest.contract.name
            requirements[name] = requirements.get(name, frozenset()).union(row.id for row in results.requirements)
            selections[name] = (*selections.get(name, ()), results.manifest.only)
        return cls(requirements, selections)

    @property
    def are_several(self) -> bool:
        """Whether they are several editions of one contract."""
        return len(self.requirements) > 1 and len({name.partition("@")[0] for name in self.requirements}) == 1

    @property
    def shared(self) -> frozenset[str]:
        """The requirements that all of them have."""
        return frozenset.intersection(*self.requirements.values()) if self.requirements else frozenset()

    def only_in(self, name: str) -> frozenset[str]:
        """Return the requirements that an edition has and none of the others."""
        others = (requirements for other, requirements in self.requirements.items() if other != name)
        return self.requirements[name].difference(*others)

    def lacks(self, name: str, requirement: str) -> bool:
        """Whether an edition does not have a requirement, for what a record shows; what was not selected may be there all the same."""
        return requirement not in self.requirements[name] and any(
            not only or any(fnmatch.fnmatchcase(requirement, glob) for glob in only) for only in self.selections[name]
        )
