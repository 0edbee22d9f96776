"""Target files (TOML): what the toolkit needs to know about an implementation. `TargetFile` is a parsed and checked file."""

import difflib
import json
import os
import re
import tomllib
from datetime import date
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError

from conformance.configuration import addresses
from conformance.core import toml_text
from conformance.core.errors import UsageError


class Table(BaseModel):
    """A table of a target file: unknown keys are refused, and nothing is coerced."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Target(Table):
    """Where the implementation is: a URL, or an application to run in this process (`module:attribute`).

    With `factory`, the attribute is a function without arguments that makes the application. `command` is a shell command that starts a
    server on the port that stands in it as `{port}`. `contract` is what it is judged by, as --contract names it.
    """

    name: str | None = None
    contract: str | None = None
    url: str | None = None
    app: str | None = None
    factory: bool = False
    command: str | None = None


class Namespaces(Table):
    """The two namespaces to use."""

    primary: str
    secondary: str


class Profiles(Table):
    """Profiles that the target must serve, and profiles that it does not serve and that are not tested."""

    declared: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


class Limits(Table):
    """Limits of load and time; in seconds, but for `requests_per_second` and `concurrency`, the most requests under way together.

    Without it 8 are under way over HTTP, and one in process.
    """

    concurrency: Annotated[int, Field(ge=1, le=64)] | None = None
    requests_per_second: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    timeout_seconds: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 10.0
    list_delay_seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    clock_skew_seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 5.0


# What the toolkit writes itself.
_OUR_HEADERS = frozenset({"authorization", "host", "content-type", "content-length", "transfer-encoding", "connection"})
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")  # RFC 9110, 5.1


def _header_name(name: str) -> str:
    if _HEADER_NAME.fullmatch(name) is None:
        raise ValueError("not the name of a header")
    if name.lower() in _OUR_HEADERS:
        raise ValueError("the toolkit writes this header itself")
    return name


HeaderName = Annotated[str, AfterValidator(_header_name)]


def _token_header(name: str) -> str:
    return name if name.lower() == "authorization" else _header_name(name)


class Auth(Table):
    """The environment variable that holds the token; never the token itself.

    The token is sent in a `header`, after a `scheme` and a blank, or alone if the scheme is empty.
    """

    token_env: str
    header: Annotated[str, AfterValidator(_token_header)] = "Authorization"
    scheme: Annotated[str, Field(pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]*$")] = "Bearer"


class Network(Table):
    """The way to the target: a proxy, a file of certificates (PEM) to trust too, and a certificate (PEM) of our own with its key.

    Environment variables have no effect.
    """

    proxy: str | None = None
    ca_file: Path | None = None
    client_certificate: Path | None = None
    client_key: Path | None = None


NOWHERE = "none"


def is_redis(database: str) -> bool:
    """Whether a database of examples is Redis."""
    return database.startswith(("redis://", "rediss://"))


class Examples(Table):
    """Where examples that failed are kept for the next run: a folder, a Redis URL (`redis://host/0`), or `none`.

    A URL with a password stands in the environment variable `database_env` instead.
    """

    database: str | None = None
    database_env: str | None = None

    @property
    def is_named(self) -> bool:
        """Whether the file says where examples are kept, or that they are not."""
        return (self.database, self.database_env) != (None, None)

    @property
    def is_folder(self) -> bool:
        """Whether a folder is named."""
        return self.database not in (None, NOWHERE) and not is_redis(str(self.database))


class Deviation(Table):
    """A known violation that is excused: the id or glob of requirements, the reason, the days, and the fingerprints it is limited to.

    It was declared on the day `since`, and `expires` is the last day it holds.
    """

    requirement: str
    reason: str
    issue: str | None = None
    since: date | None = None
    expires: date | None = None
    fingerprints: tuple[str, ...] = ()


class TargetFile(Table):
    """A whole target file; every table is optional.

    `vocabulary` is checked by the contract's model of this table when the file is read. `deviations` are expected to fail always, and
    are stale once they do not; `flaky` ones are expected to fail sometimes.
    """

    target: Target = Target()
    auth: Auth | None = None
    namespaces: Namespaces | None = None
    profiles: Profiles = Profiles()
    vocabulary: dict[str, Any] = {}
    limits: Limits = Limits()
    network: Network = Network()
    examples: Examples = Examples()
    headers: Annotated[
        dict[HeaderName, str],
        Field(description="headers that a gateway wants, each with the environment variable that holds its value"),
    ] = {}
    routes: Annotated[
        dict[str, str],
        Field(description="operations that are served elsewhere than the contract says, each by its name as METHOD and path"),
    ] = {}
    deviations: tuple[Deviation, ...] = ()
    flaky: tuple[Deviation, ...] = ()

    @property
    def declared_deviations(self) -> list[tuple[str, Deviation]]:
        """All declared deviations, each with the name of its table."""
        return [*(("deviations", entry) for entry in self.deviations), *(("flaky", entry) for entry in self.flaky)]


def resolve_target(path: Path | None, url: str | None, app: str | None, vocabulary: type[BaseModel], *, needs_place: bool = True,
                   factory: bool = False, command: str | None = None) -> TargetFile:  # fmt: skip
    """Return the target file at `path`, or an empty one; a given URL or application replaces its target.

    `needs_place` says whether a file must name a URL or an application if neither is given.

    Raises:
        UsageError: the file cannot be read, is not valid, or does not say where the target is.

    """
    file = TargetFile() if path is None else read(path, vocabulary)
    if url is None and app is None:
        if path is not None and needs_place and file.target.url is None and file.target.app is None:
            raise UsageError(f"{path}: [target] has neither url nor app, and none is given beside it")
        return file if not factory else _with(file, factory=True)
    return _with(file, url=url, app=app, factory=factory, command=command)


def _with(file: TargetFile, **target: object) -> TargetFile:
    return file.model_copy(update={"target": file.target.model_copy(update=target)})


def read(path: Path, vocabulary: type[BaseModel]) -> TargetFile:
    """Read a target file; `vocabulary` is the contract's model of its table of that name.

    Raises:
        UsageError: the file cannot be read or is not TOML, a key is unknown (the message suggests the nearest one), or a type is wrong.

    """
    file = _read(path)
    parse(vocabulary, file.vocabulary, f"{path}: vocabulary.")
    return _with_absolute_paths(path, file)


def contract_in(path: Path | None) -> str | None:
    """Return which contract a target file names: who knows it can read the whole file.

    Raises:
        UsageError: the file cannot be read, as `read` says.

    """
    return None if path is None else _read(path).target.contract


def _read(path: Path) -> TargetFile:
    try:
        data = tomllib.loads(toml_text.decoded(path.read_bytes()))
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from None
    except ValueError as error:
        raise UsageError(f"{path}: not TOML: {error}") from None
    return parse(TargetFile, data, str(path))


M = TypeVar("M", bound=BaseModel)


def parse(model: type[M], data: dict[str, Any], where: str) -> M:
    """Return parsed TOML as an instance of a model. Error messages begin with `where`, which ends with a dot inside a table.

    Raises:
        UsageError: a key is unknown (the message suggests the nearest one), or a type is wrong.

    """
    try:
        # By way of JSON, because pydantic's strict mode accepts lists as tuples and strings as dates there, but not "10" as a number.
        return model.model_validate_json(json.dumps(data, default=str))
    except ValidationError as error:
        file, _, table = where.rpartition(": ") if where.endswith(".") else (where, "", "")
        raise UsageError(f"{file}: {_explain(error, model, table)}") from None


_FILES = ("ca_file", "client_certificate", "client_key")


def _with_absolute_paths(path: Path, file: TargetFile) -> TargetFile:
    """Return the file with its relative paths resolved from its own folder, not from the working directory."""
    network, examples, folder = file.network, file.examples, path.parent.absolute()
    files = {name: folder / value for name in _FILES if (value := getattr(network, name)) is not None}
    if examples.is_folder:
        examples = examples.model_copy(update={"database": str(folder / str(examples.database))})
    return file.model_copy(update={"network": network.model_copy(update=files), "examples": examples})


def checked_url(url: str) -> str:
    """Return a target's URL without the slash at its end.

    Raises:
        UsageError: it is not an http or https URL, or it has credentials, a query or a fragment.

    """
    if addresses.has_credentials(url):
        raise UsageError("a URL with credentials would put them into the record; use --token-env NAME")
    if (mistake := addresses.mistake(url)) is not None:
        raise UsageError(mistake)
    return url.rstrip("/")


def checked_proxy(url: str) -> str:
    """Return the URL of `[network] proxy`.

    Raises:
        UsageError: as for the URL of a target.

    """
    if addresses.has_credentials(url):
        raise UsageError("[network] proxy: a URL with credentials would put them into the record")
    if (mistake := addresses.mistake(url)) is not None:
        raise UsageError(f"[network] proxy: {mistake}")
    return url


def checked_database(examples: Examples) -> None:
    """Check what is said of the database of examples.

    Raises:
        UsageError: two are named, or a URL with credentials stands where it would be recorded.

    """
    if examples.database is not None and examples.database_env is not None:
        raise UsageError("[examples] has database and database_env; name one of them")
    if examples.database is not None and is_redis(examples.database) and addresses.has_credentials(examples.database):
        raise UsageError(
            "[examples] database: a URL with credentials would put them into the record; name a variable that holds it: database_env"
        )


def token_from(name: str) -> SecretStr:
    """Return the token that an environment variable holds.

    Raises:
        UsageError: the variable is not set or empty, or its value cannot be sent in a header.

    """
    token = _from_environment(name, "the token")
    if " " in token:
        raise UsageError(f"the token in {name} has characters that a header cannot carry")
    return SecretStr(token)


def header_from(header: str, name: str) -> SecretStr:
    """Return the value of a header that an environment variable holds, with the same errors as `token_from`."""
    return SecretStr(_from_environment(name, f"the header {header}"))


def database_from(name: str) -> SecretStr:
    """Return the URL of the database of examples that an environment variable holds.

    Raises:
        UsageError: the variable is not set or empty, or what it holds is no URL of Redis.

    """
    url = _from_environment(name, "the URL of the database of examples")
    if not is_redis(url):
        raise UsageError(f"the database of examples in {name} is no URL of Redis (redis://host:6379/0)")
    return SecretStr(url)


def _from_environment(name: str, what: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise UsageError(
            f"the environment variable {name} is {'empty' if name in os.environ else 'not set'}; it should hold {what}"
        )
    if not value.isascii() or not value.isprintable():
        raise UsageError(f"{what} in {name} has characters that a header cannot carry")
    return value


def _explain(error: ValidationError, model: type[BaseModel], table: str) -> str:
    errors = error.errors(include_url=False)
    # An unknown key comes first: if it is a misspelt one, it explains why the right key is missing.
    first = next((detail for detail in errors if detail["type"] == "extra_forbidden"), errors[0])
    place = [part for part in first["loc"] if part not in ("function-after", "tuple")]
    where = table + ".".join(map(str, place))
    if first["type"] == "extra_forbidden":
        names = _field_names(model, place[:-1])
        near = difflib.get_close_matches(str(place[-1]), names, n=1, cutoff=0.5)
        hint = f"; did you mean {near[0]!r}?" if near else f"; known here: {', '.join(names)}"
        return f"unknown key {where!r}{hint}"
    return f"{where}: {first['msg'][0].lower()}{first['msg'][1:]}" + _wrong_value(first["input"])


def _wrong_value(value: Any) -> str:
    return "" if isinstance(value, dict) else f" (it is {value!r})"


def _field_names(model: Any, place: list[Any]) -> list[str]:
    for part in place:
        if isinstance(part, int):
            continue
        model = _model_in(model.model_fields[part].annotation) if part in model.model_fields else model
    return list(model.model_fields)


def _model_in(annotation: Any) -> Any:
    if get_origin(annotation) in (Union, UnionType, tuple, Annotated):
        models = map(_model_in, get_args(annotation))
        return next((model for model in models if model is not None), None)
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None
