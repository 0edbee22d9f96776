"""The contract and the target that a command's options name."""

import argparse
from typing import Any

from conformance.configuration import settings as configuration
from conformance.configuration import target_file
from conformance.configuration.settings import Settings
from conformance.core.errors import UsageError
from conformance.engine.contract import Contract
from conformance.runner import contracts


def contract_of(options: argparse.Namespace) -> Contract[Any]:
    """Return the contract that a command judges by.

    Raises:
        UsageError: there is none of that name.

    """
    return contracts.load(options.contract or contracts.DEFAULT)


def settings(options: argparse.Namespace, contract: Contract[Any], **more: object) -> Settings:
    """Return the settings of a command: the target file, and the options over it.

    Raises:
        UsageError: the options or the file make no sense.

    """
    if options.url is not None and options.app is not None:
        raise UsageError("give a URL or --app, not both")
    file = target_file.resolve_target(options.target, options.url, options.app, contract.vocabulary_table)
    given = {"profiles": contract.profiles, **{key: value for key, value in more.items() if value is not None}}
    built = configuration.build(given, file=file, token_env=options.token_env, contract=options.contract or contracts.DEFAULT)
    return configuration.validate(built, contract.api.requirements, contract.profiles)
