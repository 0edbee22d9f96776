"""The contract and the settings that the options of a command name."""

import argparse
from typing import Any

from conformance.configuration import settings, target_file
from conformance.configuration.settings import Settings
from conformance.core.errors import UsageError
from conformance.engine.contract import Contract
from conformance.runner import contracts


def contract_of(options: argparse.Namespace) -> Contract[Any]:
    """Return the contract that the options name, or the default one.

    Raises:
        UsageError: there is no contract of that name.

    """
    return contracts.load(options.contract or contracts.DEFAULT)


def settings_of(options: argparse.Namespace, contract: Contract[Any], **more: object) -> Settings:
    """Return the settings of a command: the target file with the options over it; `more` are further settings, None for the default.

    Raises:
        UsageError: an option or the file is not valid, or they contradict each other.

    """
    if options.url is not None and options.app is not None:
        raise UsageError("give a URL or --app, not both")
    file = target_file.resolve_target(options.target, options.url, options.app, contract.vocabulary_table, factory=options.factory)
    given = {"profiles": contract.profiles, **{key: value for key, value in more.items() if value is not None}}
    built = settings.build(given, file=file, token_env=options.token_env, contract=options.contract or contracts.DEFAULT)
    return settings.validate(built, contract.api.requirements, contract.profiles)
