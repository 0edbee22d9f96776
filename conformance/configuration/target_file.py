"""Target files: what the toolkit needs to know of an implementation. `TargetFile` is the file, parsed and checked."""

import difflib
import json
import os
import tomllib
from datetime import date
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from conformance.configuration import addresses
from conformance.core import toml_text
from conformance.core.errors import UsageError


class Table(BaseModel):
    """A table of a target file: unknown keys are refused, and nothing is coerced."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Target(Table):
    """Where the implementation is: a URL, or an application to run in process (`module:attribute`)."""

    name: str | None = None
    url: str | None = None
    app: str | None = None


class Auth(Table):
    """The environment variable that holds the token; never the token itself."""

    token_env: str


class Namespaces(Table):
    """Two namespaces to work in."""

    primary: str
    secondary: str


class Profiles(Table):
    """What is served, or it fails; and what is not even looked for."""

    declared: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


class Limits(Table):
    """Manners: all in seconds but `requests_per_second`."""

    requests_per_second: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    timeout_seconds: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 10.0
    list_delay_seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    clock_skew_seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 5.0


class Network(Table):
    """The way to the target: a proxy, and a file of certificates (PEM) to trust besides the public ones. The environment has no say."""

    proxy: str | None = None
    ca_file: Path | None = None


class Deviation(Table):
    """A known difference from the contract: a requirement's id or a glob, why, until when, and which kinds of violation it excuses."""

    requirement: str
    reason: str
    issue: str | None = None
    expires: date | None = None
    fingerprints: tuple[str, ...] = ()


class TargetFile(Table):
    """A whole target file; every table is optional but what says where the target is.

    `vocabulary` is what the contract's table says, checked by it when the file is read. `deviations` fail always, and are stale once they
    do not; `flaky` ones fail now and then.
    """

    target: Target = Target()
    auth: Auth | None = None
    namespaces: Namespaces | None = None
    profiles: Profiles = Profiles()
    vocabulary: dict[str, Any] = {}
    limits: Limits = Limits()
    network: Network = Network()
    deviations: tuple[Deviation, ...] = ()
    flaky: tuple[Deviation, ...] = ()


def resolve_target(path: Path | None, url: str | None, app: str | None, vocabulary: type[BaseModel], *,
                   needs_place: bool = True) -> TargetFile:  # fmt: skip
    """Return a target file, or an empty one, with a URL or an application in place of its own if one is given.

    Raises:
        UsageError: the file cannot be read or is wrong, or says nowhere where the target is (which would not be what it is about).

    """
    file = TargetFile() if path is None else read(path, vocabulary)
    if url is None and app is None:
        if path is not None and needs_place and file.target.url is None and file.target.app is None:
            raise UsageError(f"{path}: [target] has neither url nor app, and none is given beside it")
        return file
    return file.model_copy(update={"target": file.target.model_copy(update={"url": url, "app": app})})


def read(path: Path, vocabulary: type[BaseModel]) -> TargetFile:
    """Read a target file; `vocabulary` is the contract's model of its table of that name.

    Raises:
        UsageError: it cannot be read, is no TOML, has an unknown key (the nearest right name is given) or a wrong type.

    """
    try:
        data = tomllib.loads(toml_text.decoded(path.read_bytes()))
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from None
    except ValueError as error:
        raise UsageError(f"{path}: not TOML: {error}") from None
    file = parse(TargetFile, data, str(path))
    parse(vocabulary, file.vocabulary, f"{path}: vocabulary.")
    return _beside(path, file)


M = TypeVar("M", bound=BaseModel)


def parse(model: type[M], data: dict[str, Any], where: str) -> M:
    """Return tables as a model has them; `where` begins the message, and ends with a dot within a table.

    Raises:
        UsageError: they have an unknown key (the nearest right name is given) or a wrong type.

    """
    try:
        # By way of JSON, where strict means: lists are tuples and dates are texts, but "10" is no number.
        return model.model_validate_json(json.dumps(data, default=str))
    except ValidationError as error:
        file, _, table = where.rpartition(": ") if where.endswith(".") else (where, "", "")
        raise UsageError(f"{file}: {_described(error, model, table)}") from None


def _beside(path: Path, file: TargetFile) -> TargetFile:
    """Return the file with its paths taken from where it lies itself, not from where somebody stands."""
    network = file.network
    if network.ca_file is None:
        return file
    return file.model_copy(update={"network": network.model_copy(update={"ca_file": path.parent.absolute() / network.ca_file})})


def checked_url(url: str) -> str:
    """Return a target's URL without the slash at its end.

    Raises:
        UsageError: it is no http or https address, or it carries credentials, query or fragment.

    """
    if addresses.has_credentials(url):
        raise UsageError("a URL with credentials would put them into the record; use --token-env NAME")
    if (mistake := addresses.mistake(url)) is not None:
        raise UsageError(mistake)
    return url.rstrip("/")


def checked_proxy(url: str) -> str:
    """Return the URL of `[network] proxy`.

    Raises:
        UsageError: as for a target's.

    """
    if addresses.has_credentials(url):
        raise UsageError("[network] proxy: a URL with credentials would put them into the record")
    if (mistake := addresses.mistake(url)) is not None:
        raise UsageError(f"[network] proxy: {mistake}")
    return url


def token_from(name: str) -> SecretStr:
    """Return the token that an environment variable holds.

    Raises:
        UsageError: it is unset or empty, or it cannot be sent in a header.

    """
    token = os.environ.get(name, "")
    if not token:
        raise UsageError(
            f"the environment variable {name} is {'empty' if name in os.environ else 'not set'}; it should hold the token"
        )
    if not token.isascii() or not token.isprintable() or " " in token:
        raise UsageError(f"the token in {name} has characters that a header cannot carry")
    return SecretStr(token)


def _described(error: ValidationError, model: type[BaseModel], table: str) -> str:
    errors = error.errors(include_url=False)
    # A misspelt key is why the right one is missing.
    first = next((one for one in errors if one["type"] == "extra_forbidden"), errors[0])
    place = [part for part in first["loc"] if part not in ("function-after", "tuple")]
    where = table + ".".join(map(str, place))
    if first["type"] == "extra_forbidden":
        known = _names(model, place[:-1])
        near = difflib.get_close_matches(str(place[-1]), known, n=1, cutoff=0.5)
        hint = f"; did you mean {near[0]!r}?" if near else f"; known here: {', '.join(known)}"
        return f"unknown key {where!r}{hint}"
    return f"{where}: {first['msg'][0].lower()}{first['msg'][1:]}" + _given(first["input"])


def _given(value: Any) -> str:
    return "" if isinstance(value, dict) else f" (it is {value!r})"


def _names(model: Any, place: list[Any]) -> list[str]:
    for part in place:
        if isinstance(part, int):
            continue
        model = _table(model.model_fields[part].annotation) if part in model.model_fields else model
    return list(model.model_fields)


def _table(annotation: Any) -> Any:
    if get_origin(annotation) in (Union, UnionType, tuple, Annotated):
        return next((found for one in get_args(annotation) if (found := _table(one)) is not None), None)
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None
