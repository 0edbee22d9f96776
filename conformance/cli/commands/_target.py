"""The contract and the settings that the options of a command name."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from conformance.client.server_output import ServerOutput
from conformance.client.server_process import serving
from conformance.configuration import settings, target_file
from conformance.configuration.settings import Settings
from conformance.configuration.target_file import TargetFile
from conformance.configuration.target_template import TargetTemplate
from conformance.core.errors import UsageError
from conformance.engine.contract import Contract
from conformance.runner import contracts


def contract_named(options: argparse.Namespace) -> str | None:
    """Return the name of the contract that an option or the target file names, or None.

    Raises:
        UsageError: the target file cannot be read.

    """
    name: str | None = options.contract
    return name or target_file.contract_in(getattr(options, "target", None))


def contract_of(options: argparse.Namespace) -> Contract[Any]:
    """Return the contract that the options name, or the default one; `contracts.of` settings knows the routes of the target file, too.

    Raises:
        UsageError: there is no contract of that name.

    """
    return contracts.load(contract_named(options) or contracts.DEFAULT)


def template_of(file: TargetFile, name: str | None, contract: Contract[Any], token_variable: str | None = None) -> TargetTemplate:
    """Return the template of a target file for a contract, which is called so on the command line."""
    example = next(iter(contract.api.operations), None)
    return TargetTemplate(file, contract.vocabulary_table, token_variable,
                          contract=None if name == contracts.DEFAULT else name,
                          example=None if example is None else (example.name, f"{example.method} {example.path}"))  # fmt: skip


@contextmanager
def started(options: argparse.Namespace, recorded: str | None = None) -> Iterator[ServerOutput]:
    """Start the server of `--command`, of the target file, or of a record, while the block runs; the options then name its URL.

    Yields what it prints.

    Raises:
        UsageError: a URL or an application is given beside `--command`, or the target file cannot be read.
        TargetError: the server does not start.

    """
    if options.server_command is not None and (options.url is not None or options.app is not None):
        raise UsageError("give a URL, --app or --command, not several")
    if options.server_command is None and options.url is None and options.app is None:
        options.server_command = recorded if options.target is None else _command_of(options)
    output = ServerOutput()
    if options.server_command is None:
        yield output
        return
    with serving(options.server_command, output) as options.url:
        yield output


def _command_of(options: argparse.Namespace) -> str | None:
    return target_file.read(options.target, contract_of(options).vocabulary_table).target.command


def settings_of(options: argparse.Namespace, contract: Contract[Any], **more: object) -> Settings:
    """Return the settings of a command: the target file with the options over it; `more` are further settings, None for the default.

    Raises:
        UsageError: an option or the file is not valid, or they contradict each other.

    """
    if options.url is not None and options.app is not None:
        raise UsageError("give a URL or --app, not both")
    file = target_file.resolve_target(options.target, options.url, options.app, contract.vocabulary_table, factory=options.factory,
                                      command=options.server_command)  # fmt: skip
    if options.routes and options.target is None:
        file = file.model_copy(update={"routes": dict(options.routes)})
    given = {"profiles": contract.profiles, **{key: value for key, value in more.items() if value is not None}}
    built = settings.build(given, file=file, token_env=options.token_env, contract=contract_named(options) or contracts.DEFAULT)
    return settings.validate(built, contract.api.requirements, contract.profiles)
