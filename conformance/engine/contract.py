"""A contract: all that the engine knows of the API that it judges, as one value. A package brings one."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from pydantic import BaseModel

from conformance.client.client import Client
from conformance.configuration.settings import Decision, Settings
from conformance.configuration.target_file import Table
from conformance.core.tags import Tags
from conformance.engine.api import Api
from conformance.engine.first_look import PlainLook
from conformance.engine.recordings import Recordings
from conformance.engine.run import Run
from conformance.engine.sentinel import SentinelSteps
from conformance.evidence.exchange import Namespace, Request
from conformance.evidence.operation import Operation

R = TypeVar("R", bound=Run)


class FirstLook(Protocol):
    """The first look at a target: whether it is this API, lets us in, and which profiles it serves.

    `took_names` tells afterwards whether names that the seed gives were taken, and `is_doubtful` whether the target seems to lack what
    everything begins with: it may serve another edition.
    """

    took_names: bool
    is_doubtful: bool

    def look(self, *, has_token: bool) -> dict[str, Decision]:
        """Decide what the target serves; what the look makes it deletes again.

        Raises:
            TargetError: nothing answers, or what answers is not this API (NotThisApi).
            UsageError: the target wants a token, or refuses the given one.

        """

    def abandon(self) -> None:
        """Delete what was made: the look was broken off."""


class Supplies(Protocol):
    """What a target has to make before payloads can name it, where its vocabulary does not say what it knows."""

    def are_needed(self, vocabulary: Any, settings: Settings) -> bool:
        """Whether the target makes some, and its vocabulary names none."""

    def make(self, client: Client, tags: Tags, namespace: Namespace = Namespace.PRIMARY) -> tuple[str, ...]:
        """Make some; return their ids, or none if the target does not make them."""

    def add(self, vocabulary: Any, ids: tuple[str, ...]) -> Any:
        """Return the vocabulary with these ids."""

    def request(self, name: str) -> tuple[Request, str]:
        """Return a request that makes one of this name, and the key under which the answer tells its id."""


class Fault(Protocol):
    """A named bug of the reference: what it is, how rarely it shows, and the requirement that it breaks."""

    @property
    def name(self) -> str:
        """Its name on the command line."""

    @property
    def breaks(self) -> str:
        """The requirement that it breaks."""

    @property
    def trigger(self) -> str:
        """How rarely it shows: always, edge or rare."""


class Start(Protocol):
    """Starts a reference."""

    def __call__(self, *, token: str | None = None, database: Path | None = None, namespaces: bool = True,
                 fault: Fault | None = None) -> AbstractContextManager[Any]:  # fmt: skip
        """Yield its ASGI application."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """An implementation of the contract in process: what is judged if nobody names a target, and what `conformance serve` serves.

    `start` takes a token to ask for (None: none is asked for), a file for the data (None: in memory), whether namespaces are told apart,
    and a fault; it yields an ASGI application.
    """

    start: Start
    faults: Callable[[], Mapping[str, Fault]] = dict


@dataclass(frozen=True, slots=True)
class Answered:
    """How a target answered to what those understand that speak a contract, in words; `speaks` is None where that does not tell."""

    words: str
    speaks: bool | None


@dataclass(slots=True)
class Diagnosis:
    """What a doctor has seen of a target, times in seconds. `refused` has what was said to unknown names, by the list of the vocabulary.

    `delay` is None where no list can be looked at, and infinite where a new document has not shown for ten seconds; `skew` is None
    where the target says no time of its own. `waits` counts the answers that asked to come back later.
    """

    decisions: dict[str, Decision]
    refused: dict[str, str] = field(default_factory=dict)
    delay: float | None = None
    skew: float | None = None
    median: float = 0.0
    waits: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract(Generic[R]):
    """What an API promises, and how the engine talks about it.

    `title` names the API in a sentence ("a collections and documents API"), `label` on a badge. `sources` say what each letter of a
    requirement's source stands for; `profiles` are in the order in which they are judged. `scenarios` are folders with a folder for each
    profile, whose modules hold functions that take a run of type `run`; a module replaces that of the same name in an earlier folder.
    `vocabulary_table` is the model of `[vocabulary]` in target files;
    `vocabulary` makes of it what payloads are drawn from. `signs_of_life` are harmless requests: any answer to the first shows that the
    target is there, and a stranger is refused them. `first_look` finds out what a target serves. `recordings` has what is to be known
    of recorded traffic, `features_file` the sets of requirements by which people compare implementations, and `text_file` is the contract
    in words (Markdown, whose tables of requirements `evidence.requirement_tables` fills in). Where `requirements_file` says what an
    edition changes, `requirements_bases` are the files that it changes, the oldest first.

    `editions` names the contracts of later editions ("MODULE:NAME"). `speaks` asks a target something harmless that shows which of them it
    speaks, and returns None if nothing comes back. `routed` makes the same contract for operations that are served elsewhere; without it
    only the operations of `api` and the signs of life are put there, and nothing else may know paths.
    """

    name: str
    title: str
    label: str
    sources: Mapping[str, str]
    profiles: tuple[str, ...]
    requirements_file: str
    api: Api
    run: type[R]
    scenarios: tuple[Path, ...]
    signs_of_life: tuple[Request, ...]
    first_look: Callable[[Client, Settings, Any, Tags], FirstLook] = PlainLook
    vocabulary_table: type[BaseModel] = Table
    vocabulary: Callable[[dict[str, Any]], Any] = dict
    supplies: Supplies | None = None
    sentinel: SentinelSteps[R] | None = None
    namespace_header: str = "X-Namespace"
    reference: Reference | None = None
    diagnose: Callable[[Client, Settings, Tags, bool], Diagnosis] | None = None
    recordings: Recordings = field(default_factory=Recordings)
    features_file: str | None = None
    text_file: str | None = None
    editions: Mapping[str, str] = field(default_factory=dict)
    requirements_bases: tuple[str, ...] = ()
    speaks: Callable[[Client], Answered | None] | None = None
    routed: Callable[[Mapping[str, Operation]], "Contract[R]"] | None = None

    @property
    def requirements_files(self) -> tuple[str, ...]:
        """The files that the requirements are made of, the one that others change first."""
        return (*self.requirements_bases, self.requirements_file)

    @property
    def suites(self) -> dict[str, tuple[Path, ...]]:
        """The files of the suites of each profile, in their order."""
        return {profile: tuple(self._files(profile).values()) for profile in self.profiles}

    def _files(self, profile: str) -> dict[str, Path]:
        files = [path for folder in self.scenarios for path in (folder / profile).glob("test_*.py")]
        return {path.name: path for path in sorted(files, key=lambda path: path.name)}
