"""Opening a target: from settings to a client that is ready to send."""

from collections.abc import Iterator
from contextlib import contextmanager

from conformance.client import applications
from conformance.client.client import Client, Identity
from conformance.client.transports import Transport
from conformance.client.transports.asgi import open_asgi
from conformance.client.transports.http import open_http
from conformance.configuration import target_file
from conformance.configuration.settings import Settings

EMBEDDED_TOKEN = "embedded-reference-token"  # noqa: S105 - nobody listens where it is asked for


def token(settings: Settings) -> str | None:
    """Return the token that the settings name, or None; the embedded reference has one of its own, which is no secret.

    Raises:
        UsageError: the variable is not set.

    """
    if settings.token_variable is not None:
        return target_file.token_from(settings.token_variable)
    return EMBEDDED_TOKEN if settings.is_embedded else None


@contextmanager
def open_target(settings: Settings, until: float | None = None) -> Iterator[Client]:
    """Yield a client of the settings' target; `until` is the `timing.monotonic()` beyond which it waits for nothing.

    Raises:
        UsageError: the application does not import, or the token's variable is not set.
        TargetError: the application does not start.

    """
    secret, limits, names = token(settings), settings.file.limits, settings.namespaces
    identity = Identity(secret) if names is None else Identity(secret, names.primary, names.secondary)
    with _open_transport(settings, secret) as transport:
        # The target's limit is for all of us: each of several workers keeps to its share.
        pace = None if limits.requests_per_second is None else limits.requests_per_second / max(1, settings.workers)
        yield Client(transport, identity=identity, timeout=limits.timeout_seconds, per_second=pace, until=until)


@contextmanager
def _open_transport(settings: Settings, secret: str | None) -> Iterator[Transport]:
    target = settings.file.target
    if target.url is not None:
        network = settings.file.network
        with open_http(target.url, proxy=network.proxy, ca_file=network.ca_file) as transport:
            yield transport
    elif target.app is not None:
        with applications.open_app(applications.load(target.app)) as transport:
            yield transport
    else:
        from conformance.contracts.collections.reference.app import Reference

        reference = Reference(token=secret)
        try:
            with open_asgi(reference.app) as transport:
                yield transport
        finally:
            reference.close()
