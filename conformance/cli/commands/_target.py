"""The target that a command's options name."""

import argparse

from conformance.configuration import target_file
from conformance.configuration.settings import Settings, built, checked
from conformance.core.errors import UsageError


def settings(options: argparse.Namespace, **more: object) -> Settings:
    """Return the settings of a command: the target file, and the options over it.

    Raises:
        UsageError: the options or the file make no sense.

    """
    if options.url is not None and options.app is not None:
        raise UsageError("give a URL or --app, not both")
    file = target_file.aimed(options.target, options.url, options.app)
    return checked(built({key: value for key, value in more.items() if value is not None}, file=file, token_env=options.token_env))
