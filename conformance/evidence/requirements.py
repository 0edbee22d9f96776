"""The registry of requirements: one frozen value for each table of `specs/collections/requirements.toml`."""

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from conformance.core import resources
from conformance.core.errors import UsageError

FILE = "specs/collections/requirements.toml"
SOURCES = {
    "C": "the published page of POST /v1/collections/create",
    "D": "the published page of POST /v1/collections/{collection_identifier}/documents",
    "V": "the vendor's published OpenAPI documents",
    "R": "an RFC: 9110 (HTTP), 8259 (JSON), 3339 (time) or 6750 (bearer tokens)",
    "I": "this contract's reading, where the sources are silent or disagree",
}


class Level(StrEnum):
    """How binding a requirement is (RFC 2119)."""

    MUST = "MUST"
    SHOULD = "SHOULD"
    MAY = "MAY"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One promise of the contract.

    `source` holds letters of `SOURCES`; `not_tested` says why no check exists, and is None where one does. `needs` holds the
    profiles without which nothing could show it, alternatives joined by `|`, and `names` the list of the vocabulary without which a
    target may refuse all that could.
    """

    id: str
    level: Level
    profile: str
    source: tuple[str, ...]
    subject: str
    text: str
    not_tested: str | None = None
    needs: tuple[str, ...] = ()
    names: str | None = None

    @property
    def chapter(self) -> str:
        """The contract's chapter: the id without its last part."""
        return self.id.rpartition(".")[0]


@cache
def registry() -> dict[str, Requirement]:
    """Return every requirement by its id, in the contract's order.

    Raises:
        UsageError: the installed file is missing or broken.

    """
    try:
        tables = tomllib.loads(resources.find(FILE).read_text("utf-8"))
        return {identifier: _requirement(identifier, table) for identifier, table in tables.items()}
    except OSError as error:
        raise UsageError(f"cannot read {FILE}: {error}") from None
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{FILE} is broken: {error}") from None


def _requirement(identifier: str, table: dict[str, Any]) -> Requirement:
    return Requirement(
        id=identifier,
        level=Level(table["level"]),
        profile=table["profile"],
        source=tuple(table["source"]),
        subject=table["subject"],
        text=table["text"],
        not_tested=table.get("not_tested"),
        needs=tuple(table.get("needs", ())),
        names=table.get("names"),
    )
