"""Requirements: what a contract promises, one frozen value for each table of its requirements file."""

import fnmatch
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
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


def overlay(file: str, base: Mapping[str, Requirement]) -> dict[str, Requirement]:
    """Return the requirements of an edition: those of `base`, without what the file's list `gone` names, and those of its tables.

    A table with the id of a requirement of `base` changes it: what it does not give stays. New ones come after the last one of their chapter
    or of its parent, or at the end.

    Raises:
        UsageError: the installed file is missing or broken, or takes away what there is not.

    """
    try:
        tables = tomllib.loads(resources.find(file).read_text("utf-8"))
        gone = _matching(tables.pop("gone", []), base)
        kept = {identifier: requirement for identifier, requirement in base.items() if identifier not in gone}
        changed = {
            identifier: replace(kept[identifier], **_fields(table)) for identifier, table in tables.items() if identifier in kept
        }
        added = {identifier: _requirement(identifier, table) for identifier, table in tables.items() if identifier not in kept}
        return _in_order({**kept, **changed}, added)
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error}") from None
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{file} is broken: {error}") from None


def _matching(patterns: list[str], base: Mapping[str, Requirement]) -> set[str]:
    matching: set[str] = set()
    for pattern in patterns:
        found = fnmatch.filter(base, pattern)
        if not found:
            raise ValueError(f"there is no {pattern} to take away")
        matching.update(found)
    return matching


def _in_order(requirements: dict[str, Requirement], added: dict[str, Requirement]) -> dict[str, Requirement]:
    """Put each new requirement behind the last one of its chapter."""
    ordered = list(requirements.values())
    for requirement in added.values():
        places = [place for place, other in enumerate(ordered) if other.chapter == requirement.chapter]
        ordered.insert(places[-1] + 1 if places else len(ordered), requirement)
    return {requirement.id: requirement for requirement in ordered}


def _requirement(identifier: str, table: dict[str, Any]) -> Requirement:
    return Requirement(id=identifier, **_fields(table))


def _fields(table: dict[str, Any]) -> dict[str, Any]:
    return {name: _READ.get(name, _as_it_is)(value) for name, value in table.items()}


def _as_it_is(value: Any) -> Any:
    return value


_READ: Mapping[str, Callable[[Any], Any]] = {
    "level": Level,
    "source": tuple,
    "needs": tuple,
    "rests_on": lambda names: tuple(Basis(name) for name in names),
}
