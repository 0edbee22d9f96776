"""Operations of an API as values: where each is served, what it does to things, and what a request expects of its answer."""

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote, unquote, urlencode

from conformance.core import path_templates
from conformance.core.pointers import Pointer
from conformance.schema.components import Components
from conformance.schema.openapi import OpenApiDocument
from conformance.schema.tree import SchemaNode


class Expect(StrEnum):
    """What the contract promises about the answer to a request."""

    ACCEPT = "accept"  # 200
    REFUSE = "refuse"  # a 4xx that the requirement names
    EITHER = "either"  # kept verbatim, or refused with a clean 4xx
    ANY = "any"  # only what holds for every exchange


class Effect(StrEnum):
    """What an operation does when it succeeds."""

    READ = "read"
    LIST = "list"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    SETUP = "setup"  # makes what other requests need; nothing is judged by what it made
    NONE = "none"  # no operation of the API


@dataclass(frozen=True, slots=True)
class UserKeys:
    """Which keys of a body or an answer the user chose, so that they do not tell two kinds of violation apart.

    `below` are members whose whole value is the user's, `maps` objects whose keys are; at the root all keys but those of `root` are, if it
    is given.
    """

    below: frozenset[str] = frozenset()
    maps: frozenset[str] = frozenset()
    root: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Paging:
    """Where a list goes on: the query parameter that asks for the next page, and the place in the answer of what it is to be."""

    parameter: str
    at: Pointer


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Operation:
    """One operation. Those of one name are equal: an edition of a contract, or a deployment, may serve it elsewhere.

    `name` is its operationId and `path` a template such as `/things/{thing}`. `body` names the component schema of its request (None: it
    has no body). What it makes is called `makes`, which is a parameter of other paths; its id stands in the answer as `id_key`, and its
    name, if a name may be taken, in the request as `name_key`.
    `answers` tells whether a 200 must hold a JSON object, `paging` how a list goes on. What `selects` the things that it is about by what
    they hold may, like a list, miss what was written of late. `components` has the schemas of this edition.
    """

    name: str
    method: str = ""
    path: str = ""
    profile: str = "core"
    effect: Effect = Effect.NONE
    body: str | None = None
    makes: str | None = None
    id_key: str | None = None
    name_key: str | None = None
    answers: bool = True
    selects: bool = False
    user_keys: UserKeys = UserKeys()
    paging: Paging | None = None
    components: Components | None = None

    def __repr__(self) -> str:
        return self.name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Operation) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)

    def path_of(self, ids: dict[str, str], query: dict[str, str | float] | None = None) -> str:
        """Return the path with these ids, percent-encoded, and the query parameters."""
        filled = self.path.format(**{name: quote(value, safe="") for name, value in ids.items()})
        return f"{filled}?{urlencode(query)}" if query else filled

    def ids_in(self, path: str) -> dict[str, str]:
        """Return the ids that a path of this operation names, by their parameters."""
        return {name: unquote(value) for name, value in path_templates.standing(self.path, path).items()}

    @property
    def address(self) -> tuple[str, str]:
        """Its method and its path, without the names of parameters: no two operations of an API have the same."""
        return self.method, path_templates.anonymous(self.path)

    @property
    def document(self) -> OpenApiDocument:
        """The OpenAPI document that describes it.

        Raises:
            KeyError: there is none.

        """
        if self.components is None:
            raise KeyError(self.name)
        return self.components.document

    @property
    def schema(self) -> SchemaNode:
        """The compiled schema of its request's body.

        Raises:
            KeyError: it has none.

        """
        if self.body is None or self.components is None:
            raise KeyError(self.name)
        return self.components.request(self.body)

    def reads_by(self, method: str) -> bool:
        """Whether a request of it reads one thing and changes nothing; a deployment may serve a read with any method."""
        return self.effect is Effect.READ or (self.effect is Effect.NONE and method == "GET")

    @property
    def is_create(self) -> bool:
        """Whether it makes something that requirements are about."""
        return self.effect is Effect.CREATE


# A path or a method that the API lacks.
OUTSIDE = Operation(name="outside", answers=False)
