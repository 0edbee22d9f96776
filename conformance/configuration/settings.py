"""The settings of a run: the target file with the options of the command line over it, as one frozen value."""

import fnmatch
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from conformance.configuration import target_file
from conformance.configuration.target_file import Namespaces, TargetFile
from conformance.core import timing
from conformance.core.errors import UsageError
from conformance.evidence.requirements import Requirement
from conformance.evidence.shard import Shard

OUTPUT = Path("reports/local")
# The reason of a decision begins with this if the target was probed.
PROBED = "probed: "
# Profiles that every contract may have: the one always judged, the one that a token declares, and the one that two namespaces declare.
ALWAYS, BY_TOKEN, BY_NAMESPACES = "core", "auth", "namespaces"
# A target over HTTP may be far away, and waiting is what a run then does.
_FAR = 8
_EMBEDDED_NAMESPACES = Namespaces(primary="ns_embedded_a", secondary="ns_embedded_b")


def _seconds(value: Any) -> Any:
    return timing.duration(value) if isinstance(value, str) else value


class Decision(BaseModel):
    """Whether the target has a profile, and why this was decided; `is_open` if it could not be decided.

    An open profile is not judged, and the run is incomplete: a 502 of a gateway or a 429 does not prove that it is absent.
    """

    model_config = ConfigDict(frozen=True)

    served: bool
    why: str
    is_open: bool = False


class Settings(BaseModel):
    """The settings of one run. Worker processes get them as JSON, so they never contain a token."""

    model_config = ConfigDict(frozen=True)

    # The contract's name, or MODULE:NAME, as `runner.contracts.load` takes it.
    contract: str = "collections"
    file: TargetFile = TargetFile()
    token_env: str | None = None
    profiles: tuple[str, ...] = (ALWAYS,)
    budget: Literal["quick", "standard", "thorough"] = "quick"
    seed: Annotated[str, Field(min_length=1)] = "0"
    # Whether somebody chose the seed: such a run sends what it says, and nothing else.
    seed_is_named: bool = True
    # In seconds; a text may name another unit, as `timing.duration` takes it.
    max_time: Annotated[float, BeforeValidator(_seconds), Field(gt=0, allow_inf_nan=False)] | None = None
    workers: Annotated[int, Field(ge=0)] = 0
    # Which part of a run this is, if several machines share it.
    shard: Shard | None = None
    only: tuple[str, ...] = ()
    output: Path | None = OUTPUT
    strict: bool = False
    keep: bool = False
    # For a run that is resumed: how many times it was, and the scenarios that are done.
    attempt: int = 0
    done: tuple[str, ...] = ()
    # Whether the target already has the names that follow from the seed.
    renamed: bool = False
    # Whether the target was seen to leave requests unanswered that are sent at once.
    is_crowded: bool = False
    # The decisions after probing, by profile; empty before.
    decisions: dict[str, Decision] = {}

    @property
    def url(self) -> str | None:
        """The URL of the target, or None if it runs in this process."""
        return self.file.target.url

    @property
    def concurrency(self) -> int:
        """How many requests this process may have under way together; the workers of a run share what there is."""
        most = 1 if self.is_crowded else self.file.limits.concurrency or (_FAR if self.url is not None else 1)
        return max(1, most // max(1, self.workers))

    @property
    def examples(self) -> str | None:
        """Where examples that failed are kept, in words that hold no secret: a folder, a URL, or the name of a variable; None for nowhere."""
        named = self.file.examples
        if named.is_named:
            return None if named.database == target_file.NOWHERE else named.database or named.database_env
        return None if self.seed_is_named or self.output is None else str(self.output / "examples")

    @property
    def where(self) -> str:
        """The target in words: its URL, its application or the embedded reference."""
        target = self.file.target
        return target.url or (f"the application {target.app}" if target.app else "the embedded reference implementation")

    @property
    def name(self) -> str:
        """The target's name in reports."""
        return self.file.target.name or self.where

    def selected(self, requirements: Mapping[str, Requirement]) -> list[Requirement]:
        """Return the requirements that are judged, in the order of the contract."""
        globs = self.only or ("*",)
        return [row for name, row in requirements.items() if any(fnmatch.fnmatchcase(name, glob) for glob in globs)]

    def serves(self, profile: str) -> bool:
        """Whether a profile is selected and the target has it."""
        return profile in self.profiles and self.decision(profile).served

    def decision(self, profile: str) -> Decision:
        """Return the decision about a profile: by probing if that was done, otherwise by the target file and the options."""
        if profile in self.decisions:
            return self.decisions[profile]
        if profile in self.file.profiles.absent:
            return Decision(served=False, why="declared absent")
        if profile in self.declared:
            return Decision(served=True, why=_HOW_DECLARED.get(profile, "declared"))
        return Decision(served=profile == ALWAYS, why="always on" if profile == ALWAYS else _HOW_NOT.get(profile, "not probed"))

    @property
    def is_embedded(self) -> bool:
        """Whether the target is the embedded reference implementation."""
        return self.url is None and self.file.target.app is None

    @property
    def token_variable(self) -> str | None:
        """The environment variable that holds the token, if one is named."""
        return self.token_env or (self.file.auth.token_env if self.file.auth else None)

    @property
    def namespaces(self) -> Namespaces | None:
        """The two namespaces to use, or None."""
        return self.file.namespaces or (_EMBEDDED_NAMESPACES if self.is_embedded else None)

    @property
    def declared(self) -> frozenset[str]:
        """The declared profiles: those of the target file, `auth` if a token is given, and `namespaces` if two namespaces are."""
        file = self.file
        token = {BY_TOKEN} if self.token_env or file.auth or self.is_embedded else set()
        return frozenset({*file.profiles.declared, *token, *({BY_NAMESPACES} if self.namespaces else ())})


_HOW_DECLARED = {BY_TOKEN: "declared: a token is given", BY_NAMESPACES: "declared: two namespaces are given"}
_HOW_NOT = {BY_TOKEN: "not declared: no token is given", BY_NAMESPACES: "not declared: no two namespaces are given"}


def build(given: dict[str, Any], **fixed: Any) -> Settings:
    """Return settings from the options that a user gave, and `fixed` values that replace them.

    Raises:
        UsageError: a value is not valid for its option.

    """
    try:
        return Settings.model_validate({**given, **fixed})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        option = {"workers": "-n"}.get(str(first["loc"][0]), "--" + str(first["loc"][0]).replace("_", "-"))
        message = first["msg"].removeprefix("Value error, ")
        raise UsageError(f"{option}: {message[0].lower()}{message[1:]} (it is {first['input']!r})") from None


def validate(settings: Settings, requirements: Mapping[str, Requirement], profiles: tuple[str, ...]) -> Settings:
    """Check settings by the requirements and profiles of a contract; return them with the target's URL in normal form.

    Raises:
        UsageError: settings contradict each other, or name a requirement or profile that does not exist.

    """
    target = settings.file.target
    if target.url is not None and target.app is not None:
        raise UsageError("a target is a URL or an application, not both")
    if target.url is not None:
        url = target_file.checked_url(target.url)
        settings = settings.model_copy(
            update={"file": settings.file.model_copy(update={"target": target.model_copy(update={"url": url})})}
        )
    if settings.file.network.proxy is not None:
        target_file.checked_proxy(settings.file.network.proxy)
    target_file.checked_database(settings.file.examples)
    for glob in settings.only:
        if not any(fnmatch.fnmatchcase(name, glob) for name in requirements):
            raise UsageError(f"--only {glob}: no requirement has such an id{_near(glob, requirements)}")
    for table, deviation in settings.file.declared_deviations:
        if not any(fnmatch.fnmatchcase(name, deviation.requirement) for name in requirements):
            near = _near(deviation.requirement, requirements)
            raise UsageError(f"{table}: {deviation.requirement!r} is no requirement's id or glob{near}")
    _check_profiles(settings, profiles)
    return settings


def _check_profiles(settings: Settings, profiles: tuple[str, ...]) -> None:
    declared = settings.file.profiles.declared
    lists = (("--profile", settings.profiles), ("profiles.declared", declared), ("profiles.absent", settings.file.profiles.absent))
    for place, given in lists:
        for name in given:
            if name not in profiles:
                raise UsageError(f"{place}: no profile is called {name!r}; the contract has {', '.join(profiles)}")
    if BY_TOKEN in declared and settings.token_env is None and settings.file.auth is None and not settings.is_embedded:
        raise UsageError("the profile 'auth' is declared, and no token is named: [auth] token_env, or --token-env NAME")
    if BY_NAMESPACES in declared and settings.namespaces is None:
        raise UsageError("the profile 'namespaces' is declared, and no two namespaces are named: [namespaces] primary, secondary")
    both = set(declared) & set(settings.file.profiles.absent)
    if both:
        raise UsageError(f"the profile {min(both)!r} is declared, and declared absent")
    names = settings.namespaces
    if names is not None and names.primary == names.secondary:
        raise UsageError(f"both namespaces are {names.primary!r}; nothing could be told apart")


def _near(name: str, requirements: Mapping[str, Requirement]) -> str:
    import difflib

    chapters = dict.fromkeys(f"{requirement.chapter}.*" for requirement in requirements.values())
    near = difflib.get_close_matches(name, [*requirements, *chapters], n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else ""


def find(identifier: str, requirements: Mapping[str, Requirement]) -> Requirement:
    """Return the requirement of that id.

    Raises:
        UsageError: there is none; the message suggests the nearest id.

    """
    if identifier not in requirements:
        within = [name for name in requirements if name.startswith(f"{identifier.rstrip('.*')}.")]
        if within:
            raise UsageError(f"{identifier!r} is a chapter; its requirements are {', '.join(within)}")
        raise UsageError(f"no requirement is called {identifier!r}{_near(identifier, requirements)}")
    return requirements[identifier]
