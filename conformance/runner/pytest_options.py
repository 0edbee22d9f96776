"""What a user's pytest is asked to judge: options of its command line, or of its ini file."""

import fnmatch
import sys
from pathlib import Path
from typing import Any

import pytest

from conformance.configuration import settings as configuration
from conformance.configuration import target_file
from conformance.configuration.settings import Settings
from conformance.core.errors import UsageError
from conformance.runner import contracts
from conformance.runner.requirement_items import ROOT

_TARGETS = ("url", "app", "target")


def settings(config: pytest.Config) -> Settings:
    """Return the settings that the options name.

    Raises:
        UsageError: they make no sense.

    """
    url, app, path = _target(config)
    name = _value(config, "contract") or target_file.contract_in(path) or contracts.DEFAULT
    contract = contracts.load(name)
    file = target_file.resolve_target(path, url, app, contract.vocabulary_table, factory=_flag(config, "factory"))
    names = ("budget", "seed", "max_time", "token_env", "only")
    given: dict[str, Any] = {name: value for name in names if (value := _value(config, name)) is not None}
    if "only" in given:
        given["only"] = given["only"].split(",")
    built = configuration.build(
        given,
        file=file,
        contract=name,
        profiles=contract.profiles,
        strict=_flag(config, "strict"),
        keep=_flag(config, "keep"),
        output=_path(config, "output"),
    )
    return configuration.validate(built, contract.api.requirements, contract.profiles)


def take_ids(config: pytest.Config) -> list[str]:
    """Take ids of requirements' items (`conformance::filters.eval.eq`, globs too) out of the arguments, and return the requirements'."""
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        return []
    ours = [argument for argument in config.args if argument == ROOT + "::" or argument.startswith(ROOT + "::")]
    config.args[:] = [argument for argument in config.args if argument not in ours]
    return [argument.removeprefix(ROOT + "::") or "*" for argument in ours]


def chosen(ids: list[str], names: list[str]) -> list[str]:
    """Return which of the requirements' names the ids choose: all if there are no ids.

    Raises:
        UsageError: an id is none of them.

    """
    for given in ids:
        if not any(fnmatch.fnmatchcase(name, given) for name in names):
            raise UsageError(f"{ROOT}::{given}: no requirement that is judged has such an id")
    return [name for name in names if not ids or any(fnmatch.fnmatchcase(name, given) for given in ids)]


def is_on_command_line(config: pytest.Config) -> bool:
    """Whether the command line itself names a target, and not only an ini file or its addopts."""
    names = tuple(f"--conformance-{name}" for name in _TARGETS)
    return any(str(argument).startswith(names) for argument in config.invocation_params.args)


def has_paths(config: pytest.Config) -> bool:
    """Whether the command line itself names tests of the project, and not only addopts."""
    given = set(map(str, config.invocation_params.args))
    return config.args_source is pytest.Config.ArgsSource.ARGS and any(argument in given for argument in config.args)


def let_import(config: pytest.Config) -> None:
    """Let what an ini file names be imported from that file's folder, wherever pytest was started."""
    folder = str(config.inipath.parent if config.inipath else config.rootpath)
    if (_ini(config, "app") or _ini(config, "contract")) and folder not in sys.path:
        sys.path.insert(0, folder)


def _target(config: pytest.Config) -> tuple[str | None, str | None, Path | None]:
    """Return the URL, the application and the target file: those of the command line, or else those of the ini file."""
    if any(_option(config, name) for name in _TARGETS):
        url, app, path = (_option(config, name) for name in _TARGETS)
        return url, app, Path(path) if path else None
    url, app, _ = (_ini(config, name) for name in _TARGETS)
    return url, app, _path(config, "target")


def _path(config: pytest.Config, name: str) -> Path | None:
    """Return a path: of an option from the current folder, of an ini file from that file's folder."""
    if given := _option(config, name):
        return Path(given)
    written = _ini(config, name)
    return (config.inipath.parent if config.inipath else config.rootpath) / written if written else None


def _value(config: pytest.Config, name: str) -> Any:
    return _option(config, name) or _ini(config, name)


def _flag(config: pytest.Config, name: str) -> bool:
    return bool(config.getoption(f"conformance_{name}") or config.getini(f"conformance_{name}"))


def _option(config: pytest.Config, name: str) -> Any:
    return config.getoption(f"conformance_{name}") or None


def _ini(config: pytest.Config, name: str) -> Any:
    return config.getini(f"conformance_{name}") or None
