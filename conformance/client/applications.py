"""Applications by name: `module:attribute` to an ASGI or a WSGI callable."""

import importlib
import inspect
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from conformance.client.transports import Transport, named
from conformance.client.transports.asgi import open_asgi
from conformance.client.transports.wsgi import open_wsgi
from conformance.core.errors import UsageError


def load(name: str) -> Any:
    """Import the application that `module:attribute` names; the current folder counts as a place to import from.

    Raises:
        UsageError: the name has another form, the module does not import, or it has no such attribute.

    """
    module_name, colon, attribute = name.partition(":")
    if not colon or not module_name or not attribute:
        raise UsageError(f"--app takes MODULE:ATTRIBUTE, such as acme.api:app; got {name!r}")
    if (here := str(Path.cwd())) not in sys.path:
        sys.path.insert(0, here)
    try:
        found = importlib.import_module(module_name)
        for part in attribute.split("."):
            found = getattr(found, part)
    except ImportError as error:
        raise UsageError(f"--app {name}: cannot import {module_name}: {error}") from None
    except AttributeError as error:
        raise UsageError(f"--app {name}: {error}") from None
    except BaseException as error:  # noqa: BLE001 - whatever the module raises is the user's to see, and must not end us
        raise UsageError(f"--app {name}: importing {module_name} raised {named(error)}") from None
    if not callable(found):
        raise UsageError(f"--app {name}: {attribute} is {type(found).__name__}, not an ASGI or a WSGI application")
    return found


def open_app(app: Any) -> AbstractContextManager[Transport]:
    """Return a transport to an application: ASGI if calling it gives a coroutine, else WSGI."""
    return open_asgi(app) if _is_asgi(app) else open_wsgi(app)


def _is_asgi(app: Any) -> bool:
    if inspect.iscoroutinefunction(app) or inspect.iscoroutinefunction(type(app).__call__):
        return True
    # Frameworks may wrap a coroutine function in a plain one: an ASGI application takes scope, receive and send.
    try:
        required = [one for one in inspect.signature(app).parameters.values() if one.default is one.empty]
    except (TypeError, ValueError):
        return False
    return len([one for one in required if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)]) == 3  # noqa: PLR2004
