"""Connecting to a target: from settings to a client that is ready to send."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from conformance.client import applications
from conformance.client.client import Client, Identity
from conformance.client.transports import Transport
from conformance.client.transports.asgi import open_asgi
from conformance.client.transports.http import open_http
from conformance.configuration import target_file
from conformance.configuration.settings import Settings
from conformance.core.errors import UsageError
from conformance.evidence.exchange import Request

EMBEDDED_TOKEN = "embedded-reference-token"  # noqa: S105 - nobody listens where it is asked for


def token(settings: Settings) -> str | None:
    """Return the token that the settings name, or None; the embedded reference has one of its own, which is no secret.

    Raises:
        UsageError: the variable is not set.

    """
    if settings.token_variable is not None:
        return target_file.token_from(settings.token_variable)
    return EMBEDDED_TOKEN if settings.is_embedded else None


Embedded = Callable[[str | None], AbstractContextManager[Any]]


@contextmanager
def connect(settings: Settings, secret: str | None, embedded: Embedded | None, signs_of_life: tuple[Request, ...],
            until: float | None = None) -> Iterator[Client]:  # fmt: skip
    """Yield a client of the settings' target; `until` is the `timing.monotonic()` beyond which it waits for nothing.

    `embedded` starts the implementation to judge where the settings name no target, with the token that it asks for.

    Raises:
        UsageError: the application does not import, or there is no target.
        TargetError: the application does not start.

    """
    limits, names = settings.file.limits, settings.namespaces
    identity = Identity(secret) if names is None else Identity(secret, names.primary, names.secondary)
    with _open_transport(settings, secret, embedded) as transport:
        # The target's limit is for all of us: each of several workers keeps to its share.
        pace = None if limits.requests_per_second is None else limits.requests_per_second / max(1, settings.workers)
        yield Client(transport, identity=identity, timeout=limits.timeout_seconds, per_second=pace, until=until,
                     signs_of_life=signs_of_life)  # fmt: skip


@contextmanager
def _open_transport(settings: Settings, secret: str | None, embedded: Embedded | None) -> Iterator[Transport]:
    target, network = settings.file.target, settings.file.network
    if target.url is not None:
        with open_http(target.url, proxy=network.proxy, ca_file=network.ca_file) as transport:
            yield transport
    elif target.app is not None:
        with applications.open_app(applications.load(target.app)) as transport:
            yield transport
    elif embedded is not None:
        with embedded(secret) as app, open_asgi(app) as transport:
            yield transport
    else:
        raise UsageError(f"the contract {settings.contract} brings no implementation; say which to judge: a URL, --app or --target")
