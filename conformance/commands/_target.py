"""The target that a command's options name."""

import argparse

from conformance.errors import UsageError
from conformance.settings import Settings, built, checked
from conformance.target import configuration, opening


def settings(options: argparse.Namespace, **more: object) -> Settings:
    """Return the settings of a command: the target file, and the options over it.

    Raises:
        UsageError: the options, the file or the environment make no sense.

    """
    if options.url is not None and options.app is not None:
        raise UsageError("give a URL or --app, not both")
    file = configuration.aimed(options.target, options.url, options.app)
    made = checked(built({key: value for key, value in more.items() if value is not None}, file=file, token_env=options.token_env))
    opening.token(made)
    return made
