"""Import an application by its name `module:attribute`, and open a transport to it (ASGI or WSGI)."""

import importlib
import inspect
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from conformance.client.transports import Transport, describe_exception
from conformance.client.transports.asgi import open_asgi
from conformance.client.transports.wsgi import open_wsgi
from conformance.core.errors import UsageError

_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_ASGI_PARAMETERS = 3


def load(name: str) -> Any:
    """Import the application that `module:attribute` names; modules in the current folder are found too.

    Raises:
        UsageError: the name has another form, the module cannot be imported, it has no such attribute, or that is not callable.

    """
    module_name, colon, attribute = name.partition(":")
    if not colon or not module_name or not attribute:
        raise UsageError(f"--app takes MODULE:ATTRIBUTE, such as acme.api:app; got {name!r}")
    if (here := str(Path.cwd())) not in sys.path:
        sys.path.insert(0, here)
    try:
        application = importlib.import_module(module_name)
        for part in attribute.split("."):
            application = getattr(application, part)
    except ImportError as error:
        raise UsageError(f"--app {name}: cannot import {module_name}: {error}") from None
    except AttributeError as error:
        raise UsageError(f"--app {name}: {error}") from None
    except BaseException as error:  # noqa: BLE001 - whatever the module raises, SystemExit too, is shown to the user
        raise UsageError(f"--app {name}: importing {module_name} raised {describe_exception(error)}") from None
    if not callable(application):
        raise UsageError(f"--app {name}: {attribute} is {type(application).__name__}, not an ASGI or a WSGI application")
    return application


def open_app(app: Any) -> AbstractContextManager[Transport]:
    """Return a transport to an application: ASGI if calling it returns a coroutine, otherwise WSGI."""
    return open_asgi(app) if _is_asgi(app) else open_wsgi(app)


def _is_asgi(app: Any) -> bool:
    if inspect.iscoroutinefunction(app) or inspect.iscoroutinefunction(type(app).__call__):
        return True
    # A framework may wrap a coroutine function in a plain function. An ASGI application takes scope, receive and send.
    try:
        parameters = inspect.signature(app).parameters.values()
    except (TypeError, ValueError):
        return False
    required = [parameter for parameter in parameters if parameter.default is parameter.empty]
    return sum(parameter.kind in _POSITIONAL for parameter in required) == _ASGI_PARAMETERS
