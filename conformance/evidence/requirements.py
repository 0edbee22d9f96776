"""Requirements: what a contract promises, one frozen value for each table of its requirements file."""

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from conformance.core import resources
from conformance.core.errors import UsageError


class Level(StrEnum):
    """How binding a requirement is (RFC 2119)."""

    MUST = "MUST"
    SHOULD = "SHOULD"
    MAY = "MAY"


class Basis(StrEnum):
    """What of an exchange a requirement rests on, besides the answer's body; it is not judged of a recording that lacks it."""

    CLOCK = "clock"  # the sender's clock: that of a recorder may be wrong by anything
    STATUS_ALONE = "status alone"  # the answer's status and headers; an answer whose body is lacking still shows it
    REQUEST_BODY = "request body"  # what was sent, such as what an error quotes of it
    REQUEST_HEADERS = "request headers"  # what was sent beside the body, such as an idempotency key
    ADDRESS = "address"  # the path and the query as they were sent
    IDS_IN_ADDRESS = "ids in address"  # that the path names things by the ids that the answer gives them, and not by their names
    ECHO = "echo"  # in part what the answer says back of the request's body: such a part shows nothing without that body


@dataclass(frozen=True, slots=True)
class Requirement:
    """One promise of the contract.

    `source` holds letters that the contract explains; `not_tested` says why no check exists, and is None where one does. `needs` holds the
    profiles without which nothing could show it, alternatives joined by `|`, and `names` the list of the vocabulary without which a
    target may refuse all that could. `rests_on` and `response_header`, the name in lower case of a header whose absence can break it, tell
    which recordings cannot show it.
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
    rests_on: tuple[Basis, ...] = ()
    response_header: str | None = None

    @property
    def chapter(self) -> str:
        """The contract's chapter: the id without its last part."""
        return self.id.rpartition(".")[0]


def read(file: str) -> dict[str, Requirement]:
    """Return every requirement of a packaged file by its id, in the contract's order.

    Raises:
        UsageError: the installed file is missing or broken.

    """
    try:
        tables = tomllib.loads(resources.find(file).read_text("utf-8"))
        return {identifier: _requirement(identifier, table) for identifier, table in tables.items()}
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error}") from None
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{file} is broken: {error}") from None


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
        rests_on=tuple(Basis(name) for name in table.get("rests_on", ())),
        response_header=table.get("response_header"),
    )
