"""Features: what somebody who chooses an implementation asks for, each a named set of requirements. They are data of the contract."""

import fnmatch
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass

from conformance.core import resources
from conformance.core.errors import UsageError


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature: its name, what it is about, and its requirements, by ids or globs."""

    name: str
    about: str
    requirements: tuple[str, ...]

    def among(self, ids: Iterable[str]) -> list[str]:
        """Return those of the ids that belong to it."""
        return [name for name in ids if any(fnmatch.fnmatchcase(name, glob) for glob in self.requirements)]


def together(*lists: Iterable[Feature]) -> tuple[Feature, ...]:
    """Return the features of several editions as those of one: what has the same name in two of them has the requirements of both."""
    by_name: dict[str, Feature] = {}
    for feature in (feature for features in lists for feature in features):
        known = by_name.get(feature.name)
        globs = (*(known.requirements if known else ()), *feature.requirements)
        by_name[feature.name] = Feature(feature.name, known.about if known else feature.about, tuple(dict.fromkeys(globs)))
    return tuple(by_name.values())


def read(file: str | None) -> tuple[Feature, ...]:
    """Return the features of a packaged file in its order; none if there is no file.

    Raises:
        UsageError: the installed file is missing or broken.

    """
    if file is None:
        return ()
    try:
        tables = tomllib.loads(resources.find(file).read_text("utf-8"))
        return tuple(Feature(name, table["about"], tuple(table["requirements"])) for name, table in tables.items())
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{file} is broken: {error}") from None
