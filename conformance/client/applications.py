"""Import an application by its name `module:attribute`, and open a transport to it (ASGI or WSGI)."""

import importlib
import inspect
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from conformance.client.transports import Transport, describe_exception
from conformance.client.transports.asgi import open_asgi
from conformance.client.transports.httpx_client import open_httpx
from conformance.client.transports.wsgi import open_wsgi
from conformance.core.errors import UsageError

_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_ASGI_PARAMETERS = 3


def load(name: str, *, is_factory: bool = False) -> Any:
    """Import the application that `module:attribute` names; the current folder's modules are found too.

    Of a factory, which `is_factory` or a name that ends in `()` tells, it is what calling it without arguments returns.

    Raises:
        UsageError: the name has another form, the module cannot be imported, it has no such attribute, or that is no application.

    """
    is_factory = is_factory or name.endswith("()")
    module_name, colon, attribute = name.removesuffix("()").partition(":")
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
    return _checked(name, _made(name, application) if is_factory else application)


def _made(name: str, factory: Any) -> Any:
    try:
        return factory()
    except BaseException as error:  # noqa: BLE001 - whatever the factory raises is shown to the user
        raise UsageError(f"--app {name} --factory: calling it raised {describe_exception(error)}") from None


def _checked(name: str, application: Any) -> Any:
    """Return an application.

    Raises:
        UsageError: it cannot be called as ASGI or WSGI applications are.

    """
    what = type(application).__name__
    if not callable(application):
        raise UsageError(f"--app {name}: it is {what}, not an ASGI or a WSGI application: it cannot be called")
    if _is_asgi(application) or _takes(application, 2):
        return application
    if _takes(application, 0):
        raise UsageError(f"--app {name}: it takes no arguments, so it may make the application: --factory calls it")
    expected = "ASGI takes (scope, receive, send), WSGI takes (environ, start_response)"
    raise UsageError(f"--app {name}: it is {what}, neither an ASGI nor a WSGI application: {expected}")


def _takes(function: Any, count: int) -> bool:
    """Whether a function can be called with so many arguments; one that does not tell is taken at its word."""
    try:
        inspect.signature(function).bind(*[None] * count)
    except TypeError:
        return False
    except ValueError:
        return True
    return True


def open_given(target: Any) -> AbstractContextManager[Transport]:
    """Return a transport to what somebody has in Python: an `httpx.Client`, an httpx transport, or an ASGI or WSGI application.

    Raises:
        UsageError: it is none of these.

    """
    # Who gives something of httpx has loaded it; the second is what Starlette's TestClient is made of where it is installed.
    for httpx in [module for name in ("httpx", "httpx2") if (module := sys.modules.get(name)) is not None]:
        if isinstance(target, httpx.Client):
            return open_httpx(target, httpx)
        if isinstance(target, httpx.BaseTransport):
            return open_httpx(httpx.Client(transport=target, base_url="http://target.test"), httpx)
    return open_app(_checked("(given in Python)", target))


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
